"""The view of what the units before the output say for each class: weight times activation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tui_nn import render
from tui_nn.plugin.knobs import Knob, Knobs
from tui_nn.plugin.places import PAGE, At, Cursor, Here, OpenView, Towards
from tui_nn.plugin.view import PHRASES, Box, Missing, view
from tui_nn.render import Look
from tui_nn.render.amount import amount, signed
from tui_nn.render.drawing import Drawing
from tui_nn.views.kinds import not_classes
from tui_nn.views.matrices import layer_count, no_picture, picture_of, thetas
from tui_nn.views.subject import Subject

Array = np.ndarray[Any, np.dtype[Any]]

CONTRIBUTION, WEIGHT = "contribution", "weight"
WHAT = Knob("vote", (CONTRIBUTION, WEIGHT), "w", "weight", "Weight times mean activation, or the weight alone.")
TABLE = Knob("table", (False, True), "z", "all classes", "One class, or all classes as rows and units as columns.")


@dataclass(frozen=True)
class Vote:
    """row: (units + 1,), of the output's Theta, for the class of this name. activity: (units,), the mean over samples
    of the class; None while it is not known, or where there are none.
    """

    name: str
    row: Array
    activity: Array | None

    @property
    def adds(self) -> Array:
        """What each unit adds to z for a sample of the class, (units,): the weight alone while that is not known."""
        weights = self.row[1:]
        return weights if self.activity is None else weights * self.activity


def no_votes(subject: Subject) -> str:
    """Why units cannot vote."""
    started = subject.started
    if started is None:
        return ""
    if layer_count(subject) < 2 or started.layers[-1].theta is None:
        return "There is no trained output layer with hidden units before it."
    return not_classes(started)


def class_names(subject: Subject) -> tuple[str, ...]:
    """Those that have a row of the output's Theta; one output decides between two."""
    started = subject.started
    if started is None or not started.classes or started.layers[-1].theta is None:
        return ()
    return started.classes if started.layers[-1].theta[0] > 1 else started.classes[1:2]


def vote(subject: Subject, number: int) -> Vote:
    """Of the class with this number among `class_names`, counted round. Raises Missing."""
    why = no_votes(subject)
    if why:
        raise Missing(why)
    _, all_thetas = thetas(subject)
    names = class_names(subject)
    number %= len(names)
    row = all_thetas[-1][number]
    inside = subject.inside()
    activity = None
    if inside is not None and len(inside.activations) > 1 and len(inside.activations[-2]) == len(row) - 1:
        of_class = inside.classes == (number if len(names) > 1 else 1)
        if of_class.any():
            activity = inside.activations[-2][:, of_class].mean(axis=1)
    return Vote(names[number], row, activity)


def _shown(one: Vote, knobs: Knobs) -> Array:
    """What stands for each unit, (units,): what it adds, or its weight alone."""
    return one.adds if knobs[WHAT] == CONTRIBUTION else one.row[1:]


def _what(one: Vote, knobs: Knobs) -> str:
    is_weight = knobs[WHAT] == WEIGHT or one.activity is None
    return WEIGHT if is_weight else "weight x mean activation"


def _order(subject: Subject, knobs: Knobs) -> list[int]:
    """The units from 1, those with the strongest vote for the class that is looked at first."""
    shown = _shown(vote(subject, knobs.reading), knobs)
    return [int(unit) + 1 for unit in np.argsort(-np.abs(np.nan_to_num(shown)), kind="stable")]


@dataclass(frozen=True)
class VotePlaces:
    """(class, unit): the class from 0, the unit from 1; 0 is the bias. is_table: classes are rows, else units are."""

    names: Sequence[str]
    order: Sequence[int]
    number: int
    is_table: bool

    @property
    def first(self) -> At:
        """The strongest for the class that is looked at."""
        return (self.number, self.order[0])

    def __contains__(self, at: object, /) -> bool:
        return (
            isinstance(at, tuple) and len(at) == 2 and at[0] in range(len(self.names))
            and at[1] in range(0 if self.is_table else 1, len(self.order) + 1)
        )  # fmt: skip

    def __iter__(self) -> Iterator[At]:
        for number in range(len(self.names)):
            yield from ((number, unit) for unit in range(0 if self.is_table else 1, len(self.order) + 1))

    def step(self, at: At, towards: Towards) -> At:
        units = [0, *self.order] if self.is_table else list(self.order)
        places = {"left": (0, -1), "right": (0, 1), "up": (-1, 0), "down": (1, 0), "pageup": (-PAGE, 0),
                  "pagedown": (PAGE, 0), "home": (0, -len(units)), "end": (0, len(units))}  # fmt: skip
        by_class, by_unit = places[towards] if self.is_table or towards in ("home", "end") else places[towards][::-1]
        number = min(max(at[0] + by_class, 0), len(self.names) - 1)
        return (number, units[min(max(units.index(at[1]) + by_unit, 0), len(units) - 1)])

    def name(self, at: At) -> str:
        return f"{self.names[at[0]]}.{at[1]}"


def _places(subject: Subject, knobs: Knobs) -> VotePlaces:
    order = _order(subject, knobs)
    names = class_names(subject)
    return VotePlaces(names, order, knobs.reading % len(names), knobs[TABLE])


def _arrives(subject: Subject, knobs: Knobs) -> Knobs:  # noqa: ARG001
    """Where one class is shown, it is that of the cursor; columns of all of them stay where they are."""
    return knobs if knobs[TABLE] else replace(knobs, reading=knobs.at[0])


def _here(subject: Subject, knobs: Knobs) -> Here:
    """The weight, what it is multiplied with, and what it adds."""
    number, unit = knobs.at
    one, started = vote(subject, number), subject.started
    assert started is not None
    layer, row = len(started.layers), number if len(class_names(subject)) > 1 else 0
    comma = "," if row >= 9 or unit >= 10 else ""
    says = [f"Theta_{row + 1}{comma}{unit}^({layer}) = {amount(float(one.row[unit]))}"]
    says.append(f"bias of class {one.name}" if not unit else f"unit {unit} -> class {one.name}")
    if unit and one.activity is not None:
        a = float(one.activity[unit - 1])
        says += [
            f"mean a for {one.name}: {amount(a, 3)}",
            f"adds {signed(float(one.adds[unit - 1]))} to z",
        ]
    index = layer_count(subject) - 1
    weight = OpenView("weights", Knobs(layer=index, at=(row, unit)))
    return Here(PHRASES.join(says), weight, "shows the weight", unit=(_before(subject), unit) if unit else None)


def _before(subject: Subject) -> int:
    """The layer whose units vote, from 1: the last one with weights before the output."""
    layers = subject.started.layers if subject.started is not None else ()
    found = [number for number, layer in enumerate(layers[:-1], 1) if layer.theta is not None]
    return found[-1] if layers[found[-1] - 1].units == layers[-2].units else len(layers) - 1


def _numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:
    """Columns by unit; of all classes a matrix, the bias first."""
    if knobs[TABLE]:
        names, values = class_names(subject), _matrix(subject, knobs)
        return {"of": knobs[WHAT], "class": list(names), "votes": values.tolist()}
    one = vote(subject, knobs.reading)
    found: dict[str, Any] = {"class": one.name, "bias": float(one.row[0]), "unit": list(range(1, len(one.row)))}
    found["weight"] = one.row[1:].tolist()
    if one.activity is not None:
        found |= {"activation": one.activity.tolist(), "contribution": one.adds.tolist()}
    return found


def _matrix(subject: Subject, knobs: Knobs) -> Array:
    """(classes, units + 1), the bias first."""
    every = [vote(subject, number) for number in range(len(class_names(subject)))]
    return np.stack([np.append(one.row[:1], _shown(one, knobs)) for one in every])


@view(
    asks=("weights", "inside"),
    numbers=_numbers,
    suits=no_votes,
    readings=class_names,
    knobs=(TABLE, WHAT),
    cursor=Cursor(_places, _here, _arrives),
)
def votes(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Drawing:
    """Which hidden units vote for a class and which against it; all classes as a matrix."""
    one = vote(subject, knobs.reading)
    _, all_thetas = thetas(subject)
    pictures = None
    if not no_picture(subject) and len(all_thetas) == 2 and len(all_thetas[0]) == len(one.row) - 1:
        pictures = all_thetas[0][:, 1:].reshape(len(all_thetas[0]), *picture_of(subject))
    at = knobs.at
    if knobs[TABLE]:
        order = _order(subject, knobs)
        what = (_what(one, knobs), f"units by their vote for {one.name}")
        return render.vote_table(class_names(subject), _matrix(subject, knobs), order, pictures, *box, look, what, at)
    activity = one.activity if knobs[WHAT] == CONTRIBUTION else None
    unit = at[1] - 1 if at is not None and at[1] else None
    drawn = render.votes(one.row, one.name, pictures, activity, *box, look, _what(one, knobs), unit)
    number = knobs.reading % len(class_names(subject))
    return Drawing(drawn.text, {(number, unit + 1): spot for unit, spot in drawn.spots.items()})
