"""The view of what each unit of the first layer looks for: pictures, in pages, by number or by their votes."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np

from tui_nn import render
from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.places import Cursor, Here, OpenView, Shelf
from tui_nn.plugin.view import PHRASES, Box, Missing, view
from tui_nn.render import Look
from tui_nn.render.amount import amount, fixed, signed
from tui_nn.render.drawing import Drawing
from tui_nn.views.classes import BY_CLASS, lost
from tui_nn.views.frozen import frozen_units
from tui_nn.views.matrices import no_picture, picture_of, thetas
from tui_nn.views.subject import Subject
from tui_nn.views.votes import Vote, class_names, no_votes, vote

Array = np.ndarray[Any, np.dtype[Any]]

BY_NUMBER = "by number"


def _pieces(subject: Subject) -> int:
    """Rows of the first Theta for a unit of it: 1, but for a unit that is the largest of several lines."""
    started = subject.started
    first = next((layer for layer in started.layers if layer.theta is not None), None) if started else None
    return first.pieces if first is not None else 1


def _number(subject: Subject) -> int:
    """Of the first layer that has weights, from 1."""
    layers = subject.started.layers if subject.started is not None else ()
    return next((number for number, layer in enumerate(layers, 1) if layer.theta is not None), 1)


def _count(subject: Subject) -> int:
    return len(thetas(subject)[1][0]) // _pieces(subject)


def _readings(subject: Subject) -> tuple[str, ...]:
    """Their order: by number, and where they feed the output, by what they add to the score of each class."""
    if no_picture(subject) or no_votes(subject) or not _feeds_output(subject):
        return (BY_NUMBER,)
    return (BY_NUMBER, *(f"by vote for {name}" for name in class_names(subject)))


def _feeds_output(subject: Subject) -> bool:
    shapes = [layer for layer in subject.started.layers if layer.theta is not None] if subject.started else []
    return len(shapes) == 2 and shapes[1].theta is not None and shapes[1].theta[1] == shapes[0].units + 1


def _order(subject: Subject, knobs: Knobs) -> tuple[list[int], Vote | None]:
    """The units from 0, and the vote that they are ordered by, what speaks for the class first."""
    count, readings = _count(subject), _readings(subject)
    if knobs.pick(readings) == BY_NUMBER:
        return list(range(count)), None
    one = vote(subject, knobs.reading % len(readings) - 1)
    return np.argsort(-np.nan_to_num(one.adds), kind="stable").tolist(), one


def _places(subject: Subject, knobs: Knobs) -> Shelf:
    """(layer, unit) each, from 1."""
    picture_of(subject)
    number = _number(subject)
    return Shelf([(number, unit + 1) for unit in _order(subject, knobs)[0]])


def _here(subject: Subject, knobs: Knobs) -> Here:
    """What can be said of a unit without a sample: its bias, its length, its votes."""
    layer, unit = knobs.at
    theta, pieces = thetas(subject)[1][0], _pieces(subject)
    row = (unit - 1) * pieces
    says = [f"unit {unit}"]
    _, ordered = _order(subject, knobs)
    if (layer, unit) in subject.off:
        says += ["off:", *_lost(subject)]
    elif ordered is not None:
        says += _adds(subject, ordered, knobs.reading % len(_readings(subject)) - 1, unit - 1)
    elif len(_readings(subject)) > 1:
        every = [vote(subject, number) for number in range(len(class_names(subject)))]
        adds = [float(np.nan_to_num(one.adds[unit - 1])) for one in every]
        best, worst = int(np.argmax(adds)), int(np.argmin(adds))
        says += _adds(subject, every[best], best, unit - 1)
        if worst != best:
            says.append(f"{signed(adds[worst])} for {every[worst].name}")
    if (layer, unit) in frozen_units(subject):
        says.append("frozen")
    says.append(f"bias {amount(theta[row, 0], 3)}" if pieces == 1 else f"{pieces} pieces")
    length = float(np.linalg.norm(theta[row : row + pieces, 1:].astype(np.float64)))
    says.append(f"|W| {amount(length, 3)}")
    excites = OpenView("excites", Knobs(own={"unit": f"{layer}.{unit}"}))
    return Here(PHRASES.join(says), excites, "shows what excites it", unit=(layer, unit))


def _words(subject: Subject) -> dict[int, list[str]]:
    """What a unit, from 0, is besides its number."""
    words: dict[int, list[str]] = {}
    for units, word in ((subject.off, "off"), (frozen_units(subject), "frozen")):
        for layer, unit in units:
            if layer == _number(subject):
                words.setdefault(unit - 1, []).append(word)
    return words


def _lost(subject: Subject) -> list[str]:
    """Accuracy, and that of each class, beside what it was."""
    with contextlib.suppress(Missing):
        return lost(subject)
    return []


def _adds(subject: Subject, one: Vote, number: int, unit: int) -> list[str]:
    """Theta_3,13^(2) = 2.5, times mean a 0.92: +2.31 for 2. number: of the class, both from 0."""
    layer = len(subject.started.layers) if subject.started is not None else 0
    comma = "," if max(len(one.row), number + 1) > 9 else ""
    weight = f"Theta_{number + 1}{comma}{unit + 1}^({layer}) = {amount(float(one.row[unit + 1]), 3)}"
    if one.activity is None:
        return [weight, f"for {one.name}"]
    return [
        weight,
        f"times a {amount(float(one.activity[unit]), 3)}: {signed(float(one.adds[unit]))} for {one.name}",
    ]


def _numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:
    """Theta of the first layer, and the order in which its units are shown."""
    picture_of(subject)
    order, ordered = _order(subject, knobs)
    found: dict[str, Any] = {"order": [unit + 1 for unit in order]}
    if ordered is not None:
        found["votes"] = [float(ordered.adds[unit]) for unit in order]
    step, all_thetas = thetas(subject)
    return {"step": step, "layer": _number(subject), **found, "theta": all_thetas[0].tolist()}


@view(
    asks=("weights", "inside", BY_CLASS),
    numbers=_numbers,
    suits=no_picture,
    title=lambda subject, knobs: "hidden units",
    readings=_readings,
    cursor=Cursor(_places, _here, pages=True),
)
def units(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Drawing:
    """What each unit of the first layer looks for, as a picture; sorted by number or by vote for a class."""
    theta, picture = thetas(subject)[1][0], picture_of(subject)
    order, ordered = _order(subject, knobs)
    words = _words(subject)
    if ordered is not None:
        words = {unit: [*words.get(unit, ()), fixed(float(ordered.adds[unit]), 1, "+")] for unit in order}
    at = knobs.at[1] - 1 if knobs.at is not None and knobs.at[1] - 1 in order else None
    return render.units(theta, picture, *box, look, _pieces(subject), order, words, at)
