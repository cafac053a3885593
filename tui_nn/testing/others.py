"""What schedules, initialisers, metrics, data sets and derivatives must keep to."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tui_nn.engine.data import Dataset
from tui_nn.engine.initialiser import Initialiser
from tui_nn.engine.metric import Measured, Metric
from tui_nn.engine.options import accepts
from tui_nn.engine.random import stream
from tui_nn.engine.schedule import Schedule
from tui_nn.graph import Derivative
from tui_nn.plugin.source import DatasetSource
from tui_nn.testing.differences import compare
from tui_nn.testing.report import Outcome, failed, noted, passed

Array = np.ndarray[Any, np.dtype[Any]]

EPOCHS, BATCHES = 10, 8
LOSSES = [1.0, 0.8, 0.7, 0.7, 0.7, 0.72, 0.7, 0.7, 0.71, 0.7, 0.7]


# Schedules


def _factors(schedule: Schedule) -> list[float]:
    steps = EPOCHS * BATCHES
    return [schedule.factor(step, steps, BATCHES, LOSSES[: 1 + (step - 1) // BATCHES]) for step in range(1, steps + 1)]


def factors(schedule: Schedule) -> Outcome:
    """A finite factor of 0 or more for every step."""
    found = _factors(schedule)
    tried = f"{len(found)} steps in {EPOCHS} epochs"
    for step, factor in enumerate(found, start=1):
        if not math.isfinite(factor) or factor < 0 or factor > 1e6:
            return failed(
                tried, f"step {step} has the factor {factor}", "give a factor of the rate, 1 for the rate itself"
            )
    schedule.factor(1, 1, 1, [1.0])
    return passed(tried, f"{min(found):.3g} to {max(found):.3g}")


def remembers_nothing(schedule: Schedule) -> Outcome:
    """Backwards and twice: a resumed run asks in the middle."""
    steps = EPOCHS * BATCHES
    forwards = _factors(schedule)
    backwards = [
        schedule.factor(step, steps, BATCHES, LOSSES[: 1 + (step - 1) // BATCHES]) for step in range(steps, 0, -1)
    ][::-1]
    for step, (one, other) in enumerate(zip(forwards, backwards, strict=True), start=1):
        if one != other:
            worst = f"step {step} has the factors {one:.6g} and {other:.6g}"
            return failed("all steps forwards and backwards", worst, "let it depend on its arguments alone")
    return passed("all steps forwards and backwards")


# Initialisers


def shapes(initialiser: Initialiser) -> Outcome:
    """Weights (fan-out, fan-in), or with the bias in column 0; all finite."""
    sizes = ((1, 1), (3, 5), (100, 10), (7, 200))
    for fan_in, fan_out in sizes:
        theta = np.full((fan_out, fan_in + 1), np.nan)
        initialiser.fill(theta, stream(0, "testing/init"))
        if not np.isfinite(theta).all():
            return failed(f"fan-in {fan_in}, fan-out {fan_out}", "weights are not finite", "look at its bounds")
    return passed(f"{len(sizes)} shapes")


def from_the_generator(initialiser: Initialiser) -> Outcome:
    """The same generator, the same weights."""
    drawn = []
    for seed in (0, 0, 1):
        theta = np.zeros((6, 9))
        initialiser.fill(theta, stream(seed, "testing/init"))
        drawn.append(theta)
    if not np.array_equal(drawn[0], drawn[1]):
        return failed("the same seed twice", "different weights", "draw from `random`, which is passed in")
    if np.array_equal(drawn[0], drawn[2]):
        return noted("two seeds", "the same weights: nothing is drawn")
    return passed("the same seed twice, and another")


def spread(initialiser: Initialiser) -> Outcome:
    """How large weights are is told; units that start equal are, too."""
    theta = np.zeros((100, 201))
    initialiser.fill(theta, stream(0, "testing/init"))
    weights = theta[:, 1:]
    if np.allclose(weights, weights[0]):
        return noted("200 to 100 units", "all units start equal, and will stay equal")
    deviation = float(weights.std())
    if deviation > 10:
        return failed("200 to 100 units", f"weights of deviation {deviation:.3g}", "divide by the root of the fan-in")
    return noted(
        "200 to 100 units", f"deviation {deviation:.3g}, times the root of the fan-in {deviation * 200**0.5:.2g}"
    )


# Metrics


def _measured(classes: int, perfect: bool = False, samples: int = 50) -> Measured:
    random = stream(0, "testing/metric", classes)
    if not classes:
        true = random.normal(size=(samples, 2)).astype(np.float32)
        outputs = true.copy() if perfect else (true + random.normal(0, 0.3, true.shape)).astype(np.float32)
        return Measured(np.square(outputs - true).sum(axis=1), outputs, outputs, true, 0)
    labels = random.integers(0, classes, samples)
    outputs = random.uniform(0, 1, (samples, classes)).astype(np.float32)
    if perfect:
        outputs[np.arange(samples), labels] = 2
    return Measured(1 - outputs[np.arange(samples), labels], outputs, outputs.argmax(axis=1), labels, classes)


def _tasks(metric: Metric) -> list[int]:
    return [classes for classes in (2, 4, 0) if metric.suits(classes)]


def value(metric: Metric) -> Outcome:
    """A finite number, or a matrix of counts."""
    if not _tasks(metric):
        remedy = 'task is "classification", "regression" or "any"'
        return failed("its task", f"'{metric.task}' suits no data", remedy)
    if metric.of not in ("labels", "outputs", "costs") or metric.returns not in ("number", "matrix"):
        remedy = 'of is "labels", "outputs" or "costs"; returns is "number" or "matrix"'
        return failed("its declaration", f"of='{metric.of}', returns='{metric.returns}'", remedy)
    seen = []
    for classes in _tasks(metric):
        found = metric.value(_measured(classes))
        if metric.returns == "matrix":
            if np.shape(found) != (classes, classes):
                return failed(f"{classes} classes", f"shape {np.shape(found)}", f"expected {(classes, classes)}")
            continue
        if not math.isfinite(found):
            return failed(f"50 samples, {classes} classes", f"it is {found}", "look for a division by 0")
        best = metric.value(_measured(classes, perfect=True))
        seen.append(f"{found:.3g} at random, {best:.3g} when all is right")
    return passed(
        "data with " + " and ".join(f"{c} classes" if c else "numbers" for c in _tasks(metric)), "; ".join(seen)
    )


def edges(metric: Metric) -> Outcome:
    """One sample must do."""
    for classes in _tasks(metric):
        metric.value(_measured(classes, samples=1))
    return passed("a single sample")


def leaves_its_arguments(metric: Metric) -> Outcome:
    """What it measures is not its own; and the same data give the same number."""
    for classes in _tasks(metric):
        measured, kept = _measured(classes), _measured(classes)
        first, second = metric.value(measured), metric.value(measured)
        for name in ("costs", "outputs", "predicted", "true"):
            if not np.array_equal(getattr(measured, name), getattr(kept, name)):
                return failed("arguments before and after", f"{name} changed", "work on a copy")
        if not np.array_equal(first, second, equal_nan=True):
            return failed("the same data twice", f"{first} and {second}", "no random numbers, no memory")
    return passed("the same data twice, before and after")


# Data sets


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


# Derivatives for the graph


def against_differences(one: Derivative) -> Outcome:
    """A derivative of a function of one argument against centred differences."""
    function = getattr(np, one.name, None)
    if not callable(function):
        return noted("its name", f"numpy has no function '{one.name}'; it is proved with what uses it")
    x = np.stack([np.linspace(0.07, 0.93, 101), np.linspace(1.1, 6.3, 101), np.linspace(-6.2, -0.1, 101)])
    try:
        y = np.asarray(function(x))
        given = np.asarray(one.function(np.ones_like(y), y, x)[0], np.float64)
    except TypeError:
        return noted("its arguments", f"'{one.name}' takes more than one; it is proved with what uses it")
    if y.shape != x.shape or given.shape != x.shape:
        return noted("its shape", f"'{one.name}' is not elementwise; it is proved with what uses it")
    # Each point a lane of its own; where the function is not defined there is nothing to compare.
    defined = np.isfinite(y)
    x, given = x[defined][None], given[defined][None]
    found = compare(lambda moved: np.asarray(function(moved))[0], x, given)
    if found.error > 1e-6:
        at = found.worst
        worst = f"at {x[at]:.6g}: it says {given[at]:.6g}, differences {found.numerical[at]:.6g}"
        return failed(f"{x.size} points", worst, "mend it: (g, y, x) -> (g times the slope at x,)")
    return passed(f"{x.size} points", f"relative error {found.error:.1e}")


SCHEDULES = (factors, remembers_nothing)
INITIALISERS = (shapes, from_the_generator, spread)
METRICS = (value, edges, leaves_its_arguments)
DATASETS = (samples, follows_its_seed)
DERIVATIVES = (against_differences,)
