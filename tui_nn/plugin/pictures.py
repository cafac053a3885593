"""The picture of a component by itself: an activation's curve, a loss, a schedule, drawn weights, a layer."""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from typing import Any

import numpy as np
from rich.text import Text

from tui_nn import render
from tui_nn.engine.activation import Activation
from tui_nn.engine.description import documentation, facts_of
from tui_nn.engine.layer import Layer, Slot
from tui_nn.engine.random import stream
from tui_nn.errors import TuiNNError
from tui_nn.plugin.curves import OTHERS, sampled, shares
from tui_nn.plugin.registry import Registry
from tui_nn.render import FunctionTile, Links, Look, Series, UnitColumn
from tui_nn.render.canvas import wording
from tui_nn.render.palette import DIM, DISTINCT, TRAIN, VALIDATION

Array = np.ndarray[Any, np.dtype[Any]]

DRAWN = ("activation", "schedule", "loss", "initializer")  # the kinds of which each has a picture
PIECES = 3  # at least, of which a bend can be seen
INPUTS, UNITS = 3, 2  # of a layer whose units see all inputs
DEEP = -2.0


def has_picture(registry: Registry, kind: str, name: str) -> bool:
    """Whether there is a picture, given room, unless a plugin's component refuses to be drawn."""
    if kind != "layer":
        return kind in DRAWN
    layer = registry.get(kind, name)
    return bool(layer.pieces > 1 or layer.is_dense)


def picture_of(registry: Registry, kind: str, name: str, width: int, height: int, look: Look) -> Text | None:
    """The picture of a component, None for those without one.

    There is one for an activation with its derivative, a loss, a schedule, an initializer, a layer of pieces, and a
    layer whose units see all inputs.
    """
    if height < 6 or width < 20 or not has_picture(registry, kind, name):
        return None
    try:
        if kind == "activation":
            return _activation(registry.create(kind, name), width, height, look)
        if kind == "schedule":
            return render.curve(
                _schedule(registry.create(kind, name)), width, height, look, "progress", has_values=False
            )
        if kind == "loss":
            return render.two_curves(_loss(registry.create(kind, name)), width, height, look, "output")
        if kind == "initializer":
            theta = np.zeros((24, min(65, width - 4)), np.float32)
            registry.create(kind, name).fill(theta, stream(0, "picture"))
            return render.heatmap(theta, width, height, look).text
        if kind == "layer" and registry.get(kind, name).is_dense:
            return _connected(registry.create(kind, {"kind": name, "units": UNITS}), width, height, look)
        if kind == "layer":
            return render.curve(bend(max(PIECES, registry.get(kind, name).pieces)), width, height, look, "x",
                                has_values=False)  # fmt: skip
    except (TuiNNError, ValueError, TypeError, ArithmeticError):
        return None  # a component of a plugin may refuse numbers out of context: then there is no picture
    return None


def _activation(activation: Activation, width: int, height: int, look: Look) -> Text:
    """g and g'; if it mixes the units of a sample, the answers of three of them as the first score varies."""
    if activation.jacobian_product is None:
        return render.function_plot(*sampled(activation), width, height, look)
    z, a = shares(activation)
    names = ["a1 of z1", *(f"a{place} at z{place} = {other:g}" for place, other in enumerate(OTHERS, start=2))]
    colours = (TRAIN, VALIDATION, DISTINCT[0])
    series = [
        Series(name, z, one, colour, mark, str(place))
        for place, (name, one, colour, mark) in enumerate(zip(names, a, colours, "●○▪", strict=True), start=1)
    ]
    return render.curve(series, width, height, look, x_label="z1", has_values=False)


def _connected(layer: Layer, width: int, height: int, look: Look) -> Text:
    """A sample on its way through random weights: each unit sees every input, and the constant 1."""
    units, shape = layer.checked_sizes(INPUTS)
    random = stream(0, "picture")
    slot = Slot(INPUTS, units, 1, np.float32)
    slot.theta = random.uniform(-1, 1, shape).astype(np.float32)
    x = random.uniform(-1, 1, INPUTS)
    slot.x = np.array([1.0, *x], np.float32)[:, None]
    layer.forward(slot)
    names = [[f"{letter}{place}" for place in range(1, count + 1)] for letter, count in (("x", INPUTS), ("a", units))]
    columns = [
        UnitColumn(["inputs", "x"], names[0], np.abs(x), x, has_bias=True),
        UnitColumn(["units", "a"], names[1], np.abs(slot.a[:, 0]), slot.a[:, 0], layer.activation.range),
    ]
    counted = f"{INPUTS} inputs, {units} units"
    foot = wording(
        width, f"{counted} {layer.activation.name}, weights at random", f"{counted}, weights at random", counted
    )
    return render.network(columns, [Links(slot.theta)], [foot], width, height, look).text


def tiles_of(registry: Registry, z: Array | None = None, used: Collection[str] = ()) -> list[FunctionTile]:
    """Pictures of all activations in the registry. z: by default -5 to 5. used: the names of those in a network.

    The formula of one that mixes the units of a sample says the other scores. One that fails is left out.
    """
    tiles = []
    for name in registry.names("activation"):
        with contextlib.suppress(TuiNNError, ValueError, TypeError, ArithmeticError):
            activation = registry.create("activation", name)
            formula = facts_of(documentation(activation)).get("formula", "")
            if activation.jacobian_product is not None:
                formula = f"a1 of the scores z, {', '.join(f'{one:g}' for one in OTHERS)}: {formula}"
            tiles.append(FunctionTile(name, *sampled(activation, z), formula, name in used))
    return tiles


def bend(count: int) -> list[Series]:
    """One unit with this many pieces, each a tangent of x^2; the largest of them follows the parabola.

    A piece is not drawn where it is far below.
    """
    x, at = np.linspace(-2, 2, 161), np.linspace(-1.5, 1.5, count)
    pieces = [2 * place * x - place**2 for place in at]
    return [
        *(Series("", x, np.where(piece < DEEP, np.nan, piece), DISTINCT[0], "·", ".", faint=True) for piece in pieces),
        Series(f"max of {count} pieces", x, np.max(pieces, axis=0), VALIDATION),
        Series("x^2", x, x**2, DIM, "x", "x"),
    ]


def _schedule(schedule: Any) -> list[Series]:
    steps = 200
    losses = [1.0]
    factors = [schedule.factor(step, steps, 10, losses) for step in range(1, steps + 1)]
    return [Series("factor of the rate", np.linspace(0, 1, steps), np.array(factors), TRAIN)]


def _loss(loss: Any) -> list[Series]:
    low, high = loss.output_range or (-1.0, 2.0)
    margin = 0.01 * (high - low)
    a = np.linspace(low + margin, high - margin, 201)
    series = []
    for target, style, mark, ascii_mark in ((1.0, TRAIN, "●", "*"), (0.0, VALIDATION, "○", "o")):
        if loss.outputs == "per class":
            outputs = np.vstack([a, 1 - a])
            y = np.vstack([np.full_like(a, target), np.full_like(a, 1 - target)])
        else:
            outputs, y = a[None, :], np.full((1, len(a)), target)
        series.append(Series(f"cost, target {target:g}", a, loss.costs(outputs, y), style, mark, ascii_mark))
    return series
