"""An archive of arrays, .npz or .mat: x (m, n), and y: labels (m,), targets or labels (m, q); perhaps a test part, and
sample_weight (m,)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tui_nn.datasets.answers import LABELS, MOST_CLASSES
from tui_nn.datasets.archive import read_npz
from tui_nn.datasets.limits import check_size
from tui_nn.datasets.matlab import read_mat
from tui_nn.datasets.settings import TableSettings
from tui_nn.datasets.text.numbers import LARGEST_FLOAT
from tui_nn.engine.data import Dataset
from tui_nn.errors import MOST_KNOWN, DataError, did_you_mean
from tui_nn.plurals import plural

Array = np.ndarray[Any, np.dtype[Any]]
Read = Callable[[Path, Callable[[Sequence[str]], Iterable[str]]], dict[str, Array]]

ARCHIVES: Mapping[str, Read] = {".npz": partial(read_npz, mapped=True), ".mat": read_mat}  # suffix -> what reads it
KEY = "data.variables"
WEIGHTS = "sample_weight"  # how much each sample counts, (m,)
PIECE = 2**22  # bytes that are looked at together
# How others call the inputs and the answers, and those of a test part.
NAMES = (("x", "y"), ("X", "y"), ("X", "Y"), ("x_train", "y_train"), ("X_train", "y_train"), ("data", "target"))
TESTS = (("x_test", "y_test"), ("X_test", "y_test"))


def load_arrays(path: Path, settings: TableSettings) -> Dataset:
    """The data set of an archive: its variables as `data.variables` names them, by the usual names, or by their shapes.

    Raises DataError for what is missing, unclear, malformed or suspiciously compressed.
    """
    by_name, asked = True, settings.variables

    def choose(found: Sequence[str]) -> Sequence[str]:
        nonlocal by_name
        if asked is not None:
            return _named(path, asked, found)
        names = _usual(found)
        by_name = bool(names)
        if by_name and WEIGHTS in found:
            return (*names, WEIGHTS)
        if by_name or ARCHIVES[path.suffix.lower()] is read_mat:
            return names or found  # of the others the shapes may tell
        missing = "y" if "x" in found or "X" in found else "x"
        raise DataError(
            f'{path}: has no array \'{missing}\'. Found: {_listed(found)}. {KEY} = ["x", "y"] names others.'
        )

    arrays = ARCHIVES[path.suffix.lower()](path, choose)
    names = tuple(asked) if asked is not None else _usual(list(arrays)) if by_name else _by_shape(path, arrays)
    floats = ARCHIVES[path.suffix.lower()] is read_mat
    return dataset_of_arrays(str(path), path.stem, names, arrays, settings.task, floats_are_classes=floats)


def dataset_of_arrays(
    where: str, name: str, names: Sequence[str], arrays: Mapping[str, Array], task: str | None = None, *,
    floats_are_classes: bool = False,
) -> Dataset:  # fmt: skip
    """The data set of arrays: those of inputs and answers by their `names`, perhaps with those of a test part.

    where: what errors call them. floats_are_classes: whether whole numbers kept as floats are meant as such. Raises
    DataError for what does not fit together.
    """
    x, y = _samples(where, names[:2], arrays)
    picture = (int(x.shape[1]), int(x.shape[2])) if x.ndim == 3 else None
    check_size(where, len(x), math.prod(x.shape[1:]), 0)
    answers, classes = _answers(where, y, names[1], task, floats_are_classes)
    features = tuple(f"x{column}" for column in range(math.prod(x.shape[1:])))
    aside = None
    if len(names) == 4:
        x_test, y_test = _samples(where, names[2:], arrays)
        if x_test.shape[1:] != x.shape[1:]:
            raise DataError(f"{where}: {names[0]} has rows of {x.shape[1:]} numbers, {names[2]} of {x_test.shape[1:]}.")
        found, known = _answers(where, y_test, names[3], task, floats_are_classes)
        if unknown := [name for name in known if name not in classes]:
            raise DataError(f"{where}: class '{unknown[0]}' is in {names[3]} alone.")
        if classes:
            found = np.array([classes.index(name) for name in known], np.intp)[found]
        aside = x_test.reshape(len(x_test), -1), found
    weights = sample_weights(where, arrays[WEIGHTS], len(x)) if WEIGHTS in arrays else None
    several = not classes and task != "regression" and _is_binary(y.reshape(len(y), -1))
    targets = tuple(f"{names[1]}{number + 1}" for number in range(answers.shape[1])) if several else ()
    return Dataset(
        name, x.reshape(len(x), -1), answers, classes, features, picture, "", aside, targets=targets,
        multi_label=several, weights=weights,
    )  # fmt: skip


def sample_weights(where: str, given: Array, samples: int) -> Array:
    """How much each sample counts, (m,) float64. Raises DataError for what are no weights."""
    weights = given.ravel()
    if weights.dtype.kind not in "biuf" or len(weights) != samples:
        raise DataError(
            f"{where}: {WEIGHTS} has shape {given.shape}, {given.dtype}; expected {plural(samples, 'number')}."
        )
    if not _is_usable(weights) or (weights < 0).any() or not weights.any():
        raise DataError(f"{where}: {WEIGHTS} holds what is no weight; expected 0 or more each, and some above 0.")
    return weights.astype(np.float64)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(list(names)[:MOST_KNOWN]) or "nothing"


def _named(path: Path, asked: Sequence[str], found: Sequence[str]) -> Sequence[str]:
    """The variables that were asked for. Raises DataError for one that there is not."""
    if len(asked) not in (2, 4):
        raise DataError(f"{KEY}: expected the inputs and the answers, perhaps with those of a test part: 2 or 4 names.")
    for name in asked:
        if name not in found:
            raise DataError(f"{KEY}: {path} has no variable '{name}'.{did_you_mean(name, found)}")
    return asked


def _usual(found: Sequence[str]) -> tuple[str, ...]:
    """The variables by the names that others give them; () where there are none."""
    pair = next((names for names in NAMES if set(names) <= set(found)), ())
    return (*pair, *next((names for names in TESTS if pair and set(names) <= set(found)), ()))


def _by_shape(path: Path, arrays: Mapping[str, Array]) -> tuple[str, str]:
    """The only two that fit: rows of numbers, and a number for each. Raises DataError where it is not clear."""
    columns = [name for name, array in arrays.items() if array.ndim == 2 and min(array.shape) == 1 < array.size]
    tables = [name for name, array in arrays.items() if array.ndim >= 2 and min(array.shape) > 1]
    if len(columns) == len(tables) == 1 and arrays[columns[0]].size in (
        len(arrays[tables[0]]),
        arrays[tables[0]].shape[-1],
    ):
        return tables[0], columns[0]
    shapes = [f"{name} ({' x '.join(map(str, array.shape))})" for name, array in arrays.items()]
    raise DataError(
        f"{path}: which variables are inputs and answers is not clear. Found, of matrices of real numbers: "
        f"{_listed(shapes)}. "
        f'Name them: {KEY} = ["X", "y"].'
    )


def _samples(where: str, names: Sequence[str], arrays: Mapping[str, Array]) -> tuple[Array, Array]:
    """x and y, one sample a row, which fit each other. Raises DataError."""
    x, y = arrays[names[0]], arrays[names[1]]
    shapes = f"{names[0]} has shape {x.shape} and {names[1]} {y.shape}"
    if y.ndim == 2 and y.shape[0] == 1 < y.shape[1]:  # a row of MATLAB's
        y = y.T
    if x.ndim == 3 and y.ndim and len(x) != len(y) == x.shape[2]:  # as MATLAB stacks pictures
        x = np.moveaxis(x, 2, 0)
    if x.ndim < 2 or not y.ndim or len(x) != len(y) or not x.size or not y.size:
        raise DataError(f"{where}: {shapes}; expected (m, n) and (m,) or (m, q).")
    if x.dtype.kind not in "biuf" or not _is_usable(x):
        what = f"{names[0]} holds values that are not finite numbers ({x.dtype}), or too large for a float32"
        raise DataError(f"{where}: {what}.")
    return x.astype(np.uint8) if x.dtype.kind == "b" else x, y


def _answers(
    where: str, y: Array, name: str, task: str | None, floats_are_classes: bool
) -> tuple[Array, tuple[str, ...]]:
    """Labels and the names of classes, or numbers (m, q) and none. One row with a single 1 each is a class."""
    y = y.reshape(len(y), -1)
    if y.dtype.kind == "b" and y.shape[1] == 1 and task is None:
        return y[:, 0].astype(np.intp), ("False", "True")
    if (y.dtype.kind == "f" and not _is_usable(y)) or y.dtype.kind not in "biufU":
        raise DataError(
            f"{where}: {name} holds values that are not finite numbers ({y.dtype}), or too large for a float32."
        )
    binary = _is_binary(y) or (task == "multi-label" and y.dtype.kind in "biuf" and bool(np.isin(y, (0, 1)).all()))
    if binary and task in (None, "classification") and (y.sum(axis=1) == 1).all():
        return y.argmax(axis=1), tuple(str(number) for number in range(y.shape[1]))
    if binary and task in (None, "multi-label"):
        return y if y.dtype.kind == "f" else y.astype(np.float64), ()
    if task == "multi-label" or (y.shape[1] > 1 and task == "classification"):
        single = "" if task == "multi-label" else f", a single 1 a row; {LABELS} takes several"
        raise DataError(f'{where}: {name} has shape {y.shape}, {y.dtype}; data.task = "{task}" needs 0 and 1{single}.')
    if y.shape[1] == 1 and y.dtype.kind != "U" and task == "regression":
        return y.astype(np.float64), ()
    if y.shape[1] == 1 and (
        y.dtype.kind in "iuU" or task == "classification" or (floats_are_classes and _are_whole(y))
    ):
        classes, labels = np.unique(y.ravel(), return_inverse=True)
        return labels.astype(np.intp), tuple(_class(one) for one in classes.tolist())
    if (y.dtype.kind in "iub" and task is None) or y.dtype.kind == "U":
        raise DataError(
            f"{where}: {name} has shape {y.shape} and is of {y.dtype}; expected one label a sample, (m,), one 1 a row, "
            "or floats for a regression."
        )
    return y if y.dtype.kind == "f" else y.astype(np.float64), ()


def _are_whole(y: Array) -> bool:
    """Whether whole numbers are meant as classes: MATLAB has no other type for them than floats."""
    values = np.unique(y)
    return len(values) <= MOST_CLASSES and bool((values == np.round(values)).all())


def _class(value: Any) -> str:
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)


def _is_binary(y: Array) -> bool:
    """Whether y (m, q) holds several answers, each 0 or 1."""
    return y.dtype.kind in "biuf" and y.shape[1] > 1 and bool(np.isin(y, (0, 1)).all())


def _is_usable(values: Array) -> bool:
    """Whether all are finite as float32, in which networks are trained."""
    if values.dtype.kind in "biu":
        return True
    rows = max(1, PIECE // max(1, values[:1].nbytes))  # a copy of all may not fit beside them
    return all((np.abs(values[at : at + rows]) <= LARGEST_FLOAT).all() for at in range(0, len(values), rows))
