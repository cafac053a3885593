"""Units that are the largest of several straight lines (maxout), over one or two inputs: the height of each line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_nn.errors import DataError
from tui_nn.model.net import Net
from tui_nn.model.plane import grid_of

Array = np.ndarray[Any, np.dtype[Any]]

POINTS = 201  # along a single input


@dataclass(frozen=True)
class Pieces:
    """values: (units, pieces, points) over one input, (units, pieces, rows, columns) over two, row 0 at the top.

    extent: x from, x to, and of two inputs y from, y to, in the data's own units.
    """

    values: Array
    extent: tuple[float, ...]


def pieces_of(net: Net, layer: int) -> Pieces:
    """Of a layer, from 1, whose units have pieces. Raises DataError for a network of more inputs, or another layer."""
    preparation, theta = net.preparation, net.thetas[layer - 1]
    count = net.layers[layer - 1].pieces
    if theta is None or count < 2:
        raise DataError(f"the units of layer {layer} have no pieces.")
    extent: tuple[float, ...]
    if preparation.inputs == 1 and preparation.low is not None and preparation.high is not None:
        extent = (float(preparation.low[0]), float(preparation.high[0]))
        rows = preparation.part(np.linspace(*extent, POINTS)[:, None], dtype=net.parameters.dtype).x
        shape: tuple[int, ...] = (POINTS,)
    else:
        extent, grid = grid_of(net)
        rows, shape = grid.reshape(2, -1).T, grid.shape[1:]
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        before = rows.T if layer == 1 else net.inside(rows)[layer - 2]
        values = theta[:, :1] + theta[:, 1:] @ before
    return Pieces(values.reshape(-1, count, *shape), extent)
