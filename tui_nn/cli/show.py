"""`tui-nn show`: any view of a run without a terminal application."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.text import Text

    from tui_nn.render import Look
    from tui_nn.runs import RunReader

VIEWS = ("loss", "accuracy", "confusion", "weights", "units")


@click.command()
@click.argument("run")
@click.option("--view", type=click.Choice(VIEWS), default="loss", help="Which view (loss).")
@click.option("--layer", type=int, default=1, help="Of which layer's Theta (1), for weights.")
@click.option("--width", type=click.IntRange(1, 1000), help="Cells across; by default the terminal's, or 100.")
@click.option("--height", type=click.IntRange(1, 1000), help="Lines; by default 24.")
@click.option("--plain", is_flag=True, help="No colours.")
@click.option("--json", "as_json", is_flag=True, help="The numbers behind the view.")
@click.option("--svg", type=click.Path(path_type=Path), help="Write an SVG picture to this file.")
def command(
    run: str,
    view: str,
    layer: int,
    width: int | None,
    height: int | None,
    plain: bool,
    as_json: bool,
    svg: Path | None,
) -> None:
    """Print a view of RUN, a run directory or `latest`."""
    from rich.console import Console

    from tui_nn.errors import StorageError
    from tui_nn.render import Look, to_plain, to_svg
    from tui_nn.runs import open_run

    reader = open_run(run)
    if as_json:
        click.echo(json.dumps(_numbers(reader, view, layer)))
        return
    terminal = sys.stdout.isatty() and not plain
    look = Look("truecolor") if svg else Look.detect(os.environ, terminal)
    columns = width or (shutil.get_terminal_size().columns if sys.stdout.isatty() else 100)
    text = _draw(reader, view, layer, columns, height or 24, look)
    if svg is not None:
        try:
            svg.write_text(to_svg(text, f"{reader.path.name}: {view}"), "utf-8")
        except OSError as error:
            raise StorageError(f"{svg}: {error.strerror}.") from None
        click.echo(str(svg))
    elif look.depth == "none":
        click.echo(to_plain(text))
    else:
        Console(width=columns).print(text)


def _draw(reader: RunReader, view: str, layer: int, width: int, height: int, look: Look) -> Text:
    import numpy as np

    from tui_nn import render
    from tui_nn.render.palette import TRAIN, VALIDATION

    history = reader.history
    if view in ("loss", "accuracy"):
        _numbers(reader, view, layer)
        epochs = np.array(history.epochs)
        series = [render.Series("train", epochs, np.array(history.train.get(view, [])), TRAIN)]
        if view in history.validation:
            series.append(render.Series("validation", epochs, np.array(history.validation[view]), VALIDATION, "○", "o"))
        return render.curve(series, width, height, look, y_label=view)
    if view == "confusion":
        matrix = np.array(_numbers(reader, view, layer)["confusion"])
        assert history.started is not None
        return render.confusion(matrix, history.started.classes, width, height, look)
    theta = np.array(_numbers(reader, view, layer)["theta"])
    if view == "weights":
        return render.heatmap(theta, width, height, look)
    assert history.started is not None
    assert history.started.picture is not None
    return render.units(theta, history.started.picture, width, height, look)


def _numbers(reader: RunReader, view: str, layer: int) -> dict[str, Any]:
    """What the view is drawn from. Raises ExperimentError if this run has nothing of the kind."""
    from tui_nn.errors import ExperimentError

    history = reader.history
    if view in ("loss", "accuracy"):
        if history.train and view not in history.train:
            raise ExperimentError(f"{reader.path.name} has no {view}: it is a regression. Try --view loss.")
        return {
            "epochs": history.epochs,
            "train": history.train.get(view, []),
            "validation": history.validation.get(view, []),
        }
    if view == "confusion":
        if history.confusion is None or history.started is None:
            raise ExperimentError(f"{reader.path.name} has no confusion matrix: no classes, or no epoch yet.")
        return {"classes": history.started.classes, "confusion": history.confusion}
    weights = reader.weights()
    if weights is None or history.started is None:
        raise ExperimentError(f"{reader.path.name} has no weights recorded.")
    if view == "units":
        if history.started.picture is None:
            raise ExperimentError(f"{reader.path.name} was not trained on pictures. Try --view weights.")
        layer = 1
    if not 1 <= layer <= len(weights.thetas):
        raise ExperimentError(f"--layer {layer}: this network has Theta^(1) to Theta^({len(weights.thetas)}).")
    return {"step": weights.step, "layer": layer, "theta": weights.thetas[layer - 1].tolist()}
