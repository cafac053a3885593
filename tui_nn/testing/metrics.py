"""What a metric must keep to: a finite number, for a single sample too, and its arguments left alone."""

from __future__ import annotations

import math

import numpy as np

from tui_nn.engine.metric import Measured, Metric
from tui_nn.engine.random import stream
from tui_nn.testing.report import CheckResult, failed, noted, passed

LABELS = -1  # in the place of a number of classes: three labels, each 0 or 1


def _measured(classes: int, perfect: bool = False, samples: int = 50) -> Measured:
    random = stream(0, "testing/metric", classes)
    if classes == LABELS:
        true = random.integers(0, 2, (samples, 3))
        outputs = np.where(true > 0, 0.9, 0.1) if perfect else random.uniform(0, 1, true.shape)
        return Measured(np.abs(outputs - true).sum(axis=1), outputs, (outputs >= 0.5).astype(np.intp), true, 0)
    if not classes:
        true = random.normal(size=(samples, 2)).astype(np.float32)
        outputs = true.copy() if perfect else (true + random.normal(0, 0.3, true.shape)).astype(np.float32)
        return Measured(np.square(outputs - true).sum(axis=1), outputs, outputs, true, 0)
    labels = random.integers(0, classes, samples)
    outputs = random.uniform(0, 1, (samples, classes)).astype(np.float32)
    if perfect:
        outputs[np.arange(samples), labels] = 2
    costs, probabilities = 1 - outputs[np.arange(samples), labels], outputs / outputs.sum(axis=1, keepdims=True)
    return Measured(costs, outputs, outputs.argmax(axis=1), labels, classes, probabilities)


def _tasks(metric: Metric) -> list[int]:
    several = [LABELS] if metric.suits(0, multi_label=True) else []
    return [*several, *(classes for classes in (2, 4, 0) if metric.suits(classes))]


def _called(classes: int) -> str:
    return "three labels" if classes == LABELS else f"{classes} classes" if classes else "numbers"


def value(metric: Metric) -> CheckResult:
    """A finite number, or a matrix of counts."""
    seen = []
    for classes in _tasks(metric):
        found = metric.value(_measured(classes))
        if metric.returns == "matrix":
            if np.shape(found) != (classes, classes):
                return failed(f"{classes} classes", f"shape {np.shape(found)}", f"expected {(classes, classes)}")
            continue
        if not math.isfinite(found):
            return failed(f"50 samples, {_called(classes)}", f"it is {found}", "check for a division by 0")
        best = metric.value(_measured(classes, perfect=True))
        seen.append(f"{found:.3g} at random, {best:.3g} when all is right")
    return passed("data with " + " and ".join(map(_called, _tasks(metric))), "; ".join(seen))


def edges(metric: Metric) -> CheckResult:
    """One sample must do."""
    for classes in _tasks(metric):
        metric.value(_measured(classes, samples=1))
    return passed("a single sample")


def leaves_its_arguments(metric: Metric) -> CheckResult:
    """What it measures is not its own; and the same data give the same number."""
    for classes in _tasks(metric):
        measured, kept = _measured(classes), _measured(classes)
        first, second = metric.value(measured), metric.value(measured)
        for name in ("costs", "outputs", "predicted", "true", "probabilities"):
            if not np.array_equal(getattr(measured, name), getattr(kept, name)):
                return failed("arguments before and after", f"{name} changed", "work on a copy")
        if not np.array_equal(first, second, equal_nan=True):
            return failed("the same data twice", f"{first} and {second}", "use no random numbers and no memory")
    return passed("the same data twice, before and after")


def says_its_direction(metric: Metric) -> CheckResult:
    """Whoever stops early, ranks or compares must know which way is better."""
    if metric.returns == "number" and metric.better is None:
        return noted(
            "which way is better",
            "it does not say: early stopping, sweeps and comparisons will ask",
            '@metric(better="low") for errors, "high" for shares that are right',
        )
    return passed("which way is better", metric.better or "a matrix, which has none")


CHECKS = (value, edges, leaves_its_arguments, says_its_direction)
