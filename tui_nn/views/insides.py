"""Views of what goes on inside: the plane as each neuron sees it, the decision boundary, and the health of layers."""

from __future__ import annotations

from typing import Any

import numpy as np
from rich.text import Text

from tui_nn import render
from tui_nn.experiment.model import Inside, Plane
from tui_nn.render import LayerHealth, Look
from tui_nn.views.knobs import Knobs
from tui_nn.views.subject import Subject
from tui_nn.views.view import Box, Missing

PLANE_READINGS = ("smooth", "discretised")
DEAD = 0.0  # an activation that no sample lifts above it is dead, where the function cuts off at 0
CUT_OFF = ("relu", "relu6")
SATURATING = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0), "hard_sigmoid": (0.0, 1.0), "hard_tanh": (-1.0, 1.0)}
EDGE = 0.05  # of the range: nearer to its end than that, the slope is nearly gone
SATURATED_SAMPLES = 0.9  # a unit that sits at an end for so many samples is saturated


def not_plane(subject: Subject) -> str:
    """Why there is no plane."""
    started = subject.started
    return "" if started is None or started.inputs == 2 else "The decision boundary needs data with two inputs."


def _plane(subject: Subject) -> Plane:
    why = not_plane(subject)
    if why:
        raise Missing(why)
    plane = subject.plane()
    if plane is None:
        raise Missing(subject.problem or "The network is being asked ...", waiting=not subject.problem)
    return plane


def draw_boundary(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Text:
    """The answers with the data."""
    plane, started = _plane(subject), subject.started
    assert started is not None
    field = plane.field
    if knobs.reading % 2:
        field = np.sign(field) if plane.labels is None else np.ones_like(field)
    return render.boundary(field, plane.labels, plane.points, plane.classes, plane.extent, started.classes, *box, look)


def boundary_numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:  # noqa: ARG001
    """The field, row 0 at the top."""
    plane = _plane(subject)
    found: dict[str, Any] = {"extent": plane.extent, "field": plane.field.tolist()}
    return found if plane.labels is None else found | {"labels": plane.labels.tolist()}


def draw_neurons(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Text:
    """Inputs, hidden layers and outputs from left to right."""
    plane, started = _plane(subject), subject.started
    assert started is not None
    names = ["inputs", *(f"{index} {layer.activation}" for index, layer in enumerate(started.layers, 1))]
    return render.neurons([plane.inputs, *plane.layers], names, *box, look, sharp=bool(knobs.reading % 2))


def neurons_numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:
    """The responses of one layer, a flat row of the plane each unit."""
    plane = _plane(subject)
    layer = knobs.layer % len(plane.layers)
    responses = plane.layers[layer]
    return {"layer": layer + 1, "extent": plane.extent, "responses": responses.reshape(len(responses), -1).tolist()}


def _health(subject: Subject) -> list[LayerHealth]:
    inside, started = subject.inside(), subject.started
    if inside is None or started is None:
        raise Missing(subject.problem or "The layers are being measured ...", waiting=not subject.problem)
    weights, before = subject.weights(), subject.before()
    layers, with_theta = [], 0
    for index, layer in enumerate(started.layers):
        gradient, ratio = np.empty(0), None
        if layer.theta is not None:
            gradient = inside.gradients[with_theta]
            if weights is not None and before is not None:
                theta = weights.thetas[with_theta]
                length = float(np.linalg.norm(theta))
                change = float(np.linalg.norm(theta - before.thetas[with_theta]))
                ratio = change / length / max(1, weights.step - before.step) if length else None
            with_theta += 1
        last = index == len(started.layers) - 1
        layers.append(_layer(f"{index + 1} {layer.kind} {layer.units} {layer.activation}", layer.activation,
                             inside, index, gradient, ratio, last))  # fmt: skip
    return layers


def _layer(
    name: str, activation: str, inside: Inside, index: int, gradient: Any, ratio: float | None, last: bool
) -> LayerHealth:
    a = inside.activations[index]
    dead = float((a <= DEAD).all(axis=1).mean()) if activation in CUT_OFF else None
    saturated = None
    if activation in SATURATING and not last:  # an output that is sure is what is wanted
        low, high = SATURATING[activation]
        edge = EDGE * (high - low)
        at_end = ((a < low + edge) | (a > high - edge)).mean(axis=1)
        saturated = float((at_end >= SATURATED_SAMPLES).mean())
    return LayerHealth(name, a, gradient, dead, saturated, ratio)


def draw_health(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Text:  # noqa: ARG001
    """A block a layer."""
    return render.health(_health(subject), *box, look)


def health_numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:  # noqa: ARG001
    """Columns by layer."""
    layers = _health(subject)
    return {
        "layer": [layer.name for layer in layers],
        "dead": [layer.dead for layer in layers],
        "saturated": [layer.saturated for layer in layers],
        "update_ratio": [layer.ratio for layer in layers],
        "gradient_rms": [
            float(np.sqrt(np.square(layer.gradients).mean())) if layer.gradients.size else None for layer in layers
        ],
    }
