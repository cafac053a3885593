"""Weights that somebody set by hand, or brought from elsewhere, instead of drawing them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tui_nn.datasets.archive import read_npz
from tui_nn.datasets.matlab import by_columns, read_mat
from tui_nn.engine.network import Network
from tui_nn.errors import ExperimentError
from tui_nn.plurals import plural

Array = np.ndarray[Any, np.dtype[Any]]
Matrices = Sequence[Any]

KEY = "network.weights"
BY_COLUMNS = "network.weights_by_columns"
FOREIGN = (".mat", ".onnx", ".safetensors")  # suffixes of files that a run keeps as an .npz
THETA = re.compile(r"(?:theta_|Theta)([1-9]\d{0,3})")


def set_weights(network: Network, given: Matrices | str, picture: tuple[int, int] | None = None) -> None:
    """Put one Theta (s_j, s_{j-1} + 1), bias in column 0, into each layer that has one; an empty list skips a layer.

    There is one a layer, or one for each layer that has a Theta.

    A path names a file, see `read_weights`. picture: see there. Raises ExperimentError for a wrong shape.
    """
    thetas = network.parameters.thetas
    if picture is not None and not (isinstance(given, str) and is_mat(given)):
        raise ExperimentError(f"is for a .mat file in {KEY} alone.", BY_COLUMNS)
    matrices = read_weights(Path(given), len(thetas), picture) if isinstance(given, str) else list(given)
    if len(matrices) == sum(theta is not None for theta in thetas) < len(thetas):
        rest = iter(matrices)
        matrices = [[] if theta is None else next(rest) for theta in thetas]
    if len(matrices) != len(thetas):
        raise ExperimentError(
            f"found {plural(len(matrices), 'matrix', 'matrices')} for {plural(len(thetas), 'layer')}; "
            "expected one each, [] for one without weights.",
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


def is_mat(file: str | Path) -> bool:
    """Whether its name says that it is a file of MATLAB."""
    return Path(file).suffix.lower() == ".mat"


def read_weights(path: Path, layers: int, picture: tuple[int, int] | None = None) -> list[Array]:
    """The matrices of a file, one a layer, empty for a layer without.

    Of an .npz, a .mat or a .safetensors file the arrays theta_1, theta_2, ... (Theta1, Theta2, ...) as `tui-nn export`
    writes them, else one array a layer in their order; a .safetensors file may have the names of PyTorch or Keras, an
    .onnx file is a row of dense layers.

    picture: rows and columns of the pictures whose pixels the first matrix of a .mat file has column by column; it is
    brought to row by row. Raises DataError or StorageError, or ExperimentError where the picture does not fit.
    """

    def choose(names: Sequence[str]) -> Sequence[str]:
        return [name for name in names if THETA.fullmatch(name)] or names

    suffix = path.suffix.lower()
    if suffix == ".onnx":
        from tui_nn.exchange.onnx_reader import read_onnx

        return list(read_onnx(path).thetas)
    if suffix == ".safetensors":
        from tui_nn.exchange.foreign import read_safetensors

        arrays = read_safetensors(path)
    else:
        arrays = read_mat(path, choose) if is_mat(path) else read_npz(path, choose)
    numbered = {name: THETA.fullmatch(name) for name in arrays}
    named = {int(match.group(1)): arrays[name] for name, match in numbered.items() if match is not None}
    found = list(arrays.values())
    if named:
        found = [named.get(number, np.empty(0)) for number in range(1, max(layers, *named) + 1)]
    if picture is not None and found:
        rows, columns = picture
        if found[0].ndim != 2 or found[0].shape[1] != rows * columns + 1:
            size = " x ".join(str(size) for size in found[0].shape)
            raise ExperimentError(
                f"{rows} x {columns} pixels and the bias are {rows * columns + 1} columns; the first matrix of "
                f"{path.name} is {size}.",
                BY_COLUMNS,
            )
        found[0] = by_columns(found[0], rows, columns)
    return found
