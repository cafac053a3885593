"""What a data set must keep to: rows with answers that fit each other, and its seed."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.engine.data import Dataset
from tui_nn.engine.options import accepts
from tui_nn.plugin.source import DatasetSource
from tui_nn.testing.report import Outcome, failed, noted, passed

Array = np.ndarray[Any, np.dtype[Any]]


def samples(source: DatasetSource) -> Outcome:
    """Rows with answers: shapes and labels that fit each other, all finite."""
    data = source.load(0)
    if not isinstance(data, Dataset):
        return failed("to load it", f"it gave {type(data).__name__}", "return a Dataset of tui_nn.plugin")
    parts = [("x, y", data.x, data.y)]
    if data.test is not None:
        parts.append(("test", *data.test))
    for part, x, y in parts:
        problem = _problem(data, np.asarray(x), np.asarray(y))
        if problem:
            return failed(part, problem[0], problem[1])
    empty = [name for label, name in enumerate(data.classes) if not (data.y == label).any()]
    tried = f"{data.x.shape[0]} samples of {data.x.shape[1]} inputs, {len(data.classes) or 'no'} classes"
    if empty:
        return noted(tried, f"no sample is of class '{empty[0]}'")
    return passed(tried)


def _problem(data: Dataset, x: Array, y: Array) -> tuple[str, str] | None:
    inputs = x.shape[1] if x.ndim == 2 else 0
    numbers = bool(np.issubdtype(x.dtype, np.floating) or np.issubdtype(x.dtype, np.integer))
    rules = [
        (x.ndim == 2, f"x has shape {x.shape}", "one sample a row: (samples, inputs)"),
        (numbers, f"x is {x.dtype}", "give numbers"),
        (len(x) == len(y) and len(x) > 1, f"{len(x)} rows of x, {len(y)} answers", "one answer a sample"),
        (len(set(data.classes)) == len(data.classes), "two classes have one name", "name each class once"),
        (len(data.features) in (0, inputs), f"{len(data.features)} features, {inputs} inputs", "name each input"),
        (
            data.picture is None or data.picture[0] * data.picture[1] == inputs,
            f"a picture of {data.picture} and {inputs} inputs",
            "picture is (rows, columns), row by row",
        ),
        (data.unit_scale > 0, f"unit_scale is {data.unit_scale}", "it divides x: more than 0"),
    ]  # fmt: skip
    for good, found, remedy in rules:
        if not good:
            return found, remedy
    if np.issubdtype(x.dtype, np.floating) and not np.isfinite(x).all():
        row, column = np.argwhere(~np.isfinite(x))[0]
        return f"x[{row}, {column}] is {x[row, column]}", "leave such samples out, or fill them in"
    if not data.classes:
        good = np.issubdtype(y.dtype, np.floating) and bool(np.isfinite(y).all())
        return None if good else (f"y is {y.dtype}, and there are no classes", "give finite floats, or name classes")
    if y.ndim != 1 or not np.issubdtype(y.dtype, np.integer):
        return f"y has shape {y.shape}, {y.dtype}", "labels are whole numbers, (samples,)"
    if y.min() < 0 or y.max() >= len(data.classes):
        return f"labels {y.min()} to {y.max()}, {len(data.classes)} classes", "labels count from 0, one class each"
    return None


def follows_its_seed(source: DatasetSource) -> Outcome:
    """The same seed, the same data; another seed, others."""
    one, again, other = source.load(0), source.load(0), source.load(1)
    if not (np.array_equal(one.x, again.x) and np.array_equal(one.y, again.y)):
        return failed("seed 0 twice", "different data", "draw from stream(seed, 'data/NAME') of tui_nn.plugin")
    same = np.array_equal(one.x, other.x) and np.array_equal(one.y, other.y)
    # Without noise a set may be the same for every seed.
    louder = [source.configured(**{name: 0.3}) for name, default in source.options.items() if default == 0.0]
    same = same and all(np.array_equal(one.load(0).x, one.load(1).x) for one in louder)
    if accepts(source.function, "seed") and same:
        return failed("seeds 0 and 1", "the same data: the seed is ignored", "draw from stream(seed, 'data/NAME')")
    return passed("seed 0 twice" if not accepts(source.function, "seed") else "seed 0 twice, and seed 1")


CHECKS = (samples, follows_its_seed)
