"""`tui-nn bumps`: one hidden layer approximates a function, built by hand and trained."""

from __future__ import annotations

import json
import math
import os
import shutil
import sys
from typing import TYPE_CHECKING, Any

import click

from tui_nn.cli.options import json_option
from tui_nn.cli.threads import set_threads
from tui_nn.plurals import plural

if TYPE_CHECKING:
    import numpy as np

COUNTS = (2, 4, 8, 16, 32)
CONSTRUCTION = (
    "By hand: g(x) = sum of h (s(k (x - l)) - s(k (x - r))) over N equal parts, l to r; k = {steepness:g} / width;\n"
    "h half way between the lowest and the highest f of the part; the outermost two ends one width further out."
)


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("formula")
@click.option("--bumps", "count", type=click.IntRange(1, 256), default=8, help="Bumps to draw (8).")
@click.option("--from", "low", type=float, default=-2.0, help="Left end of x (-2).")
@click.option("--to", "high", type=float, default=2.0, help="Right end of x (2).")
@click.option("--epochs", type=click.IntRange(0, 100_000), default=1000, help="Of gradient descent (1000); 0 for none.")
@click.option("--seed", type=click.IntRange(0), default=0, help="Of its initial weights and samples (0).")
@click.option("--width", type=click.IntRange(20, 1000), help="Width in columns; by default the terminal's, or 100.")
@click.option("--height", type=click.IntRange(6, 1000), default=18, help="Height of the picture in lines (18).")
@click.option("--plain", is_flag=True, help="No colours.")
@json_option("Print all numbers as JSON.")
def command(
    formula: str,
    count: int,
    low: float,
    high: float,
    epochs: int,
    seed: int,
    width: int | None,
    height: int,
    plain: bool,
    as_json: bool,
) -> None:
    """Approximate FORMULA, a function of one input, by bumps of two sigmoids each: `tui-nn bumps 'sin(3*x)'`.

    The weights are set by hand: N parts of the interval, over each a sigmoid that rises at its left end and one that
    falls at its right, half way between the lowest and the highest f there. Beside it, gradient descent on as many.
    """
    set_threads(1, unless_set=True)
    import numpy as np

    from tui_nn.errors import ExperimentError
    from tui_nn.graph.circuits import along, parse
    from tui_nn.model.curve import POINTS

    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ExperimentError(f"--from {low:g} --to {high:g}: expected two finite numbers, the smaller first.")
    x = np.linspace(low, high, POINTS)
    f = along(parse(formula), x)
    rows, by_hand, trained = _approximated(x, f, sorted({*COUNTS, count}), count, epochs, seed)
    if as_json:
        drawn = {"x": x.tolist(), "f": f.tolist(), "by_hand": by_hand.tolist(),
                 "trained": None if trained is None else trained.tolist()}  # fmt: skip
        settings = {"formula": formula, "bumps": count, "epochs": epochs, "seed": seed}
        click.echo(json.dumps({**settings, "errors": rows, **drawn}))
        return
    _print(formula, x, f, by_hand, trained, rows, count, epochs, (width, height), plain)


def _approximated(
    x: np.ndarray[Any, Any], f: np.ndarray[Any, Any], counts: list[int], drawn: int, epochs: int, seed: int
) -> tuple[list[dict[str, Any]], np.ndarray[Any, Any], np.ndarray[Any, Any] | None]:
    """A row for each number of bumps, and the curves of the one that is drawn."""
    from tui_nn.model.bumps import bumps_at, bumps_by_hand
    from tui_nn.plugin.registry import load_registry
    from tui_nn.training.approximate import approximated

    rows, by_hand, trained = [], f, None
    registry = load_registry() if epochs else None
    for count in counts:
        built = bumps_at(bumps_by_hand(x, f, count), x)
        row = {"bumps": count, "sigmoids": 2 * count, **_farthest("by_hand", x, built - f)}
        if registry is not None:
            learnt = approximated(x, f, count, epochs, seed, registry).predict(x[:, None]).outputs[:, 0]
            row |= _farthest("trained", x, learnt - f)
            trained = learnt if count == drawn else trained
        by_hand = built if count == drawn else by_hand
        rows.append(row)
    return rows, by_hand, trained


def _farthest(name: str, x: np.ndarray[Any, Any], difference: np.ndarray[Any, Any]) -> dict[str, float]:
    from tui_nn.model.curve import farthest

    error, at = farthest(x, difference)
    return {name: error, f"{name}_at": at}


def _print(
    formula: str,
    x: np.ndarray[Any, Any],
    f: np.ndarray[Any, Any],
    by_hand: np.ndarray[Any, Any],
    trained: np.ndarray[Any, Any] | None,
    rows: list[dict[str, Any]],
    count: int,
    epochs: int,
    box: tuple[int | None, int],
    plain: bool,
) -> None:
    from tui_nn.cli.drawing import draw
    from tui_nn.cli.table import table
    from tui_nn.model.bumps import STEEPNESS
    from tui_nn.render import Look, approximation

    terminal = sys.stdout.isatty()
    look = Look.detect(os.environ, terminal and not plain)
    width = box[0] or (shutil.get_terminal_size().columns if terminal else 100)
    names = (formula, f"{count} bumps by hand", f"{2 * count} sigmoids, trained")
    draw(approximation(x, f, by_hand, trained, names, width, box[1], look), look, width)
    header = ["bumps", "sigmoids", "by hand: max |f - g|", "at x"]
    header += [f"after {plural(epochs, 'epoch')}", "at x"] if trained is not None else []
    keys = ["by_hand", "by_hand_at"] + (["trained", "trained_at"] if trained is not None else [])
    lines = [[str(row["bumps"]), str(row["sigmoids"]), *(f"{row[key]:.4g}" for key in keys)] for row in rows]
    click.echo(table(header, lines))
    click.echo(CONSTRUCTION.format(steepness=STEEPNESS))
