"""A single array of numpy, one row a sample, mapped into memory instead of read."""

from __future__ import annotations

import io
import math
from typing import Any, Literal

import numpy as np
from numpy.lib import format as layout

from tui_nn.datasets.archive import LONGEST_HEADER
from tui_nn.datasets.limits import check_size
from tui_nn.datasets.reader import reader
from tui_nn.datasets.source import Source
from tui_nn.datasets.table import Column, Table
from tui_nn.errors import DataError

Array = np.ndarray[Any, np.dtype[Any]]

ROWS = 2**14  # that are looked at together
HEADERS = {(1, 0): layout.read_array_header_1_0, (2, 0): layout.read_array_header_2_0}


def _sample() -> bytes:
    file = io.BytesIO()
    np.save(file, np.arange(6.0).reshape(3, 2))
    return file.getvalue()


@reader(".npy", signature=b"\x93NUMPY", sample=_sample)
def npy(source: Source) -> Table:
    """A numpy array (m, n): rows of numbers."""
    array = read_npy(source)
    if array.ndim != 2 or array.dtype.kind not in "iufb" or not array.size:
        raise DataError(f"{source.name}: has shape {array.shape}, {array.dtype}; expected rows of numbers, (m, n).")
    gone = _gaps(source, array)
    columns = tuple(
        Column(f"column {at + 1}", "number", array[:, at], missing=gone[:, at] if gone is not None else None)
        for at in range(array.shape[1])
    )
    return Table(source.name, columns, has_names=False)


def _gaps(source: Source, array: Array) -> Array | None:
    """(m, n) where a number is NaN, and therefore missing; None where none is. Raises DataError for infinite ones."""
    found = False
    if array.dtype.kind != "f":
        return None
    for first in range(0, len(array), ROWS):
        rows = array[first : first + ROWS]
        if np.isfinite(rows).all():
            continue
        if (infinite := np.isinf(rows)).any():
            row, column = (int(place[0]) for place in np.nonzero(infinite))
            raise DataError(
                f"{source.name}, row {first + row + 1}: column {column + 1} is {rows[row, column]}; expected a number."
            )
        found = True
    return np.isnan(array) if found else None


def read_npy(source: Source) -> Array:
    """The array, mapped if it is in a plain file. Raises DataError for a damaged one, and for objects."""
    with source.open() as file:
        size = file.seek(0, 2)
        file.seek(0)
        try:
            version = layout.read_magic(file)
            if version not in HEADERS:
                raise DataError(f"{source.name}: is of format {version}; expected 1.0 or 2.0.")
            shape, by_columns, dtype = HEADERS[version](file, LONGEST_HEADER)
        except ValueError as error:
            raise DataError(f"{source.name}: not a readable .npy file: {' '.join(str(error).split())}.") from None
        if dtype.hasobject:
            raise DataError(f"{source.name}: not a readable .npy file: it holds pickled objects.")
        start, promised = file.tell(), math.prod(shape) * dtype.itemsize
        if promised != size - start or any(length < 0 for length in shape):
            raise DataError(f"{source.name}: declares {promised} bytes of shape {shape}; found {size - start}.")
        order: Literal["C", "F"] = "F" if by_columns else "C"
        if not promised:
            return np.empty(shape, dtype)
        if source.is_plain:
            return np.memmap(source.path, dtype, "r", start, shape, order)
        check_size(source.path, shape[0] if shape else 1, math.prod(shape[1:]), promised)
        array: Array = np.frombuffer(file.read(promised), dtype).reshape(shape, order=order)
        return array
