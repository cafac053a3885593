"""A data set that an experiment file can name: a function that returns it, with options and a seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tui_nn.engine.component import Component, Decorator
from tui_nn.engine.data import Dataset
from tui_nn.engine.options import accepts
from tui_nn.errors import PluginError
from tui_nn.plurals import plural

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class DatasetSource(Component):
    """A data set by name. function: (**options, seed=...) -> Dataset; without `seed` it always gives the same data."""

    def load(self, seed: int = 0) -> Dataset:
        """Load the data set, drawn with this seed if it is random. Lists become arrays, text labels numbers.

        Raises PluginError if it is not a data set, or if its parts do not fit each other.
        """
        seeded = {"seed": seed} if accepts(self.function, "seed") else {}
        data = self.function(**self.settings, **seeded)
        if not isinstance(data, Dataset):
            found = type(data).__name__
            raise PluginError(f"data set '{self.name}' returned a {found}; expected a Dataset of tui_nn.plugin.")
        try:
            data = _as_arrays(data)
            problem = next(_problems(data), None)
        except ValueError as error:
            problem = str(error)
        if problem is not None:
            raise PluginError(f"data set '{self.name}': {problem}.")
        return data


dataset = Decorator(DatasetSource)


def _as_arrays(data: Dataset) -> Dataset:
    """The data set with arrays, whatever its author used. Raises ValueError for anything that is not an array."""
    x, y = np.asarray(data.x), np.asarray(data.y)
    classes = tuple(str(name) for name in data.classes)
    if y.dtype.kind in "UO" and not classes:
        classes = tuple(sorted({str(label) for label in y.ravel()}))
    test = data.test
    if test is not None:
        test = np.asarray(test[0]), _labels(np.asarray(test[1]), classes)
    return replace(
        data,
        x=x,
        y=_labels(y, classes),
        classes=classes,
        features=tuple(str(name) for name in data.features),
        test=test,
    )


def _labels(y: Array, classes: tuple[str, ...]) -> Array:
    """Labels as numbers if y holds the names of classes; otherwise y unchanged."""
    if y.dtype.kind not in "UO":
        return y
    numbers = {name: number for number, name in enumerate(classes)}
    unknown = [str(label) for label in y.ravel() if str(label) not in numbers]
    if unknown:
        raise ValueError(f"the label '{unknown[0]}' is not among the classes {', '.join(classes)}")
    return np.array([numbers[str(label)] for label in y.ravel()], np.intp).reshape(y.shape)


def _problems(data: Dataset) -> Iterator[str]:
    """What does not fit, and what would. Later checks rely on the earlier ones having passed."""
    inputs = data.x.shape[1] if data.x.ndim == 2 else 0
    yield from _problems_of_part("x", data.x, "y", data.y, data)
    if data.test is not None:
        x, y = data.test
        yield from _problems_of_part("x of the test part", x, "y of the test part", y, data)
        if x.shape[1] != inputs:
            yield f"x has {plural(inputs, 'column')}, and {x.shape[1]} in the test part"
    if len(set(data.classes)) < len(data.classes):
        yield "two classes have the same name; each needs its own"
    if len(data.features) not in (0, inputs):
        yield f"{len(data.features)} features are named, and x has {inputs} columns; name all or none"
    if data.picture is not None and (len(data.picture) != 2 or data.picture[0] * data.picture[1] != inputs):
        yield f"a picture of {data.picture} is not a row of {inputs:,} inputs; picture is (rows, columns), row by row"
    if not data.unit_scale > 0:
        yield f"unit_scale is {data.unit_scale}; it divides x: expected more than 0"


def _problems_of_part(x_name: str, x: Array, y_name: str, y: Array, data: Dataset) -> Iterator[str]:
    if x.ndim != 2 or not x.shape[1]:
        yield f"{x_name} has shape {x.shape}; expected one sample per row, (samples, inputs)"
    if x.dtype.kind not in "fiub":
        yield f"{x_name} is {x.dtype}; expected numbers"
    if y.ndim == 0 or len(x) != len(y):
        answers = plural(len(y), "target") if y.ndim else "one target"
        yield f"{x_name} has {plural(len(x), 'row')}, and {y_name} {answers}; expected one target per row"
    if len(x) < 2:
        yield f"{x_name} has {plural(len(x), 'row')}; expected at least 2 samples"
    if x.dtype.kind == "f" and not np.isfinite(x).all():
        row, column = np.argwhere(~np.isfinite(x))[0]
        yield f"{x_name}[{row}, {column}] is {x[row, column]}; remove such samples, or fill them in"
    if data.classes:
        if y.ndim != 1 or y.dtype.kind not in "iu":
            yield f"{y_name} has shape {y.shape}, {y.dtype}; labels are whole numbers, (samples,)"
        if y.min() < 0 or y.max() >= len(data.classes):
            last = len(data.classes) - 1
            yield f"{y_name} has labels from {y.min()} to {y.max()}; {last + 1} classes are named: expected 0 to {last}"
    elif y.dtype.kind != "f":
        yield f"{y_name} is {y.dtype}, and no classes are named; name them, or give floats for a regression"
    elif data.multi_label and (y.ndim != 2 or not np.isin(y, (0, 1)).all()):
        yield f"{y_name} has shape {y.shape}; several labels are 0 and 1, (samples, labels)"
    elif y.ndim > 2 or not np.isfinite(y).all():
        yield f"{y_name} has shape {y.shape}; expected finite numbers, (samples,) or (samples, outputs)"
