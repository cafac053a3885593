"""Metrics: what a person reads beside the loss."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.plugin import Metric, metric

Array = np.ndarray[Any, np.dtype[Any]]


@metric
def accuracy(predicted: Array, true: Array) -> float:
    """The share of samples whose class is right."""
    return float(np.mean(predicted == true))


@metric(task="regression")
def rmse(predicted: Array, true: Array) -> float:
    """Root mean squared error, in the units of the target."""
    return float(np.sqrt(np.mean(np.square(predicted - true))))


@metric(task="regression")
def r2(predicted: Array, true: Array) -> float:
    """The share of the targets' variance that is explained: 1 is perfect, 0 no better than their mean."""
    rest = float(np.square(predicted - true).sum())
    total = float(np.square(true - true.mean(axis=0)).sum())
    return 1 - rest / total if total else float("nan")


METRICS: list[Metric] = [accuracy, rmse, r2]
