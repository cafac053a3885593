"""The losses of the lecture. a and y are (outputs, samples); each gives the cost of every sample.

The mean over the samples, and lambda, are the engine's business: a loss never divides by m.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.plugin import Loss, loss

Array = np.ndarray[Any, np.dtype[Any]]


def _floor(a: Array) -> float:
    """The smallest probability whose logarithm is taken: a saturated output costs much, but not infinity."""
    return float(np.finfo(a.dtype).tiny)


def _one_vs_all_derivative(a: Array, y: Array) -> Array:
    product = np.maximum(a * (1 - a), _floor(a))
    derivative: Array = (a - y) / product
    return derivative


@loss(
    derivative=_one_vs_all_derivative,
    canonical="sigmoid",
    output_range=(0.0, 1.0),
    classification_only=True,
)
def one_vs_all(a: Array, y: Array) -> Array:
    """One-vs-all: the binary cross-entropy -y log a - (1 - y) log(1 - a), summed over the outputs."""
    floor = _floor(a)
    logs = y * np.log(np.maximum(a, floor)) + (1 - y) * np.log(np.maximum(1 - a, floor))
    costs: Array = -logs.sum(axis=0)
    return costs


def _softmax_cross_entropy_derivative(a: Array, y: Array) -> Array:
    derivative: Array = -y / np.maximum(a, _floor(a))
    return derivative


@loss(
    derivative=_softmax_cross_entropy_derivative,
    canonical="softmax",
    output_range=(0.0, 1.0),
    classification_only=True,
)
def softmax_cross_entropy(a: Array, y: Array) -> Array:
    """Cross-entropy: -log of the probability that softmax gives to the true class."""
    costs: Array = -(y * np.log(np.maximum(a, _floor(a)))).sum(axis=0)
    return costs


def _mean_squared_error_derivative(a: Array, y: Array) -> Array:
    return a - y


@loss(derivative=_mean_squared_error_derivative, canonical="identity", signed_targets=True)
def mean_squared_error(a: Array, y: Array) -> Array:
    """Squared error: half of (a - y)^2, summed over the outputs (the quadratic cost)."""
    difference = a - y
    costs: Array = 0.5 * (difference * difference).sum(axis=0)
    return costs


LOSSES: list[Loss] = [one_vs_all, softmax_cross_entropy, mean_squared_error]
