"""The view of J over two weights: its surface from above, and the way that the optimizer took through it."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np

from tui_nn import render
from tui_nn.errors import StorageError
from tui_nn.experiment.surface import ACROSS, UP, NoWeight, Surface, Weight, surface_of
from tui_nn.plugin.knobs import Knob, Knobs
from tui_nn.plugin.places import Cursor, Grid, Here
from tui_nn.plugin.view import PHRASES, Box, Missing, Question, view
from tui_nn.plurals import plural
from tui_nn.render import Look
from tui_nn.render.amount import amount
from tui_nn.render.drawing import Drawing
from tui_nn.runs import layout
from tui_nn.runs.snapshots import Snapshots
from tui_nn.runs.weights import Weights
from tui_nn.training.recorded import Recorded
from tui_nn.views.subject import Subject

Array = np.ndarray[Any, np.dtype[Any]]

PAIR = Knob("weights", ("",), "i", "weights", "Type two weights as LAYER.UNIT.INPUT: 1.2.1 2.1.0.", is_text=True)
SPAN = Knob("span", (1.0, 2.0, 4.0, 0.25, 0.5), "z", "wider", "Show more around the way, or less.")


def _parsed(text: str) -> tuple[Weight, Weight] | None:
    """`1.2.1 2.1.0`; None to have two chosen. Raises NoWeight for anything else."""
    found = [tuple(map(int, one.split("."))) for one in re.findall(r"\d+\.\d+\.\d+", text)]
    if not text.strip():
        return None
    if len(found) != 2 or found[0] == found[1] or re.sub(r"\d+\.\d+\.\d+|[\s,;]", "", text):
        raise NoWeight(f"weights '{text:.40}': expected two different ones as LAYER.UNIT.INPUT, such as 1.2.1 2.1.0.")
    return found[0], found[1]  # type: ignore[return-value]


def _recorded(path: Path, step: int, parameters: int) -> tuple[list[Array], Array | None]:
    """All parameters at the recorded moments before this step, and how far each has moved; none where there are none.

    That is until the last moment within a power of two of steps: while it trains, the pair of weights that moved most
    is looked for anew whenever the steps have doubled, and not at each look; in the past it is the same as at the end.
    """
    try:
        records = Snapshots(path / layout.SNAPSHOTS)
        if records.parameters != parameters or not len(records):
            return [], None
        steps = [int(one) for one in records.steps]
        within = 1 << (max(1, steps[-1]).bit_length() - 1)
        last = max(at for at, one in enumerate(steps) if one <= max(within, steps[0]))
        moved = np.nan_to_num(np.abs(records.values(last).astype(np.float64) - records.values(0)))
        before = [records.values(at) for at, one in enumerate(steps) if one < step]
        return before, moved if moved.any() else None
    except StorageError:
        return [], None


def _answer(recorded: Recorded, weights: Weights, pair: str, span: float) -> Surface | str:
    """The surface, or why there is none."""
    try:
        parameters = sum(theta.size for theta in weights.thetas)
        moments, moved = _recorded(recorded.reader.path, weights.step, parameters)
        return surface_of(recorded.study, weights.thetas, moments, _parsed(pair), span, moved)
    except NoWeight as none:
        return str(none.args[0])


SURFACE = Question[Surface | str]("surface", _answer)


def _asked(subject: Subject, knobs: Knobs) -> Surface:
    found = subject.ask(SURFACE, knobs[PAIR], knobs[SPAN])
    if isinstance(found, str):
        raise Missing(found)
    return found


def called(weight: Weight) -> str:
    """Theta_12^(1) of layer 1, unit 1, input 2."""
    layer, unit, column = weight
    return f"Theta_{unit}{',' if unit >= 10 or column >= 10 else ''}{column}^({layer})"


def _numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:
    """A row of J for each value of the second weight."""
    one = _asked(subject, knobs)
    return {
        "first": called(one.first), "second": called(one.second), "here": list(one.here),
        "why": one.why, "samples": one.samples, "of": one.of, "others_moved": one.others, "share": one.share,
        "x": one.x.tolist(), "y": one.y.tolist(), "J": one.cost.tolist(), "path": one.path.tolist(),
    }  # fmt: skip


def _places(subject: Subject, knobs: Knobs) -> Grid:
    _asked(subject, knobs)
    return Grid([str(row) for row in range(1, UP + 1)], [str(column) for column in range(1, ACROSS + 1)],
                (UP // 2, ACROSS // 2))  # fmt: skip


def _here(subject: Subject, knobs: Knobs) -> Here:
    one, (row, column) = _asked(subject, knobs), knobs.at
    says = [f"J = {amount(one.cost[row, column])}", f"{called(one.first)} = {amount(one.x[column])}"]
    return Here(PHRASES.join([*says, f"{called(one.second)} = {amount(one.y[row])}"]))


def _way(one: Surface) -> list[str]:
    """Whether the way lies on the surface."""
    if one.share is None:
        return ["nothing has moved yet"]
    if not one.others:
        return ["no other weight moved: the way lies on this surface"]
    several = f"{one.others:,} other weights moved" if one.others > 1 else "another weight moved"
    if not math.isfinite(one.share):
        return ["a projection", f"{several} too"]
    return ["a projection", f"{several} too", f"these two: {one.share:.1%} of the squared way"]


def _title(subject: Subject, knobs: Knobs) -> str:
    one = _asked(subject, knobs)
    return f"J over {called(one.first)} and {called(one.second)}{f', {one.why}' if one.why else ''}"


@view(
    asks=(SURFACE,),
    numbers=_numbers,
    title=_title,
    knobs=(PAIR, SPAN),
    cursor=Cursor(_places, _here),
)
def surface(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Drawing:
    """J over two weights with all others fixed, and the path of the optimizer, projected onto it."""
    one = _asked(subject, knobs)
    # The place that is looked at lies between the points, and may be lower than all of them.
    heights = np.append(one.cost, one.here[2])
    good = heights[np.isfinite(heights)]
    ends = f"{amount(good.min())} to {amount(good.max())}" if len(good) else "no finite number"
    samples = plural(one.of, "training sample")
    over = f"{one.samples:,} of {samples}" if one.samples < one.of else samples
    heads = [[f"J = {amount(one.here[2])} now", f"{ends} here", over], _way(one)]
    return render.surface(one.cost, one.x, one.y, one.path, (called(one.first), called(one.second)), heads, *box, look)
