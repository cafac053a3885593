"""Metrics of numbers, in the units of the targets. They are means over target columns: each counts the same."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.plugin import Metric, metric

Array = np.ndarray[Any, np.dtype[Any]]


def _distance(a: Array, b: Array) -> Array:
    """a - b in float64: squares of float32 leave its range, and a long sum of them its digits."""
    distance: Array = np.subtract(a, b, dtype=np.float64)
    return distance


@metric(task="regression", better="low")
def mae(predicted: Array, true: Array) -> float:
    """Mean absolute error in the units of the target; the mean over target columns.

    Formula: mean |a - y|
    """
    return float(np.abs(_distance(predicted, true)).mean())


@metric(task="regression", better="low")
def rmse(predicted: Array, true: Array) -> float:
    """Root mean squared error in the units of the target; the mean over target columns.

    Formula: sqrt(mean (a - y)^2)
    """
    return float(np.sqrt(np.square(_distance(predicted, true)).mean(axis=0)).mean())


@metric(task="regression", better="high")
def r2(predicted: Array, true: Array) -> float:
    """The explained share of the targets' variance: 1 is perfect, 0 no better than their mean.

    It is the mean over target columns. A column whose targets are all the same has no variance and is left out; if none
    is left, the result is NaN.

    Formula: 1 - sum (a - y)^2 / sum (y - mean y)^2
    """
    rest = np.square(_distance(predicted, true)).sum(axis=0)
    total = np.square(_distance(true, true.mean(axis=0, dtype=np.float64))).sum(axis=0)
    varies = (true != true[0]).any(axis=0)
    if not varies.any():
        return float("nan")
    return float((1 - rest[varies] / total[varies]).mean())


NUMBERS: list[Metric] = [mae, rmse, r2]
