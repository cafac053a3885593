"""An .npz archive with arrays x (m, n) and y: labels (m,) or targets (m, q)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tui_nn.datasets.archive import read_npz
from tui_nn.datasets.limits import check_size
from tui_nn.datasets.text.numbers import LARGEST_FLOAT
from tui_nn.engine.data import Dataset
from tui_nn.errors import MOST_KNOWN, DataError

Array = np.ndarray[Any, np.dtype[Any]]

NAMES = ("x", "y")


def load_npz(path: Path) -> Dataset:
    """The data set of an archive. Raises DataError for what is missing, malformed or suspiciously compressed."""

    def choose(found: Sequence[str]) -> Sequence[str]:
        for name in NAMES:
            if name not in found:
                listed = ", ".join(found[:MOST_KNOWN]) or "nothing"
                raise DataError(f"{path}: has no array '{name}'. Found: {listed}.")
        return NAMES

    arrays = read_npz(path, choose)
    x, y = arrays["x"], arrays["y"]
    if x.ndim < 2 or not y.ndim or len(x) != len(y) or not x.size or not y.size:
        raise DataError(f"{path}: x has shape {x.shape} and y {y.shape}; expected (m, n) and (m,) or (m, q).")
    if x.dtype.kind not in "iuf" or not _is_usable(x):
        raise DataError(f"{path}: x holds values that are not finite numbers ({x.dtype}), or too large for a float32.")
    check_size(path, len(x), math.prod(x.shape[1:]), 0)
    picture = (int(x.shape[1]), int(x.shape[2])) if x.ndim == 3 else None
    flat = x.reshape(len(x), -1)
    features = tuple(f"x{column}" for column in range(flat.shape[1]))
    if y.dtype.kind in "iuU":
        if y.size != len(y):
            raise DataError(f"{path}: y has shape {y.shape} and is of {y.dtype}; expected one label a sample, (m,).")
        classes, labels = np.unique(y.ravel(), return_inverse=True)
        names = tuple(str(name) for name in classes)
        return Dataset(path.stem, flat, labels.astype(np.intp), names, features, picture)
    if y.dtype.kind != "f" or not _is_usable(y):
        raise DataError(f"{path}: y holds values that are not finite numbers ({y.dtype}), or too large for a float32.")
    return Dataset(path.stem, flat, y.reshape(len(y), -1), (), features, picture)


def _is_usable(values: Array) -> bool:
    """Whether all are finite as float32, in which networks are trained."""
    return values.dtype.kind in "iu" or bool((np.abs(values) <= LARGEST_FLOAT).all())
