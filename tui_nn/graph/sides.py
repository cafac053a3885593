"""Finding the kinks of a whole function: which numbers lie so near one that a difference across it means nothing.

The function is traced a little below and a little above; where an operation that has a kink changes its side, or where
a constant of the graph changes (a mask from a comparison is one), there is a kink between.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tui_nn.graph.backward import from_output
from tui_nn.graph.node import Node, value_of, variable
from tui_nn.graph.table import STANDARD, Derivatives

Array = np.ndarray[Any, np.dtype[Any]]


def near_kink(function: Callable[[Any], Any], z: Array, step: float | Array, table: Derivatives = STANDARD) -> Array:
    """Booleans in the shape of z: True where function has a kink between z - step and z + step.

    step: for a function of each number by itself, a number; otherwise, as with a maximum over an axis, the direction in
    which z is moved. Where a kink belongs to no single number of z, all of them count as near. Raises
    UnsupportedFunction like the graph.
    """
    near = np.zeros(z.shape, bool)
    low, middle, high = (_sides(function(variable(z + t * step, table))) for t in (-1, 0, 1))
    if not [name for name, _ in low] == [name for name, _ in middle] == [name for name, _ in high]:
        return ~near  # another graph: an `if` took the other branch
    for (_, below), (_, at), (_, above) in zip(low, middle, high, strict=True):
        differs = np.asarray((below != at) | (above != at))
        if differs.ndim == z.ndim and all(n in (1, m) for n, m in zip(differs.shape, z.shape, strict=True)):
            near |= differs
        elif differs.any():
            near[...] = True
    return near


def _sides(output: Any) -> list[tuple[str, Array]]:
    """Name of the operation and side of each of its numbers, for all of the graph, and its constants."""
    if not isinstance(output, Node):
        return [("constant", np.asarray(output))]
    sides = []
    for node in from_output(output):
        kink = node.table.kinks.get(node.operation)
        side = np.zeros(())
        if kink is not None:
            keywords = {name: value_of(value) for name, value in node.keywords.items()}
            side = np.asarray(kink.side(*(value_of(argument) for argument in node.arguments), **keywords))
        sides.append((node.operation, side))
        constants = [one for one in node.arguments if isinstance(one, np.ndarray | np.generic | float | int)]
        sides += [(f"constant of {node.operation}", np.asarray(one)) for one in constants]
    return sides
