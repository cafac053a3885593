"""The view of the plane of two inputs as each neuron sees it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from tui_nn import render
from tui_nn.plugin.knobs import LAYER, Knobs
from tui_nn.plugin.places import Cursor, Here, OpenView, Shelf
from tui_nn.plugin.view import PHRASES, Box, view
from tui_nn.render import Look
from tui_nn.render.amount import amount, span
from tui_nn.render.drawing import Drawing
from tui_nn.render.palette import activation_scale
from tui_nn.views.boundary import PLANE_READINGS, not_plane, plane_at
from tui_nn.views.frozen import frozen_units
from tui_nn.views.subject import Subject


def _layer(subject: Subject, knobs: Knobs) -> int:
    """The layer that the knob chooses, from 1."""
    return knobs.layer % len(plane_at(subject).layers) + 1


def _numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:
    """The responses of one layer, a flat row of the plane each unit."""
    plane, layer = plane_at(subject), _layer(subject, knobs)
    responses = plane.layers[layer - 1]
    return {"layer": layer, "extent": plane.extent, "responses": responses.reshape(len(responses), -1).tolist()}


def _places(subject: Subject, knobs: Knobs) -> Shelf:
    """(layer, unit) each, from 1."""
    layer = _layer(subject, knobs)
    return Shelf([(layer, unit + 1) for unit in range(len(plane_at(subject).layers[layer - 1]))])


def _arrives(subject: Subject, knobs: Knobs) -> Knobs:  # noqa: ARG001
    """A unit of another layer can be pointed at, where all are seen."""
    return replace(knobs, layer=knobs.at[0] - 1)


def _here(subject: Subject, knobs: Knobs) -> Here:
    """Between what it answers, and on how much of the plane it is above the middle."""
    layer, unit = knobs.at
    plane, shapes = plane_at(subject), subject.started.layers if subject.started is not None else ()
    response = plane.layers[layer - 1][unit - 1]
    middle, _ = activation_scale(response, plane.ranges[layer - 1])
    says = [f"unit {unit} of layer {layer}", span(float(response.min()), float(response.max()))]
    says.append(f"above {amount(middle, 3)} on {float((response > middle).mean()):.0%}")
    says += [
        word for units, word in ((subject.off, "off"), (frozen_units(subject), "frozen")) if (layer, unit) in units
    ]
    weighing = [number for number, one in enumerate(shapes, 1) if one.theta is not None]
    is_hidden = layer < len(shapes) and layer in weighing
    if layer not in weighing:
        return Here(PHRASES.join(says))
    at = ((unit - 1) * shapes[layer - 1].pieces, 0)
    weights = OpenView("weights", Knobs(layer=weighing.index(layer), at=at))
    return Here(PHRASES.join(says), weights, "its weights", unit=(layer, unit) if is_hidden else None)


@view(
    asks=("plane",),
    numbers=_numbers,
    suits=not_plane,
    readings=PLANE_READINGS,
    knobs=(LAYER,),
    layers=lambda subject: len(subject.started.layers) if subject.started is not None else 0,
    cursor=Cursor(_places, _here, _arrives, pages=True),
)
def neurons(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Drawing:
    """The output of each neuron over the plane of two inputs, for all layers, or for one if there is no room."""
    plane, started = plane_at(subject), subject.started
    assert started is not None
    names = ["inputs", *(f"{index} {layer.activation}" for index, layer in enumerate(started.layers, 1))]
    ranges = [(-math.inf, math.inf), *plane.ranges]
    layer, sharp = _layer(subject, knobs), bool(knobs.reading % 2)
    chosen = knobs.at[1] - 1 if knobs.at is not None and knobs.at in _places(subject, knobs) else None
    return render.neurons([plane.inputs, *plane.layers], ranges, names, *box, look, sharp, layer, chosen)
