"""The backward pass: from the output to the inputs, each gate's local gradient times what comes from above.

Where a value is used twice its gradients add up. Every call starts from nothing, so running it twice is safe, and
it walks with a stack of its own, so the graph may be as deep as it likes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tui_nn.graph.node import Node, value_of, variable
from tui_nn.graph.table import STANDARD, Derivatives

Array = np.ndarray[Any, np.dtype[Any]]


def gradients(output: Node, wrt: Sequence[Node], seed: Any = None) -> list[Array]:
    """d(output)/d(node) for each of `wrt`, weighted by `seed` (ones by default), in each node's shape and dtype."""
    collected: dict[int, Any] = {id(output): np.ones_like(output.value) if seed is None else seed}
    for node in from_output(output):
        upstream = collected.get(id(node))
        if upstream is None or node.operation == "variable":
            continue
        parts = node.table.operations[node.operation](
            upstream,
            node.value,
            *(value_of(argument) for argument in node.arguments),
            **{name: value_of(value) for name, value in node.keywords.items()},
        )
        for argument, part in zip(node.arguments, parts, strict=False):
            if isinstance(argument, Node) and part is not None:
                part = _unbroadcast(np.asarray(part), argument.shape)
                before = collected.get(id(argument))
                collected[id(argument)] = part if before is None else before + part
    return [
        np.asarray(collected[id(node)], node.dtype) if id(node) in collected else np.zeros(node.shape, node.dtype)
        for node in wrt
    ]


def vjp(
    function: Callable[[Any], Any], z: Array, upstream: Array, table: Derivatives = STANDARD
) -> tuple[Array, Array]:
    """(function(z), dJ/dz) given dJ/d(function(z)) in `upstream`; the gradient has the shape and dtype of z.

    A function that does not depend on z has the gradient zero.
    """
    node = variable(z, table)
    output = function(node)
    if not isinstance(output, Node):
        return np.asarray(output), np.zeros_like(node.value)
    return np.asarray(output.value), gradients(output, [node], upstream)[0]


def from_output(output: Node) -> list[Node]:
    """All nodes, each before its parents."""
    order: list[Node] = []
    seen: set[int] = set()
    stack: list[tuple[Node, bool]] = [(output, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((parent, False) for parent in node.parents if id(parent) not in seen)
    return order[::-1]


def _unbroadcast(gradient: Array, shape: tuple[int, ...]) -> Array:
    """Sum over the axes that broadcasting stretched."""
    if gradient.shape == shape:
        return gradient
    extra = gradient.ndim - len(shape)
    if extra > 0:
        gradient = gradient.sum(axis=tuple(range(extra)))
    stretched = tuple(a for a, size in enumerate(shape) if size == 1 and gradient.shape[a] != 1)
    if stretched:
        gradient = gradient.sum(axis=stretched, keepdims=True)
    return np.broadcast_to(gradient, shape)
