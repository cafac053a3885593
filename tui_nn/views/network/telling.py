"""What is said of a place in the picture of a network: a unit with its sum, a weight with its gradient and its past."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.engine.layer import IDENTITY
from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.places import EditWeight, Here, OpenView
from tui_nn.plugin.view import PHRASES
from tui_nn.plurals import plural
from tui_nn.render.amount import amount, span
from tui_nn.views.network.scene import LayerGroup, Scene, scene_of
from tui_nn.views.stack import SHORT
from tui_nn.views.subject import Subject
from tui_nn.views.weights import entry_past

Array = np.ndarray[Any, np.dtype[Any]]


def here(subject: Subject, knobs: Knobs) -> Here:
    """A line about `knobs.at`, the most telling first. Raises Missing."""
    scene, at = scene_of(subject, knobs), knobs.at
    place = next(number for number, group in enumerate(scene.groups) if group.first == at[0])
    if len(at) == 3:
        return _weight(subject, scene, place, at[1], at[2])
    group = scene.groups[place]
    layers = [number for number, theta in enumerate(scene.thetas, 1) if theta is not None]
    enter = None
    if group.first in layers and (len(at) == 1 or at[1]):
        row = (at[1] - 1) * scene.shape(group).pieces if len(at) == 2 else 0
        enter = OpenView("weights", Knobs(layer=layers.index(group.first), at=(row, 0)))
    says = _block(scene, group) if len(at) == 1 else _unit(scene, place, at[1])
    if at in subject.off:
        says = f"a_{at[1]}^({at[0]}) = 0, switched off"
    hidden = len(at) == 2 and at[1] and 0 < group.first < len(scene.started.layers)
    return Here(says, enter, "shows its weights" if enter is not None else "", (at[0], at[1]) if hidden else None)


def _block(scene: Scene, group: LayerGroup) -> str:
    units = scene.units(group)
    if group.first == 0:
        rows, columns = scene.started.picture or (1, units)
        a = scene.activations(0)
        told = [] if a is None else [f"from {span(a.min(), a.max())}"]
        return PHRASES.join([f"x: {rows} x {columns} = {plural(units, 'input')}", *told])
    shape = scene.shape(group)
    parts = [f"{shape.kind}: {units:,} units, each connected in its own way"]
    if shape.theta is not None:
        rows, columns = shape.theta
        counts = f"{plural(rows * (columns - 1), 'weight')} + {plural(rows, 'bias', 'biases')}"
        parts.append(f"Theta^({group.first}) {rows} x {columns}: {counts}")
    return PHRASES.join(parts)


def _unit(scene: Scene, place: int, unit: int) -> str:
    group = scene.groups[place]
    if unit == 0:
        name = "x_0" if group.first == 0 else f"a_0^({group.last})"
        return f"{name} = 1, the constant that the biases of the next layer are multiplied with"
    a = scene.activations(group.last)
    value = None if a is None else float(a[unit - 1])
    parts = [_sum(scene, place, unit)] if group.first else []
    if group.first == 0 or len(parts[0].split(" = ")) == 1 or group.last > group.first:
        name = f"x_{unit}" if group.first == 0 else f"a_{unit}^({group.last})"
        after = "" if group.last == group.first else f" after {scene.started.layers[group.last - 1].kind}"
        parts.append(name if value is None else f"{name} = {amount(value)}{after}")
    parts += _meaning(scene, group, unit)
    return PHRASES.join(part for part in parts if part)


def _sum(scene: Scene, place: int, unit: int) -> str:
    """a_2^(1) = s(1.38) = 0.80: from the sum to what the layer gives; "" while the sample is not known."""
    group, shape = scene.groups[place], scene.shape(scene.groups[place])
    inside, theta = scene.inside, scene.thetas[group.first - 1]
    before, a = scene.activations(scene.groups[place - 1].last), scene.activations(group.first)
    name = f"a_{unit}^({group.first})"
    if inside is None or theta is None or before is None or a is None:
        return name
    rows = theta[(unit - 1) * shape.pieces : unit * shape.pieces].astype(np.float64)
    sums = [amount(z) for z in rows[:, 0] + rows[:, 1:] @ before.astype(np.float64)]
    value = amount(float(a[unit - 1]))
    function = inside.link if group.first == len(scene.started.layers) and inside.link else shape.activation
    if shape.pieces > 1:
        return f"{name} = max({', '.join(sums)}) = {value}"
    if function == IDENTITY.name:
        return f"{name} = z = {value}"
    if not inside.by_unit[group.first - 1]:
        return f"{name} = {value} by {function}{PHRASES}z {sums[0]}"
    return f"{name} = {SHORT.get(function, function)}({sums[0]}) = {value}"


def _meaning(scene: Scene, group: LayerGroup, unit: int) -> list[str]:
    """What the data call an input or an output, and what the output should have been."""
    started, inside = scene.started, scene.inside
    if group.first == 0:
        return [started.features[unit - 1]] if len(started.features) >= unit else []
    if group is not scene.groups[-1]:
        return []
    if not started.classes:
        if inside is None:
            return []
        target, own = float(inside.targets[unit - 1, 0]), float(inside.wanted[unit - 1, 0])
        scaled = "" if target == own else f", which is {amount(own)} in the data"
        return [f"target {amount(target)}{scaled}"]
    classes = started.classes if len(started.classes) == scene.units(group) else started.classes[-1:]
    says = [f"class {classes[unit - 1]}"] if unit <= len(classes) else []
    return says if inside is None else [*says, f"target {float(inside.targets[unit - 1, 0]):g}"]


def _weight(subject: Subject, scene: Scene, place: int, unit: int, source: int) -> Here:
    group = scene.groups[place]
    layer, pieces = group.first, scene.shape(group).pieces
    theta = scene.thetas[layer - 1]
    assert theta is not None
    first = (unit - 1) * pieces
    row = first + int(np.abs(np.nan_to_num(theta[first : first + pieces, source])).argmax())
    weight = float(theta[row, source])
    comma = "," if row >= 9 or source >= 10 else ""
    says = [f"Theta_{row + 1}{comma}{source}^({layer}) = {amount(weight)}"]
    index = sum(one is not None for one in scene.thetas[: layer - 1])  # among the layers with Theta
    says += entry_past(subject, index, row, source)
    if pieces > 1:
        says.append(f"piece {row - first + 1} of unit {unit}")
    says += _product(scene, place, source, weight)
    inside = subject.inside()
    if inside is not None:
        m = inside.inputs.shape[1]
        says.append(f"J over the {'' if m == inside.of else f'first {m:,} of '}{inside.of:,} training samples")
    return Here(PHRASES.join(says), EditWeight(layer, row + 1, source), "edits it")


def _product(scene: Scene, place: int, source: int, weight: float) -> list[str]:
    """What the weight adds to the sum for the sample."""
    before = scene.groups[place - 1]
    if source == 0:
        return ["the bias"]
    a = scene.activations(before.last)
    name = f"a_{source}^({before.last})"
    if before.first == 0:
        name = f"x_{source}"
        if scene.started.picture is not None:
            row, column = divmod(source - 1, scene.started.picture[1])
            name = f"pixel ({row + 1},{column + 1})"
        elif len(scene.started.features) >= source:
            name = scene.started.features[source - 1]
    if a is None:
        return [f"of {name}"]
    value = float(a[source - 1])
    return [f"{name} {amount(value, 3)} adds {amount(weight * value, 3)}"]
