"""The view of Theta as a matrix: numbers by the names of units and inputs, which Enter edits."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.plugin.knobs import LAYER, Knob, Knobs
from tui_nn.plugin.places import Cursor, EditWeight, Grid, Here, OpenView
from tui_nn.plugin.view import PHRASES, Box, view
from tui_nn.render import Look, heatmap
from tui_nn.render.amount import amount
from tui_nn.render.drawing import Drawing
from tui_nn.render.numbered import ALWAYS, fits, numbered
from tui_nn.views.matrices import WEIGHT_READINGS, layer_count, matrix, thetas, update_words
from tui_nn.views.nudge import NUDGE, NUDGED, nudged
from tui_nn.views.subject import Subject

CELLS = Knob(
    "cells",
    ("fitting", "numbers", "colours"),
    "z",
    "cells",
    "Numbers if all columns and half of the rows have room, then as many as have, around the cursor, or colours alone.",
)


def _numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:
    """Step, layer from 1, and the matrix."""
    what, values = matrix(subject, knobs)
    step, all_thetas = thetas(subject)
    found: dict[str, Any] = {"step": step, "layer": knobs.layer % len(all_thetas) + 1}
    reading = knobs.pick(WEIGHT_READINGS)
    return found | ({} if reading == "W" else {"reading": reading, "of": what}) | {"theta": values.tolist()}


def _title(subject: Subject, knobs: Knobs) -> str:
    """Theta(2)  10 x 26, W - W0."""
    _, all_thetas = thetas(subject)
    index = knobs.layer % len(all_thetas)
    rows, columns = all_thetas[index].shape
    return f"Theta({index + 1})  {rows} x {columns}, {knobs.pick(WEIGHT_READINGS)}"


def _number(subject: Subject, knobs: Knobs) -> int:
    """Of the layer that is shown, among all, from 1."""
    layers = subject.started.layers if subject.started is not None else ()
    weighing = [number for number, layer in enumerate(layers, start=1) if layer.theta is not None]
    return weighing[knobs.layer % len(weighing)]


def _places(subject: Subject, knobs: Knobs) -> Grid:
    """Units from 1, inputs from 1, and 0, which is the bias: as Theta is counted on the slides."""
    _, values = matrix(subject, knobs)
    rows, columns = values.shape
    return Grid([str(unit) for unit in range(1, rows + 1)], [str(place) for place in range(columns)])


def _names(subject: Subject, knobs: Knobs) -> tuple[list[str], list[str]]:
    """Of the rows and of the columns: classes, features and pixels by theirs, units by their numbers."""
    places, number, started = _places(subject, knobs), _number(subject, knobs), subject.started
    rows, columns = list(places.rows), ["bias", *places.columns[1:]]
    if started is None:
        return rows, columns
    if number == len(started.layers) and len(started.classes) == len(rows):
        rows = list(started.classes)
    if number == 1 and started.inputs == len(columns) - 1:
        columns[1:] = [_input(subject, number, column, short=True) for column in range(1, len(columns))]
    return rows, columns


def _input(subject: Subject, number: int, column: int, short: bool = False) -> str:
    """What a column of Theta is multiplied with."""
    started = subject.started
    if column == 0:
        return "bias"
    if started is None or number > 1:
        return f"unit {column} of layer {number - 1}"
    if started.picture is not None:
        row, place = divmod(column - 1, started.picture[1])
        return f"{row + 1},{place + 1}" if short else f"pixel ({row + 1},{place + 1})"
    return started.features[column - 1] if len(started.features) >= column else f"x{column}"


def _here(subject: Subject, knobs: Knobs) -> Here:
    """The number, what it stands between, and what became of it; Enter edits it."""
    row, column = knobs.at
    _, values = matrix(subject, knobs)
    number, reading = _number(subject, knobs), knobs.pick(WEIGHT_READINGS)
    name = f"Theta_{row + 1}{'' if max(values.shape) < 11 else ','}{column}^({number})"
    of = "" if reading == "W" else f"{reading} of "
    rows, _ = _names(subject, knobs)
    unit = f"unit {row + 1}" if rows[row] == str(row + 1) else f"unit {row + 1} ({rows[row]})"
    says = [f"{of}{name} = {amount(values[row, column])}", *nudged(subject, knobs, number, row + 1, column)]
    says.append(f"{unit} <- {_input(subject, number, column)}")
    if reading != "W":
        return Here(PHRASES.join(says), OpenView("weights", Knobs(layer=knobs.layer, at=knobs.at)), "shows the weight")
    says += entry_past(subject, knobs.layer % layer_count(subject), row, column)
    return Here(PHRASES.join(says), EditWeight(number, row + 1, column), "edits it")


def entry_past(subject: Subject, index: int, row: int, column: int) -> list[str]:
    """Gradient, first value and last change of a weight, of the matrix `index` among all: a phrase for each known."""
    says = []
    inside, initial, before, now = subject.inside(), subject.initial(), subject.before(), subject.weights()
    if inside is not None:
        says.append(f"dJ/dTheta {amount(float(inside.gradients[index][row, column]), 3)}")
    if initial is not None:
        says.append(f"W0 {amount(float(initial.thetas[index][row, column]))}")
    if before is not None and now is not None:
        change = float(np.float64(now.thetas[index][row, column]) - before.thetas[index][row, column])
        says.append(f"{update_words(now.step, before.step)} {amount(change, 3)}")
    return says


@view(
    asks=("weights", "inside", NUDGED),
    numbers=_numbers,
    title=_title,
    readings=WEIGHT_READINGS,
    knobs=(LAYER, CELLS, NUDGE),
    layers=layer_count,
    cursor=Cursor(_places, _here),
)
def weights(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Drawing:
    """Theta of a layer as a matrix: weights, gradient, update, change since the start. Enter edits a weight."""
    what, values = matrix(subject, knobs)
    rows, columns = _names(subject, knobs)
    small = values.shape[0] <= ALWAYS[0] and values.shape[1] <= ALWAYS[1] + 1
    half = values[: -(-len(values) // 2)]  # the cursor goes on to the other rows
    if knobs[CELLS] == "numbers" or (knobs[CELLS] == "fitting" and (small or fits(half, rows, *box))):
        return numbered(values, rows, columns, *box, look, what, knobs.at)
    return heatmap(values, *box, look, what, rows, columns)
