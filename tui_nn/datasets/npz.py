"""An .npz archive with arrays x (m, n) and y: labels (m,), targets (m, q), or one-hot answers; perhaps a test part."""

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

# How others call the inputs and the answers, and those of a test part.
NAMES = (("x", "y"), ("X", "y"), ("x_train", "y_train"), ("X_train", "y_train"), ("data", "target"))
TESTS = (("x_test", "y_test"), ("X_test", "y_test"))


def load_npz(path: Path) -> Dataset:
    """The data set of an archive. Raises DataError for what is missing, malformed or suspiciously compressed."""
    pair, test = NAMES[0], ("", "")

    def choose(found: Sequence[str]) -> Sequence[str]:
        nonlocal pair, test
        pair = next((names for names in NAMES if set(names) <= set(found)), ("", ""))
        if not pair[0]:
            missing = "y" if "x" in found or "X" in found else "x"
            listed = ", ".join(found[:MOST_KNOWN]) or "nothing"
            raise DataError(f"{path}: has no array '{missing}'. Found: {listed}.")
        test = next((names for names in TESTS if set(names) <= set(found)), test)
        return [name for name in (*pair, *test) if name]

    arrays = read_npz(path, choose)
    x, y = _samples(path, pair, arrays)
    picture = (int(x.shape[1]), int(x.shape[2])) if x.ndim == 3 else None
    check_size(path, len(x), math.prod(x.shape[1:]), 0)
    labels, classes = _answers(path, y, pair[1])
    features = tuple(f"x{column}" for column in range(math.prod(x.shape[1:])))
    aside = None
    if test[0]:
        x_test, y_test = _samples(path, test, arrays)
        if x_test.shape[1:] != x.shape[1:]:
            raise DataError(f"{path}: {pair[0]} has rows of {x.shape[1:]} numbers, {test[0]} of {x_test.shape[1:]}.")
        found, names = _answers(path, y_test, test[1])
        if unknown := [name for name in names if name not in classes]:
            raise DataError(f"{path}: class '{unknown[0]}' is in {test[1]} alone.")
        if classes:
            found = np.array([classes.index(name) for name in names], np.intp)[found]
        aside = x_test.reshape(len(x_test), -1), found
    return Dataset(path.stem, x.reshape(len(x), -1), labels, classes, features, picture, "", aside)


def _samples(path: Path, names: tuple[str, str], arrays: dict[str, Array]) -> tuple[Array, Array]:
    """x and y, which fit each other. Raises DataError."""
    x, y = arrays[names[0]], arrays[names[1]]
    if x.ndim < 2 or not y.ndim or len(x) != len(y) or not x.size or not y.size:
        shapes = f"{names[0]} has shape {x.shape} and {names[1]} {y.shape}"
        raise DataError(f"{path}: {shapes}; expected (m, n) and (m,) or (m, q).")
    if x.dtype.kind not in "biuf" or not _is_usable(x):
        what = f"{names[0]} holds values that are not finite numbers ({x.dtype}), or too large for a float32"
        raise DataError(f"{path}: {what}.")
    return x.astype(np.uint8) if x.dtype.kind == "b" else x, y


def _answers(path: Path, y: Array, name: str) -> tuple[Array, tuple[str, ...]]:
    """Labels and the names of classes, or numbers (m, q) and none. One row with a single 1 each is a class."""
    y = y.reshape(len(y), -1)
    if y.dtype.kind == "b" and y.shape[1] == 1:
        return y[:, 0].astype(np.intp), ("False", "True")
    if y.dtype.kind in "biuf" and y.shape[1] > 1 and np.isin(y, (0, 1)).all() and (y.sum(axis=1) == 1).all():
        return y.argmax(axis=1), tuple(str(number) for number in range(y.shape[1]))
    if y.dtype.kind in "iuU" and y.shape[1] == 1:
        classes, labels = np.unique(y.ravel(), return_inverse=True)
        return labels.astype(np.intp), tuple(str(one) for one in classes)
    if y.dtype.kind in "iub" and y.shape[1] > 1:
        raise DataError(
            f"{path}: {name} has shape {y.shape} and is of {y.dtype}; expected one label a sample, (m,), one 1 a row, "
            "or floats for a regression."
        )
    if y.dtype.kind != "f" or not _is_usable(y):
        raise DataError(
            f"{path}: {name} holds values that are not finite numbers ({y.dtype}), or too large for a float32."
        )
    return y, ()


def _is_usable(values: Array) -> bool:
    """Whether all are finite as float32, in which networks are trained."""
    return values.dtype.kind in "biu" or bool((np.abs(values) <= LARGEST_FLOAT).all())
