"""Metrics: what a person reads beside the loss.

A class that nothing was predicted as, or that has no samples, counts with precision or recall 0, as scikit-learn
counts it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.plugin import Metric, metric

Array = np.ndarray[Any, np.dtype[Any]]


@metric(of="costs", task="any", better="low")
def loss(costs: Array) -> float:
    """The mean cost of a sample, without the penalty of lambda.

    Formula: sum of costs / m
    """
    return float(np.mean(costs, dtype=np.float64))


@metric(better="high")
def accuracy(predicted: Array, true: Array) -> float:
    """The share of samples classified correctly.

    Formula: right / m
    """
    return float(np.mean(predicted == true))


@metric(of="outputs", better="high")
def top_3(outputs: Array, true: Array) -> float:
    """The share of samples whose class is among the three largest outputs.

    Formula: (true class in the 3 largest outputs) / m
    """
    if outputs.shape[1] <= 3:  # a single output, or so few that everything is among them
        return 1.0
    largest = np.argpartition(outputs, -3, axis=1)[:, -3:]
    return float(np.mean((largest == true[:, None]).any(axis=1)))


@metric(returns="matrix")
def confusion(predicted: Array, true: Array, classes: int) -> Array:
    """Counts of samples by true class (rows) and predicted class (columns).

    Formula: C[i, j] = number of samples of class i predicted as j
    """
    return np.bincount(true * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def _ratio(part: Array, whole: Array) -> Array:
    ratio: Array = part / np.maximum(whole, 1)
    return ratio


def _present(counts: Array) -> Array:
    """Classes that were predicted or are true: scikit-learn averages over these."""
    present: Array = (counts.sum(axis=0) + counts.sum(axis=1)) > 0
    return present


def _counts(predicted: Array, true: Array, classes: int) -> tuple[Array, Array, Array, Array]:
    """Right ones, predicted ones and true ones of each class, and which classes occur."""
    counts: Array = confusion.function(predicted, true, classes)
    return np.diag(counts), counts.sum(axis=0), counts.sum(axis=1), _present(counts)


@metric(better="high")
def precision(predicted: Array, true: Array, classes: int) -> float:
    """Of the samples predicted as a class, the share that belongs to it; the mean over classes (macro).

    Formula: mean over k of TP_k / (TP_k + FP_k)
    """
    right, taken, _, present = _counts(predicted, true, classes)
    return float(_ratio(right, taken)[present].mean())


@metric(better="high")
def recall(predicted: Array, true: Array, classes: int) -> float:
    """Of the samples of a class, the share predicted as it; the mean over classes (macro).

    Formula: mean over k of TP_k / (TP_k + FN_k)
    """
    right, _, own, present = _counts(predicted, true, classes)
    return float(_ratio(right, own)[present].mean())


@metric(better="high")
def f1(predicted: Array, true: Array, classes: int) -> float:
    """The harmonic mean of precision and recall of a class; the mean over classes (macro).

    Formula: mean over k of 2 TP_k / (2 TP_k + FP_k + FN_k)
    """
    right, taken, own, present = _counts(predicted, true, classes)
    return float(_ratio(2 * right, taken + own)[present].mean())


def _distance(a: Array, b: Array) -> Array:
    """a - b in float64: squares of float32 leave its range, and a long sum of them its digits."""
    distance: Array = np.subtract(a, b, dtype=np.float64)
    return distance


@metric(task="regression", better="low")
def rmse(predicted: Array, true: Array) -> float:
    """Root mean squared error, in the units of the target.

    Formula: sqrt(mean (a - y)^2)
    """
    return float(np.sqrt(np.mean(np.square(_distance(predicted, true)))))


@metric(task="regression", better="high")
def r2(predicted: Array, true: Array) -> float:
    """The share of the targets' variance that is explained: 1 is perfect, 0 no better than their mean.

    Targets that are all the same have no variance: it is not a number then.

    Formula: 1 - sum (a - y)^2 / sum (y - mean y)^2
    """
    rest = float(np.square(_distance(predicted, true)).sum())
    total = float(np.square(_distance(true, true.mean(axis=0, dtype=np.float64))).sum())
    return 1 - rest / total if total else float("nan")


METRICS: list[Metric] = [loss, accuracy, top_3, confusion, precision, recall, f1, rmse, r2]
