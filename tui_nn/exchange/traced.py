"""The program of a network: preparation, layers and head, as they are run, shown symbols instead of rows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from tui_nn.engine.activation import Activation
from tui_nn.engine.layer import IDENTITY, Layer, Slot
from tui_nn.exchange.program import ROWS, Chapter, Program, Value, applied, constant, difference
from tui_nn.exchange.symbol import Symbol, Untraceable
from tui_nn.model.net import Net
from tui_nn.model.preparation import Preparation

Array = np.ndarray[Any, np.dtype[Any]]

SAMPLES = 7  # that are traced; a number that nothing else is likely to be
TRIED = 64  # rows that a program is tried on before it is given away
CLOSE = {"float32": 1e-4, "float64": 1e-9}  # how far off it may be, relative to the largest output


def program_of(net: Net, samples: int = SAMPLES) -> Program:
    """What a network computes for its rows, tried on some. samples: how many are traced, 1 for a program of one row.

    Raises Untraceable for a layer or an activation that cannot be written as array operations, by its place and name.
    """
    preparation, dtype = net.preparation, net.parameters.dtype
    rows = Value(ROWS, example=_examples(preparation, samples).T)
    chapters = []
    x = _prepared(rows, preparation, dtype)
    if x is not rows:
        chapters.append(Chapter("preparation", "x", x))
    for number, (layer, theta) in enumerate(zip(net.layers, net.thetas, strict=True), start=1):
        title = f"layer {number}: {layer.name}" + (f", {layer.activation.name}" if layer.keeps_z else "")
        x, z = _named(title, partial(_layer, layer, theta, x))
        off = sorted(unit for at, unit in net.off if at == number)
        if off:
            on = np.ones((x.shape[0], 1), dtype)
            on[np.array(off) - 1] = 0
            x = applied("where", constant(on > 0), x, constant(dtype.type(0)))
        chapters.append(Chapter(title, f"a{number}", x, z))
    link = net.head.link
    if link is not None:
        z, x = x, _named(f"the loss's {link.name}", partial(_activated, link, x))
        chapters.append(Chapter(f"{link.name}, which the loss adds", "p", x, z))
    labels = _labels(net, x)
    outputs = _in_own_units(net, x)
    if outputs is not x:
        chapters.append(Chapter("targets in their own units", "y", outputs))
    program = Program(rows, outputs, labels, chapters)
    _try(program, net)
    return program


def _named(what: str, trace: Callable[[], Any]) -> Any:
    """What is traced, with the name in front of what goes wrong."""
    try:
        return trace()
    except Untraceable as error:
        raise Untraceable(f"{what}: cannot be written as array operations: {error}.") from None
    except (TypeError, AttributeError, ValueError, IndexError) as error:
        raise Untraceable(f"{what}: cannot be written as array operations: {error}.") from None


def _prepared(rows: Value, preparation: Preparation, dtype: np.dtype[Any]) -> Value:
    """As `Part.read` does it."""
    x, offset, factor = rows, preparation.offset, preparation.factor
    if preparation.fills is not None:
        x = applied("where", applied("isnan", x), constant(_column(preparation.fills)), x)
    if factor is None:
        return applied("astype", x, dtype=dtype) if x.dtype != dtype else x
    if factor.dtype.itemsize <= dtype.itemsize and x.dtype != dtype:
        x = applied("astype", x, dtype=dtype)
    if offset is not None:
        x = applied("subtract", x, constant(_column(offset)))
    x = applied("multiply", x, constant(_column(factor)))
    return applied("astype", x, dtype=dtype) if x.dtype != dtype else x


def _column(numbers: Array) -> Array:
    """(n,) as (n, 1), and (1,) or n equal ones as a number."""
    return numbers[0] if (numbers == numbers[0]).all() else numbers[:, None]


def _layer(layer: Layer, theta: Array | None, x: Value) -> tuple[Value, Value | None]:
    """What a layer gives, and its z where it keeps that."""
    slot: Slot = layer.slot(x.shape[0], x.shape[1], x.dtype)
    for name, one in vars(slot).items():
        if isinstance(one, np.ndarray):
            setattr(slot, name, Symbol(one.shape, one.dtype))
    given: Any = slot
    if theta is not None:
        given.theta = Symbol.of(constant(theta.copy()))
    given.x = Symbol.of(applied("with_ones", x))
    layer.forward(slot)
    return given.a.value, given.z.value if layer.keeps_z and layer.activation.name != IDENTITY.name else None


def _activated(function: Activation, z: Value) -> Value:
    out: Any = Symbol(z.shape, z.dtype)
    given: Any = Symbol.of(z)
    function.forward(given, out)
    value: Value = out.value
    return value


def _labels(net: Net, x: Value) -> Value | None:
    targets = net.head.targets
    if not targets.multi_label and not targets.classes:
        return None
    if targets.multi_label or targets.outputs == 1:
        found = applied("astype", applied("greater_equal", x, constant(targets.threshold)), dtype=np.dtype(np.int64))
        return found if targets.multi_label else applied("take", found, index=0)
    return applied("argmax", x)


def _in_own_units(net: Net, x: Value) -> Value:
    targets = net.head.targets
    if not targets.factor:
        return x
    offset, factor = (np.array(numbers)[:, None] for numbers in (targets.offset, targets.factor))
    exact = applied("astype", x, dtype=np.dtype(np.float64))
    return applied("add", applied("divide", exact, constant(factor)), constant(offset))


def _examples(preparation: Preparation, count: int) -> Array:
    """Rows (count, n) between the ends of the training part, or around 0; the same each time."""
    random, inputs = np.random.default_rng(0), preparation.inputs
    if preparation.low is None or preparation.high is None:
        return random.normal(size=(count, inputs))
    return random.uniform(preparation.low, preparation.high, (count, inputs))


def _try(program: Program, net: Net) -> None:
    """Raise Untraceable unless the program answers as the network does."""
    rows = _examples(net.preparation, TRIED)
    expected, found = net.predict(rows).outputs, program.run(rows)[0]
    off, size = difference(found, expected)
    alike = found.shape == expected.shape and (np.isfinite(found) == np.isfinite(expected)).all()
    if not alike or not off <= CLOSE[net.parameters.dtype.name] * max(size, 1e-30):
        raise Untraceable(
            f"what this network does when it is shown symbols differs from its answers, by {off:.2g} of {size:.2g}; "
            "one of its layers or activations depends on more than the numbers it is given."
        )
