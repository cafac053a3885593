"""Agreement beyond chance: `kappa` and `matthews` stay near 0 if accuracy is high only because one class is common."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.plugin import Metric, hookimpl, metric

Array = np.ndarray[Any, np.dtype[Any]]

__version__ = "0.1.0"


def _shares(predicted: Array, true: Array, classes: int) -> tuple[float, Array, Array]:
    """The share of right answers, and the predicted and true shares of each class."""
    as_predicted = np.bincount(predicted, minlength=classes) / len(true)
    as_true = np.bincount(true, minlength=classes) / len(true)
    return float(np.mean(predicted == true)), as_predicted, as_true


@metric(better="high")
def kappa(predicted: Array, true: Array, classes: int) -> float:
    """Cohen's kappa: the share reached of the agreement beyond chance; 1 is perfect, 0 is chance.

    With a single class among predictions and answers, nothing is beyond chance, and it is 0.

    Formula: (p - e) / (1 - e), p the share that is right, e = sum_k predicted_k true_k
    Reference: Cohen (1960)
    """
    right, as_predicted, as_true = _shares(predicted, true, classes)
    chance = float(as_predicted @ as_true)
    return (right - chance) / (1 - chance) if chance < 1 else 0.0


@metric(better="high")
def matthews(predicted: Array, true: Array, classes: int) -> float:
    """Matthews' correlation of predicted and true classes, for any number of them: 1, 0 for chance, down to -1.

    If either has a single class, there is no correlation, and it is 0.

    Formula: (p - e) / sqrt((1 - sum_k predicted_k^2) (1 - sum_k true_k^2)), p and e as in kappa
    Reference: Matthews (1975); Gorodkin (2004) for many classes
    """
    right, as_predicted, as_true = _shares(predicted, true, classes)
    spread = (1 - float(as_predicted @ as_predicted)) * (1 - float(as_true @ as_true))
    return (right - float(as_predicted @ as_true)) / float(np.sqrt(spread)) if spread > 0 else 0.0


@hookimpl
def tui_nn_metrics() -> list[Metric]:
    return [kappa, matthews]
