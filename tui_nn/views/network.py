"""The view of the network itself: nodes, weights, and what one sample makes of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.text import Text

from tui_nn import render
from tui_nn.engine.events import LayerShape, Started
from tui_nn.engine.layer import Dense
from tui_nn.experiment.study import Inside
from tui_nn.model.plane import Plane
from tui_nn.plugin.knobs import LAYER, SAMPLE, Knobs
from tui_nn.plugin.view import Box, Missing, view
from tui_nn.render import Column, Links, Look
from tui_nn.render.canvas import fitting
from tui_nn.views.matrices import layer_count, no_picture, thetas
from tui_nn.views.stack import counted, formula, is_connected, is_unitwise
from tui_nn.views.subject import INSIDE, Subject

Array = np.ndarray[Any, np.dtype[Any]]

READINGS = ("weights", "names", "gradient", "update")
EDGES = {"weights": "Theta", "names": "Theta", "gradient": "dJ/dTheta", "update": "last update"}


@dataclass(frozen=True)
class LayerGroup:
    """Layers that make one column: the first of them and what follows it unit by unit. Numbers count from 1, 0 is x."""

    first: int
    last: int


def groups_of(started: Started) -> list[LayerGroup]:
    """The columns of the picture."""
    sizes = [started.inputs, *(shape.units for shape in started.layers)]
    groups = [LayerGroup(0, 0)]
    for number, (shape, inputs) in enumerate(zip(started.layers, sizes, strict=False), start=1):
        if is_unitwise(shape, inputs):
            groups[-1] = LayerGroup(groups[-1].first, number)
        else:
            groups.append(LayerGroup(number, number))
    return groups


@dataclass(frozen=True)
class Scene:
    """All that the picture is made of, at one moment."""

    started: Started
    step: int
    values: tuple[Array | None, ...]  # of every layer, what the edges show
    theta: tuple[Array | None, ...]
    inside: Inside | None
    plane: Plane | None
    sample: int
    reading: str

    @property
    def shows_weights(self) -> bool:
        """Whether the edges are Theta itself."""
        return self.reading in READINGS[:2]

    def inputs(self, number: int) -> int:
        """Of layer `number`."""
        return self.started.inputs if number == 1 else self.started.layers[number - 2].units

    def activations(self, number: int) -> Array | None:
        """Of the sample, as layer `number` gives them; of the last one, through the link."""
        if self.inside is None:
            return None
        if number == 0:
            return self.inside.inputs[:, self.sample]
        last = number == len(self.started.layers)
        found = self.inside.outputs if last else self.inside.activations[number - 1]
        return np.asarray(found[:, self.sample])


def _by_layer(started: Started, matrices: tuple[Array, ...]) -> tuple[Array | None, ...]:
    """One entry a layer, None for one without Theta."""
    rest = iter(matrices)
    return tuple(next(rest) if shape.theta is not None else None for shape in started.layers)


def _started(subject: Subject) -> Started:
    if subject.started is None:
        raise Missing("Nothing has been recorded yet.", waiting=True)
    return subject.started


def _scene(subject: Subject, knobs: Knobs) -> Scene:
    started = _started(subject)
    step, own = thetas(subject)
    inside = subject.inside()
    plane = subject.plane() if started.inputs == 2 else None
    reading = knobs.pick(READINGS)
    shown = own
    if reading == "gradient":
        shown = subject.ask(INSIDE).gradients
    elif reading == "update":
        before = subject.before()
        if before is None:
            raise Missing("There is no earlier Theta to compare with yet.", waiting=True)
        shown = tuple(one - other for one, other in zip(own, before.thetas, strict=True))
    sample = knobs.sample % inside.inputs.shape[1] if inside is not None else 0
    return Scene(started, step, _by_layer(started, shown), _by_layer(started, own), inside, plane, sample, reading)


def _foot(scene: Scene, width: int, look: Look) -> list[str]:
    """What is seen of which sample, the formula, and how much there is; each as fully as there is room for."""
    started, inside = scene.started, scene.inside
    edges = f"edges: {EDGES[scene.reading]}, {_signs(look)}"
    whole, *steps = formula(started.layers, started.inputs, inside.link if inside is not None else "")
    said = [
        fitting(width, *(one for one in (_fit(width, _sample(scene)), edges) if one), gap="   "),
        whole if len(whole) <= width else fitting(width, *steps, gap=", ") if len(steps[0]) <= width else "",
        _fit(width, counted(started.layers)),
    ]
    return [line for line in said if line]


def _fit(width: int, words: Sequence[str]) -> str:
    """The first that fits whole, else nothing."""
    return next((one for one in words if len(one) <= width), "")


def _signs(look: Look) -> str:
    if look.ascii:
        return "+*# positive, -~= negative"
    return "solid +, dashed -" if look.depth == "none" else "blue +, orange -"


def _sample(scene: Scene) -> list[str]:
    """Which one it is, what it is, and what the network takes it for; and shorter."""
    inside, classes = scene.inside, scene.started.classes
    if inside is None:
        return []
    number = f"training sample {scene.sample + 1}"
    if not classes:
        pairs = zip(inside.outputs[:, scene.sample], inside.targets[:, scene.sample], strict=True)
        says = ", ".join(f"{output:.3g} for {target:.3g}" for output, target in pairs)
        return [f"{number}: {says}", says, number]
    answer, true = _answer(scene), classes[int(inside.classes[scene.sample])]
    says = classes[answer] if answer is not None else "not a number"
    return [f"{number} is {true}, answer {says}", f"is {true}, answer {says}", f"answer {says}", says]


def _answer(scene: Scene) -> int | None:
    """The class that the sample is taken for, None if that is not a number."""
    assert scene.inside is not None
    outputs = scene.inside.outputs[:, scene.sample]
    if not np.isfinite(outputs).all():
        return None
    if len(outputs) == 1:
        low, high = scene.inside.ranges[-1]
        return int(outputs[0] > (low + high) / 2)
    return int(outputs.argmax())


def _is_picture(scene: Scene, group: LayerGroup) -> bool:
    return group.first == 0 and scene.started.picture is not None


def _is_block(scene: Scene, group: LayerGroup) -> bool:
    """Whether its units are not drawn one by one."""
    first = group.first
    if first == 0:
        return scene.started.picture is not None
    return not is_connected(scene.started.layers[first - 1], scene.inputs(first))


def _links(scene: Scene, groups: list[LayerGroup], place: int) -> Links:
    """Into the group at `place`."""
    group, before = groups[place], groups[place - 1]
    shape, values = scene.started.layers[group.first - 1], scene.values[group.first - 1]
    if _is_block(scene, group):
        sources = 1 if _is_block(scene, before) else scene.inputs(group.first)
        lines = np.ones((1, sources + 1))
        lines[0, 0] = np.nan
        return Links(lines, is_signed=False)
    assert values is not None
    strongest = values
    if shape.pieces > 1:
        by_piece = values.reshape(shape.units, shape.pieces, -1)
        largest = np.abs(by_piece).argmax(axis=1, keepdims=True)
        strongest = np.take_along_axis(by_piece, largest, axis=1)[:, 0]
    if not _is_block(scene, before):
        return Links(strongest)
    a = scene.activations(before.last)
    if scene.shows_weights and a is not None:
        return Links(np.stack([strongest[:, 0], strongest[:, 1:] @ a], axis=1))
    return Links(np.stack([strongest[:, 0], np.linalg.norm(strongest[:, 1:], axis=1)], axis=1), is_signed=False)


def _column(subject: Subject, scene: Scene, groups: list[LayerGroup], place: int, links: list[Links]) -> Column:
    group, started = groups[place], scene.started
    last = place == len(groups) - 1
    title = _title(scene, group)
    a = scene.activations(group.last)
    limits = (-math.inf, math.inf)
    if scene.inside is not None and group.last:
        limits = scene.inside.ranges[group.last - 1]
    has_bias = not last and not _is_block(scene, groups[place + 1])
    if _is_block(scene, group):
        pictures = None
        if _is_picture(scene, group) and a is not None:
            pictures = a.reshape(1, *started.picture)  # type: ignore[misc]
        lines = () if pictures is not None else _block(scene, group)
        return Column(title, [""], np.zeros(1), pictures=pictures, has_bias=has_bias, lines=lines)
    count = started.inputs if group.first == 0 else started.layers[group.first - 1].units
    pictures, is_plane = _pictures(subject, scene, group, place)
    strength = np.zeros(count) if a is None else np.abs(a).astype(float)
    if not last and links[place].is_signed:
        strength = np.abs(links[place].values[:, 1:]).max(axis=0)
    answer = wanted = None
    if last and started.classes and scene.inside is not None and count > 1:
        answer, wanted = _answer(scene), int(scene.inside.classes[scene.sample])
        strength[[wanted if answer is None else answer, wanted]] = np.inf  # both are always seen
    return Column(
        title, _names(scene, group, count, last), strength, a, limits, pictures, is_plane, has_bias, answer, wanted
    )


def _pictures(subject: Subject, scene: Scene, group: LayerGroup, place: int) -> tuple[Array | None, bool]:
    """Of each unit: what it says all over the plane of two inputs, or its weights where it sees a picture."""
    if scene.plane is not None:
        return (scene.plane.layers[group.last - 1] if group.last else scene.plane.inputs), True
    theta = scene.values[group.first - 1] if group.first else None
    if place == 1 and theta is not None and not no_picture(subject):
        shape = scene.started.layers[group.first - 1]
        assert scene.started.picture is not None
        weights = theta[:, 1:]
        if shape.pieces > 1:
            longest = np.linalg.norm(weights, axis=1).reshape(-1, shape.pieces).argmax(axis=1)
            weights = weights[np.arange(shape.units) * shape.pieces + longest]
        return weights.reshape(shape.units, *scene.started.picture), False
    return None, False


def _title(scene: Scene, group: LayerGroup) -> list[str]:
    """What the column is, and shorter."""
    started = scene.started
    more = "".join(f", {started.layers[number - 1].kind}" for number in range(group.first + 1, group.last + 1))
    if group.first == 0:
        size = f"{started.inputs:,}" if started.picture is None else "{}x{}".format(*started.picture)
        return [f"input {size}{more}", f"input {size}", "input", "x"]
    shape = started.layers[group.first - 1]
    words = [f"{shape.units:,} {_kind(shape)}", f"{shape.units:,}"]
    numbers = f"{group.first}" if group.first == group.last else f"{group.first}-{group.last}"
    return [f"{group.first}: {words[0]}{more}", *(f"{numbers}: {one}" for one in words), words[-1]]


def _block(scene: Scene, group: LayerGroup) -> list[str]:
    """What is said of a layer whose units are not drawn one by one."""
    if group.first == 0:
        return ["picture"]
    shape = scene.started.layers[group.first - 1]
    theta = [] if shape.theta is None else [f"Theta {shape.theta[0]}x{shape.theta[1]}"]
    return [shape.kind, f"{shape.units:,} units", *theta]


def _kind(shape: LayerShape) -> str:
    return shape.activation if shape.kind == Dense.name else shape.kind


def _names(scene: Scene, group: LayerGroup, count: int, last: bool) -> list[str]:
    started = scene.started
    numbers = range(1, count + 1)
    if group.first == 0:
        return (
            [f"x_{unit}" for unit in numbers]
            if scene.reading == "names" or not started.features
            else list(started.features)
        )
    if last and scene.reading != "names":
        if len(started.classes) == count:
            return list(started.classes)
        return ["h"] if count == 1 else [f"h_{unit}" for unit in numbers]
    return (
        [f"a_{unit}^({group.last})" for unit in numbers]
        if scene.reading == "names"
        else [str(unit) for unit in numbers]
    )


def _numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:
    """Columns by parameter of one layer: its unit (of maxout, its piece), its input (0 is the bias), and its numbers.

    gradient: dJ/dTheta over the first training samples; update: since the recorded moment before; initial: W0.
    """
    step, own = thetas(subject)
    place = knobs.layer % len(own)
    rows, columns = own[place].shape
    found: dict[str, Any] = {
        "step": step,
        "layer": [number for number, shape in enumerate(_started(subject).layers, 1) if shape.theta is not None][place],
        "unit": np.repeat(np.arange(1, rows + 1), columns).tolist(),
        "input": np.tile(np.arange(columns), rows).tolist(),
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
    asks=("weights", "inside", "plane"),
    numbers=_numbers,
    readings=READINGS,
    knobs=(LAYER, SAMPLE),
    layers=layer_count,
)
def network(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Text:
    """The net itself: units and weights from left to right, and what it makes of one sample."""
    scene = _scene(subject, knobs)
    groups = groups_of(scene.started)
    links = [_links(scene, groups, place) for place in range(1, len(groups))]
    columns = [_column(subject, scene, groups, place, links) for place in range(len(groups))]
    return render.network(columns, links, _foot(scene, box[0], look), *box, look)
