"""What a network of two inputs says all over their plane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_nn.engine.data import Part
from tui_nn.errors import DataError
from tui_nn.model.net import Net

Array = np.ndarray[Any, np.dtype[Any]]

SIDE = 64  # points along each side of the plane
MARGIN = 0.08  # of the plane's width, around the training samples
POINTS = 2000  # samples that are drawn: enough for a picture


@dataclass(frozen=True)
class Plane:
    """The rectangle that holds the training samples, with a margin; row 0 at the top.

    extent: x from, x to, y from, y to, in the data's own units. field: (rows, columns) in -1..1, or how sure the
    answer is where `labels` (rows, columns) names a class; of a regression, 1 is `scale` in the target's own units.
    inputs (2, rows, columns) and layers, each (units, rows, columns), are what the units say. points (m, 2) and
    classes (m,) are training samples, none where they are not here; a regression's classes say whether its target is
    above 0. ranges: the open interval in which the units of each layer answer. lines (s, 3): bias and the two weights
    of each unit of a dense first layer, for inputs in the data's own units, so that (1, x1, x2) . row = 0 where its z
    is 0; (0, 3) where it is another layer.
    """

    extent: tuple[float, float, float, float]
    field: Array
    labels: Array | None
    inputs: Array
    layers: tuple[Array, ...]
    points: Array
    classes: Array
    ranges: tuple[tuple[float, float], ...]
    lines: Array
    scale: float = 1.0


def grid_of(net: Net) -> tuple[tuple[float, float, float, float], Array]:
    """The extent, in the data's own units, and prepared inputs (2, rows, columns), of a network with two of them."""
    preparation, dtype = net.preparation, net.parameters.dtype
    if preparation.inputs != 2 or preparation.low is None or preparation.high is None:
        raise DataError("the network does not record the range of its two inputs.")
    ends = preparation.part(np.stack([preparation.low, preparation.high]), dtype=np.float64).x
    low, high = ends[0], ends[1]
    margin = np.maximum(high - low, 1e-6) * MARGIN
    low, high = low - margin, high + margin
    across, down = np.linspace(low[0], high[0], SIDE), np.linspace(high[1], low[1], SIDE)
    (left, bottom), (right, top) = preparation.undone(np.stack([low, high])).tolist()
    return (left, right, bottom, top), np.stack(np.meshgrid(across, down)).astype(dtype)


def plane_of(net: Net, samples: Part | None = None) -> Plane:
    """The plane of a network with two inputs. samples: the training part, to be drawn over it."""
    preparation = net.preparation
    extent, grid = grid_of(net)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        layers = tuple(a.reshape(-1, SIDE, SIDE) for a in net.inside(grid.reshape(2, -1).T))
    field, labels, scale = _field(net, layers[-1])
    part = samples.head(POINTS) if samples is not None else None
    points = preparation.undone(part.x) if part is not None else np.empty((0, 2))
    classes = _classes(net, part) if part is not None else np.empty(0, int)
    ranges = tuple(layer.activation.range for layer in net.layers)
    return Plane(extent, field, labels, grid, layers, points, classes, ranges, lines_of(net), scale)


def lines_of(net: Net) -> Array:
    """Where z of each unit of the first layer is 0, as `Plane.lines`."""
    theta = net.thetas[0]
    if theta is None or not net.layers[0].is_dense:
        return np.empty((0, 3))
    lines, preparation = theta.astype(np.float64), net.preparation
    if preparation.factor is not None:
        lines[:, 1:] *= preparation.factor
    if preparation.offset is not None:
        lines[:, 0] -= (lines[:, 1:] * preparation.offset).sum(axis=1)
    return lines


def _classes(net: Net, part: Part) -> Array:
    if net.head.classes:
        return part.y
    above: Array = (part.y.reshape(len(part), -1)[:, 0] > 0).astype(int)
    return above


def _field(net: Net, outputs: Array) -> tuple[Array, Array | None, float]:
    """(outputs, rows, columns) -> a field in -1..1, or sureness in 0..1 and labels; and what a 1 of a number is."""
    targets = net.head.targets
    outputs = np.nan_to_num(outputs)
    low, high = (0.0, 1.0) if net.head.link is not None else (targets.low, targets.high)
    if not targets.classes:
        outputs = targets.in_own_units(outputs.reshape(len(outputs), -1).T).T.reshape(outputs.shape)
        scale = float(np.abs(outputs[0]).max()) or 1.0
        return outputs[0] / scale, None, scale
    if len(outputs) == 1:
        return np.clip(2 * (outputs[0] - low) / (high - low) - 1, -1, 1), None, 1.0
    if len(outputs) == 2:
        return np.clip((outputs[1] - outputs[0]) / (high - low), -1, 1), None, 1.0
    return np.clip((outputs.max(axis=0) - low) / (high - low), 0, 1), outputs.argmax(axis=0), 1.0
