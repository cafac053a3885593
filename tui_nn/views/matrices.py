"""Theta, with its gradient, its updates and what it has become since; and the views of it as pictures and as votes."""

from __future__ import annotations

from typing import Any

import numpy as np
from rich.text import Text

from tui_nn import render
from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.view import Box, Missing, view
from tui_nn.render import Look
from tui_nn.views.subject import INSIDE, Subject

Array = np.ndarray[Any, np.dtype[Any]]

WEIGHT_READINGS = ("W", "gradient", "update", "W - W0", "update ratio")


def thetas(subject: Subject) -> tuple[int, tuple[Array, ...]]:
    """Step and matrices at the moment shown. Raises Missing."""
    weights = subject.weights()
    if weights is None or not weights.thetas:
        raise Missing("No weights are recorded yet.", waiting=weights is None)
    return weights.step, weights.thetas


def layer_count(subject: Subject) -> int:
    """How many layers have a Theta."""
    started = subject.started
    return sum(layer.theta is not None for layer in started.layers) if started is not None else 0


def matrix(subject: Subject, knobs: Knobs) -> tuple[str, Array]:
    """What is shown of a layer, (s_j, s_{j-1} + 1), and its name. Raises Missing."""
    step, all_thetas = thetas(subject)
    index = knobs.layer % len(all_thetas)
    theta = all_thetas[index]
    reading = knobs.pick(WEIGHT_READINGS)
    if reading == "W":
        return f"step {step}", theta
    if reading == "gradient":
        inside = subject.ask(INSIDE)
        return f"dJ/dTheta over {inside.activations[0].shape[1]} training samples", inside.gradients[index]
    other = subject.initial() if reading == "W - W0" else subject.before()
    if other is None:
        raise Missing("There is no earlier Theta to compare with yet.", waiting=True)
    difference = theta - other.thetas[index]
    if reading == "update ratio":
        # A weight that is about 0 has no ratio to speak of: it is measured against the typical weight.
        typical = float(np.sqrt(np.square(theta).mean())) or 1.0
        return f"|{update_words(step, other.step)}| / |W|", np.abs(difference) / np.maximum(np.abs(theta), typical / 10)
    if reading == "update":
        return f"{update_words(step, other.step)}: step {step} minus step {other.step}", difference
    return f"step {step} minus step {other.step}", difference


def update_words(step: int, before: int) -> str:
    """What lies between the two: an update is one step."""
    return "last update" if step - before == 1 else f"update of {step - before} steps"


def no_picture(subject: Subject) -> str:
    """Why hidden units have no pictures."""
    started = subject.started
    if started is None:
        return ""
    if started.picture is None:
        return "The inputs are not pictures."
    rows, columns = started.picture
    first = next((layer.theta for layer in started.layers if layer.theta is not None), None)
    fits = first is not None and first[1] == rows * columns + 1
    return "" if fits else "The first layer with weights does not see the pictures directly."


def _picture(subject: Subject) -> tuple[int, int]:
    why = no_picture(subject)
    started = subject.started
    if started is None:
        raise Missing("Nothing has been recorded yet.", waiting=True)
    if why or started.picture is None:
        raise Missing(why)
    return started.picture


def _pieces(subject: Subject) -> int:
    """Rows of the first Theta for a unit of it: 1, but for a unit that is the largest of several lines."""
    started = subject.started
    first = next((layer for layer in started.layers if layer.theta is not None), None) if started else None
    return first.pieces if first is not None else 1


def _bends(subject: Subject) -> bool:
    """Whether a unit is the largest of several lines over one input: then it is a function that can be drawn."""
    started = subject.started
    return started is not None and started.inputs == 1 and started.layers[0].pieces > 1


def no_units(subject: Subject) -> str:
    """Why the units of the first layer cannot be shown."""
    return "" if _bends(subject) else no_picture(subject)


def _units_numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:  # noqa: ARG001
    """Theta of the first layer."""
    if not _bends(subject):
        _picture(subject)
    step, all_thetas = thetas(subject)
    return {"step": step, "layer": 1, "theta": all_thetas[0].tolist()}


@view(asks=("weights",), numbers=_units_numbers, suits=no_units, title=lambda subject, knobs: "hidden units")
def units(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Text:  # noqa: ARG001
    """What each unit of the first layer looks for, as a picture."""
    if not _bends(subject):
        picture = _picture(subject)
        return render.units(thetas(subject)[1][0], picture, *box, look, _pieces(subject))
    started, theta = subject.started, thetas(subject)[1][0]
    low, high = (started.data.low, started.data.high) if started and started.data else (-1.0, 1.0)
    name = started.features[0] if started and started.features else "x"
    return render.pieces(theta, _pieces(subject), (low, high), *box, look, name)


def no_votes(subject: Subject) -> str:
    """Why units cannot vote."""
    started = subject.started
    if started is None:
        return ""
    if layer_count(subject) < 2 or started.layers[-1].theta is None:
        return "There is no trained output layer with hidden units before it."
    return "" if started.classes else "The targets are numbers, not classes."


def class_names(subject: Subject) -> tuple[str, ...]:
    """The readings of the votes: a class each; one output decides between two."""
    started = subject.started
    if started is None or not started.classes or started.layers[-1].theta is None:
        return ()
    return started.classes if started.layers[-1].theta[0] > 1 else started.classes[1:2]


def _vote(subject: Subject, knobs: Knobs) -> tuple[str, Array, Array | None]:
    """Class, row of Theta, mean activation of the units before the output for samples of this class."""
    why = no_votes(subject)
    if why:
        raise Missing(why)
    _, all_thetas = thetas(subject)
    names = class_names(subject)
    number = knobs.reading % len(names)
    row = all_thetas[-1][number]
    inside = subject.inside()
    activity = None
    if inside is not None and len(inside.activations) > 1 and len(inside.activations[-2]) == len(row) - 1:
        of_class = inside.classes == (number if len(names) > 1 else 1)
        if of_class.any():
            activity = inside.activations[-2][:, of_class].mean(axis=1)
    return names[number], row, activity


def _votes_numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:
    """Columns by unit."""
    name, row, activity = _vote(subject, knobs)
    found: dict[str, Any] = {"class": name, "bias": float(row[0]), "unit": list(range(1, len(row)))}
    found["weight"] = row[1:].tolist()
    return found | ({} if activity is None else {"activation": activity.tolist()})


@view(asks=("weights", "inside"), numbers=_votes_numbers, suits=no_votes, readings=class_names)
def votes(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Text:
    """Which hidden units vote for a class, and which against it."""
    name, row, activity = _vote(subject, knobs)
    _, all_thetas = thetas(subject)
    pictures = None
    if not no_picture(subject) and len(all_thetas) == 2:
        pictures = all_thetas[0][:, 1:].reshape(len(all_thetas[0]), *_picture(subject))
    return render.votes(row, name, pictures, activity, *box, look)
