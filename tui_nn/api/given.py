"""The data that a program passes: arrays, frames of pandas or polars. Each is treated like a file of it.

A frame is read as the CSV that it would be saved as, so columns of text, dates and missing values mean the same.
Arrays are read as an .npz archive of x and y.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tui_nn.csvtext import columns_to_csv
from tui_nn.datasets.arrays import WEIGHTS, dataset_of_arrays, sample_weights
from tui_nn.datasets.source import HeldSource
from tui_nn.engine.data import Dataset
from tui_nn.errors import DataError, ExperimentError
from tui_nn.plurals import plural

Array = np.ndarray[Any, np.dtype[Any]]

ARRAYS, TABLE = "arrays.npz", "frame.csv"  # what they are called where they are kept
READING = {"delimiter": ",", "header": True, "decimal": "."}  # how a frame is written
TARGET = "y"  # answers that have no name of their own
HERE = "the arrays"


def is_frame(given: Any) -> bool:
    """Whether an object has named columns: a DataFrame of pandas or polars."""
    return hasattr(given, "columns") and hasattr(given, "__getitem__")


def table_of(frame: Any, y: Any = None, *, spare: bool = False) -> tuple[HeldSource, list[str]]:
    """The frame as a table, with the answers as its last columns if given separately, and the names of these.

    spare: whether to add an empty column to a single one, which would not be a table. Raises DataError if there are not
    as many answers as rows.
    """
    columns = [(str(name), _cells(frame[name])) for name in frame.columns]
    targets = _answers(y)
    taken = {name for name, _ in columns}
    for name, cells in targets:
        if name in taken:
            raise DataError(f"the frame: has a column '{name}' already, which y is called too; rename one.")
        if columns and len(cells) != len(columns[0][1]):
            raise DataError(
                f"the frame: has {plural(len(columns[0][1]), 'row')}, and y {len(cells)}; expected as many."
            )
    columns += targets
    if spare and len(columns) == 1:
        columns.append((f"not {columns[0][0]}", [0] * len(columns[0][1])))
    text = columns_to_csv([name for name, _ in columns], [cells for _, cells in columns])
    return HeldSource(Path(TABLE), text.encode()), [name for name, _ in targets]


def _answers(y: Any) -> list[tuple[str, list[Any]]]:
    """The name and the cells of each column of answers."""
    if y is None:
        return []
    if is_frame(y):
        return [(str(name), _cells(y[name])) for name in y.columns]
    name = getattr(y, "name", None)
    values = _plain(y)
    if values.ndim == 2:
        return [(f"{TARGET}{number}", _cells(column)) for number, column in enumerate(values.T, start=1)]
    return [(TARGET if name in (None, "") else str(name), _cells(values))]


def _cells(column: Any) -> list[Any]:
    """The values of a column as in CSV: None for a missing one."""
    values: Iterable[Any] = column.to_list() if hasattr(column, "to_list") else column.tolist()
    return [None if _is_missing(value) else value for value in values]


def _is_missing(value: Any) -> bool:
    return value is None or (not isinstance(value, str | int) and str(value) in ("nan", "NaT", "<NA>"))


def arrays_of(x: Any, y: Any) -> dict[str, Array]:
    """x and y as arrays. Raises DataError for anything that is not one, and ExperimentError if y is missing."""
    if y is None:
        raise ExperimentError("there are no answers: train(x, y), or a frame with its target among its columns.", "y")
    arrays = {"x": _plain(x), TARGET: _plain(y)}
    if arrays[TARGET].dtype.kind == "O" and all(isinstance(one, str) for one in arrays[TARGET].ravel()):
        arrays[TARGET] = arrays[TARGET].astype(str)
    return arrays


def weights_of(given: Any, data: Dataset) -> Array | None:
    """The weights (m,) of the samples that are left. Raises DataError for anything that is not weights."""
    if given is None:
        return None
    kept = getattr(data, "kept", None)
    weights = sample_weights(HERE, _plain(given), len(data.x) if kept is None else len(kept))
    return weights if kept is None else weights[kept]


def dataset(arrays: dict[str, Array], task: str | None) -> Dataset:
    """The data set of arrays x (m, n) and y (m,) or (m, q). Raises DataError."""
    return dataset_of_arrays(HERE, Path(ARRAYS).stem, ("x", TARGET), arrays, task)


def archive(arrays: dict[str, Array], weights: Array | None = None) -> bytes:
    """The .npz file of the arrays."""
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **arrays, **({} if weights is None else {WEIGHTS: weights}))
    return file.getvalue()


def _plain(given: Any) -> Array:
    """The values as an array. Raises DataError for rows of different lengths."""
    try:
        return np.asarray(given)
    except (ValueError, TypeError) as error:
        raise DataError(f"{HERE}: cannot be made an array of: {error}.") from None


def numbers_of(rows: Any, inputs: int, *, gaps: bool) -> Array:
    """Rows (m, inputs) of numbers. Also takes a single row (inputs,) and pictures (m, rows, columns).

    gaps: whether the network can replace NaN. Raises DataError for anything that is not such numbers.
    """
    found = _plain(rows)
    is_number = found.dtype.kind in "biuf" and bool(found.ndim)
    if not is_number or not (np.isfinite(found) | (gaps & np.isnan(found))).all():
        raise DataError(f"{HERE}: rows hold values that are not finite numbers ({found.dtype}).")
    if found.ndim == 1 and len(found) == inputs:
        return found[None]
    return found.reshape(len(found), -1) if found.ndim > 1 and len(found) else found


def names_of_numbers(names: Sequence[str]) -> Array:
    """The class names as an array: of integers or truth values if all of them are such, otherwise of texts."""
    if {*names} == {"False", "True"}:
        return np.array([name == "True" for name in names])
    whole = all(name.removeprefix("-").isdecimal() and str(int(name)) == name for name in names)
    return np.array([int(name) for name in names]) if whole and names else np.array(names, str)
