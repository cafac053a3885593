"""Theta, with its gradient, its updates and what it has become since, and whether it can be seen as pictures."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.view import Missing
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


def picture_of(subject: Subject) -> tuple[int, int]:
    """Rows and columns of what the first layer sees. Raises Missing."""
    why = no_picture(subject)
    started = subject.started
    if started is None:
        raise Missing("Nothing has been recorded yet.", waiting=True)
    if why or started.picture is None:
        raise Missing(why)
    return started.picture
