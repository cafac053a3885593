"""Metrics, which people read beside the loss. docs/conventions.md says how each treats missing classes."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.plugin import Metric, metric
from tui_nn_standard.metrics.classification import LABELS
from tui_nn_standard.metrics.probabilities import PROBABILITIES
from tui_nn_standard.metrics.regression import NUMBERS
from tui_nn_standard.metrics.several import SEVERAL

Array = np.ndarray[Any, np.dtype[Any]]


@metric(of="costs", task="any", better="low")
def loss(costs: Array) -> float:
    """The mean cost of a sample, without the penalty of lambda.

    Formula: sum of costs / m
    """
    return float(np.mean(costs, dtype=np.float64))


METRICS: list[Metric] = [loss, *LABELS, *PROBABILITIES, *SEVERAL, *NUMBERS]
