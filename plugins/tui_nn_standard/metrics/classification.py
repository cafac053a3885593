"""Metrics of classes: predictions beside true values.

A class that is never predicted, or has no samples, counts with precision or recall 0, as in scikit-learn.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tui_nn.plugin import Metric, metric

Array = np.ndarray[Any, np.dtype[Any]]


@metric(better="high")
def accuracy(predicted: Array, true: Array) -> float:
    """The share of samples classified correctly.

    Formula: right / m
    """
    return float(np.mean(predicted == true))


@metric(of="outputs", better="high")
def top_3(outputs: Array, true: Array) -> float:
    """The share of samples whose class has one of the three largest outputs.

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
    """The classes that were predicted or are true, over which scikit-learn averages."""
    present: Array = (counts.sum(axis=0) + counts.sum(axis=1)) > 0
    return present


def _counts(predicted: Array, true: Array, classes: int) -> tuple[Array, Array, Array, Array]:
    """The right, predicted and true samples of each class, and which classes occur."""
    counts: Array = confusion.function(predicted, true, classes)
    return np.diag(counts), counts.sum(axis=0), counts.sum(axis=1), _present(counts)


@metric(better="high")
def precision(predicted: Array, true: Array, classes: int) -> float:
    """The share of the samples predicted as a class that belong to it; the mean over classes (macro).

    Formula: mean over k of TP_k / (TP_k + FP_k)
    """
    right, taken, _, present = _counts(predicted, true, classes)
    return float(_ratio(right, taken)[present].mean())


@metric(better="high")
def recall(predicted: Array, true: Array, classes: int) -> float:
    """The share of the samples of a class that are predicted as it; the mean over classes (macro).

    Formula: mean over k of TP_k / (TP_k + FN_k)
    """
    right, _, own, present = _counts(predicted, true, classes)
    return float(_ratio(right, own)[present].mean())


@metric(better="high")
def f1(predicted: Array, true: Array, classes: int) -> float:
    """The harmonic mean of precision and recall for each class; the mean over classes (macro).

    Formula: mean over k of 2 TP_k / (2 TP_k + FP_k + FN_k)
    """
    right, taken, own, present = _counts(predicted, true, classes)
    return float(_ratio(2 * right, taken + own)[present].mean())


@metric(better="high")
def balanced_accuracy(predicted: Array, true: Array, classes: int) -> float:
    """The share of a class that is predicted right; the mean over the classes that have samples.

    Formula: mean over k with samples of TP_k / (TP_k + FN_k)
    """
    right, _, own, _ = _counts(predicted, true, classes)
    return float(_ratio(right, own)[own > 0].mean())


@metric(better="high")
def mcc(predicted: Array, true: Array, classes: int) -> float:
    """Matthews' correlation of predicted and true classes: 1 is perfect, 0 no better than chance, or a single class.

    Formula: (m sum_k TP_k - sum_k p_k t_k) / sqrt((m^2 - sum_k p_k^2) (m^2 - sum_k t_k^2)), p_k, t_k of class k
    Reference: Matthews (1975); Gorodkin (2004) for several classes
    """
    right, taken, own, _ = (counts.tolist() for counts in _counts(predicted, true, classes))
    samples = len(true)
    # Whole numbers of any size: products of counts leave 64 bits.
    together = samples * sum(right) - sum(p * t for p, t in zip(taken, own, strict=True))
    spreads = (samples**2 - sum(p * p for p in taken)) * (samples**2 - sum(t * t for t in own))
    return together / math.sqrt(spreads) if spreads else 0.0


@metric(task="binary", better="high")
def f1_binary(predicted: Array, true: Array) -> float:
    """The harmonic mean of precision and recall for the second of two classes; 0 if that class does not occur.

    Formula: 2 TP / (2 TP + FP + FN)
    """
    right = int(np.sum((predicted == 1) & (true == 1)))
    return 2 * right / max(int(np.sum(predicted == 1)) + int(np.sum(true == 1)), 1)


LABELS: list[Metric] = [
    accuracy,
    top_3,
    confusion,
    precision,
    recall,
    f1,
    balanced_accuracy,
    mcc,
    f1_binary,
]
