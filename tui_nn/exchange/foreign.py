"""Weights that other libraries wrote into a .safetensors file: `0.weight` (units, inputs) and `0.bias` as PyTorch names
them, `0/kernel` (inputs, units) and `0/bias` as Keras does; and the arrays of our own files."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from tui_nn.errors import StorageError, refused_by_disk
from tui_nn.files import read_bytes
from tui_nn.model.form import MOST_BYTES

Array = np.ndarray[Any, np.dtype[Any]]

MATRIX = re.compile(r"(?P<layer>.*?)[./]?(?P<name>weight|kernel)")
NUMBERS = re.compile(r"(\d+)")


def read_safetensors(path: Path) -> dict[str, Array]:
    """Arrays by name: ours as they are; of others Theta (units, inputs + 1) of each layer, by the layers' names.

    Raises StorageError for a file that is none, or holds what is no row of dense layers.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    with refused_by_disk(path):
        content = read_bytes(path, MOST_BYTES)
    try:
        arrays: dict[str, Array] = load(content)
    except (SafetensorError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise StorageError(f"{path}: not a safetensors file: {error}.") from None
    matrices = {name: match for name in arrays if (match := MATRIX.fullmatch(name)) is not None}
    if not matrices:
        return {name: array for name, array in arrays.items() if array.ndim == 2}
    thetas: dict[str, Array] = {}
    used = set()
    for name, match in sorted(matrices.items(), key=lambda item: _in_order(item[0])):
        array, layer = arrays[name], match["layer"]
        bias_name = f"{name[: -len(match['name'])]}bias"
        bias = arrays.get(bias_name)
        used |= {name, bias_name}
        if array.ndim != 2:
            raise StorageError(f"{path}: '{name}' has shape {array.shape}; expected the matrix of a dense layer.")
        weights = array if match["name"] == "weight" else array.T
        if bias is not None and bias.shape != (len(weights),):
            raise StorageError(f"{path}: '{bias_name}' has shape {bias.shape}; expected ({len(weights)},).")
        column = np.zeros(len(weights), weights.dtype) if bias is None else bias
        thetas[layer or name] = np.column_stack([column, weights])
    unknown = sorted(arrays.keys() - used)
    if unknown:
        raise StorageError(f"{path}: '{unknown[0]}' belongs to no dense layer; only weights and biases are read.")
    return _as_a_row(thetas)


def _in_order(name: str) -> list[tuple[int, str]]:
    """2.weight before 10.weight."""
    return [(int(piece), "") if piece.isdigit() else (-1, piece) for piece in NUMBERS.split(name)]


def _as_a_row(thetas: dict[str, Array]) -> dict[str, Array]:
    """In the order of their names, or, where sizes do not follow one another so, in the only order in which they do."""
    rest = list(thetas.items())
    if all(len(one) == other.shape[1] - 1 for (_, one), (_, other) in pairwise(rest)):
        return thetas
    starts = [at for at, (_, one) in enumerate(rest) if all(len(other) != one.shape[1] - 1 for _, other in rest)]
    if len(starts) != 1:
        return thetas
    row = [rest.pop(starts[0])]
    while rest:
        following = [at for at, (_, one) in enumerate(rest) if one.shape[1] - 1 == len(row[-1][1])]
        if len(following) != 1:
            return thetas
        row.append(rest.pop(following[0]))
    return dict(row)
