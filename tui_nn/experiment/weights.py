"""Weights that somebody set by hand, or brought from elsewhere, instead of drawing them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tui_nn.datasets.archive import read_npz
from tui_nn.engine.network import Network
from tui_nn.errors import ExperimentError

Array = np.ndarray[Any, np.dtype[Any]]
Matrices = Sequence[Any]

KEY = "network.weights"
THETA = re.compile(r"theta_[1-9]\d{0,3}")


def set_weights(network: Network, given: Matrices | str) -> None:
    """Put one Theta (s_j, s_{j-1} + 1), bias in column 0, into each layer that has one; an empty list skips a layer.

    A path names an .npz file: of arrays theta_1, theta_2, ... as `tui-nn export` writes it, else of one array a layer
    in their order. Raises ExperimentError for a wrong shape.
    """
    thetas = network.parameters.thetas
    matrices = read_weights(Path(given), len(thetas)) if isinstance(given, str) else list(given)
    if len(matrices) != len(thetas):
        raise ExperimentError(
            f"found {len(matrices)} matrices for {len(thetas)} layers; expected one each, [] for one without weights.",
            KEY,
        )
    for index, (matrix, theta) in enumerate(zip(matrices, thetas, strict=True)):
        key = f"{KEY}[{index}]"
        if isinstance(matrix, np.ndarray) and not matrix.ndim:
            raise ExperimentError("found a single number; expected a matrix.", key)
        if not len(matrix):
            continue
        if theta is None:
            raise ExperimentError("found numbers for a layer that has no Theta; expected [].", key)
        try:
            array = np.asarray(matrix)
        except ValueError:
            raise ExperimentError(f"its rows differ in length; expected {_size(theta)}.", key) from None
        if array.dtype.kind not in "iuf":
            raise ExperimentError(f"found {array.dtype}; expected numbers.", key)
        if array.shape != theta.shape:
            found = " x ".join(str(size) for size in array.shape)
            raise ExperimentError(f"found {found}; expected {_size(theta)}, the bias first in each row.", key)
        if not (np.abs(array) <= np.finfo(theta.dtype).max).all():
            raise ExperimentError(f"found numbers that are not finite as {theta.dtype}.", key)
        theta[...] = array


def _size(theta: Array) -> str:
    return f"{theta.shape[0]} x {theta.shape[1]} (units x inputs + 1)"


def read_weights(path: Path, layers: int) -> list[Array]:
    """The matrices of an .npz file, one a layer, empty for a layer without. Raises DataError."""
    arrays = read_npz(path, lambda names: [name for name in names if THETA.fullmatch(name)] or names)
    named = {int(name.removeprefix("theta_")): array for name, array in arrays.items() if THETA.fullmatch(name)}
    if not named:
        return list(arrays.values())
    return [named.get(number, np.empty(0)) for number in range(1, max(layers, *named) + 1)]
