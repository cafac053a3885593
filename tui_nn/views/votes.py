"""The view of what the units before the output say for each class: weight times activation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.text import Text

from tui_nn import render
from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.view import Box, Missing, view
from tui_nn.render import Look
from tui_nn.views.matrices import layer_count, no_picture, picture_of, thetas
from tui_nn.views.subject import Subject

Array = np.ndarray[Any, np.dtype[Any]]


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
    return "" if started.classes else "The targets are numbers, not classes."


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


def _numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:
    """Columns by unit."""
    one = vote(subject, knobs.reading)
    found: dict[str, Any] = {"class": one.name, "bias": float(one.row[0]), "unit": list(range(1, len(one.row)))}
    found["weight"] = one.row[1:].tolist()
    return found | ({} if one.activity is None else {"activation": one.activity.tolist()})


@view(asks=("weights", "inside"), numbers=_numbers, suits=no_votes, readings=class_names)
def votes(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Text:
    """Which hidden units vote for a class, and which against it."""
    one = vote(subject, knobs.reading)
    _, all_thetas = thetas(subject)
    pictures = None
    if not no_picture(subject) and len(all_thetas) == 2:
        pictures = all_thetas[0][:, 1:].reshape(len(all_thetas[0]), *picture_of(subject))
    return render.votes(one.row, one.name, pictures, one.activity, *box, look)
