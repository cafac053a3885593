"""The view of the network itself: nodes, weights, and what one sample makes of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tui_nn import render
from tui_nn.plugin.knobs import LAYER, Knobs
from tui_nn.plugin.places import At, Cursor
from tui_nn.plugin.view import Box, view
from tui_nn.render import Look, Place
from tui_nn.render.drawing import Drawing
from tui_nn.views.matrices import layer_count, thetas
from tui_nn.views.network.columns import column, links
from tui_nn.views.network.places import NetworkPlaces
from tui_nn.views.network.scene import EXAMPLE, GLANCE, READINGS, LayerGroup, Scene, scene_of
from tui_nn.views.network.telling import here
from tui_nn.views.network.words import foot
from tui_nn.views.subject import Subject

__all__ = ["EXAMPLE", "READINGS", "network"]


def _numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:
    """Columns by parameter of one layer: its unit (of maxout, its piece), its input (0 is the bias), and its numbers.

    gradient: dJ/dTheta over the first training samples; update: since the recorded moment before; initial: W0.
    """
    step, own = thetas(subject)
    place = knobs.layer % len(own)
    rows, width = own[place].shape
    layers = subject.started.layers if subject.started is not None else ()
    found: dict[str, Any] = {
        "step": step,
        "layer": [number for number, shape in enumerate(layers, 1) if shape.theta is not None][place],
        "unit": np.repeat(np.arange(1, rows + 1), width).tolist(),
        "input": np.tile(np.arange(width), rows).tolist(),
        "theta": own[place].ravel().tolist(),
    }
    inside, before, initial = subject.inside(), subject.before(), subject.initial()
    if inside is not None:
        found["gradient"] = inside.gradients[place].ravel().tolist()
    if before is not None:
        found |= {"step_before": before.step, "update": (own[place] - before.thetas[place]).ravel().tolist()}
    if initial is not None:
        found["initial"] = initial.thetas[place].ravel().tolist()
    return found


@view(
    asks=("weights", "inside", "plane", GLANCE),
    numbers=_numbers,
    readings=READINGS,
    knobs=(LAYER, EXAMPLE),
    layers=layer_count,
    cursor=Cursor(lambda subject, knobs: NetworkPlaces(scene_of(subject, knobs)), here),
)
def network(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Drawing:
    """The network itself, units and weights from left to right, and what it makes of one sample."""
    scene = scene_of(subject, knobs)
    between = [links(scene, place) for place in range(1, len(scene.groups))]
    sides = zip([None, *between], [*between, None], strict=True)
    columns = [column(scene, place, *beside) for place, beside in enumerate(sides)]
    drawn = render.network(columns, between, foot(scene, box[0], look), *box, look, _cursor(scene, knobs.at))
    spots = {_at(scene.groups[place], unit): spot for (place, unit), spot in drawn.spots.items()}
    return replace(drawn, spots=spots)


def _cursor(scene: Scene, at: At | None) -> Place | None:
    """Where in the picture a place is."""
    if at is None or at not in NetworkPlaces(scene):
        return None
    place = next(number for number, group in enumerate(scene.groups) if group.first == at[0])
    if len(at) == 1:
        return Place(place, 0)
    if len(at) == 2:
        return Place(place, at[1] - 1)
    source = at[2] if not scene.groups[place - 1].is_block else min(at[2], 1)
    return Place(place, at[1] - 1, source)


def _at(group: LayerGroup, unit: int) -> At:
    """The place of a unit in the picture, -1 being the constant 1."""
    return (group.first,) if group.is_block and unit >= 0 else (group.first, unit + 1)
