"""The losses of the lecture and their relatives. a and y are (outputs, samples); each gives the cost of every sample.

The mean over the samples, and lambda, are the engine's business: a loss never divides by m.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.plugin import Loss, loss

Array = np.ndarray[Any, np.dtype[Any]]


def _floor(a: Array) -> float:
    """The smallest probability whose logarithm is taken, so a saturated output costs much, but not infinity."""
    return float(np.finfo(a.dtype).tiny)


def _entropy(share: Array) -> float:
    """The cross-entropy of targets with their own mean, which is that of the best constant answer."""
    return float(-(share * np.log(np.maximum(share, _floor(share)))).sum())


def _binary_entropy(share: Array) -> float:
    return _entropy(share) + _entropy(1 - share)


def _one_vs_all_derivative(a: Array, y: Array) -> Array:
    product = np.maximum(a * (1 - a), _floor(a))
    derivative: Array = (a - y) / product
    return derivative


def _one_vs_all_from_scores(z: Array, y: Array) -> Array:
    # -log a = log(1 + e^-z) and -log(1 - a) = log(1 + e^z): their common part, and what the larger has beside it,
    # max(z, 0), written such that the graph finds the right slope at 0 too.
    size = np.abs(z)
    costs: Array = (np.log1p(np.exp(-size)) + (0.5 * (size + z) - y * z)).sum(axis=0)
    return costs


@loss(
    derivative=_one_vs_all_derivative,
    canonical="sigmoid",
    from_scores=_one_vs_all_from_scores,
    output_range=(0.0, 1.0),
    classification_only=True,
    chance=_binary_entropy,
)
def one_vs_all(a: Array, y: Array) -> Array:
    """One-vs-all: the binary cross-entropy of each class against the others, summed over the outputs.

    Formula: sum_k -y_k log a_k - (1 - y_k) log(1 - a_k)
    Reference: the lecture's J(Theta); Rifkin and Klautau (2004)
    """
    # 1 - a would round a small a away; where a is large, log1p would find an infinite cost at a = 1.
    floor = _floor(a)
    no = np.where(a < 0.5, np.log1p(-np.minimum(a, 0.5)), np.log(np.maximum(1 - a, floor)))
    logs = y * np.log(np.maximum(a, floor)) + (1 - y) * no
    costs: Array = -logs.sum(axis=0)
    return costs


@loss(
    derivative=_one_vs_all_derivative,
    canonical="sigmoid",
    from_scores=_one_vs_all_from_scores,
    output_range=(0.0, 1.0),
    classification_only=True,
    chance=_binary_entropy,
    outputs="single",
)
def binary_cross_entropy(a: Array, y: Array) -> Array:
    """Binary cross-entropy: for two classes and one output, the probability of the second.

    Formula: -y log a - (1 - y) log(1 - a)
    Reference: Cox (1958), logistic regression
    """
    costs: Array = one_vs_all.function(a, y)
    return costs


def _softmax_cross_entropy_derivative(a: Array, y: Array) -> Array:
    derivative: Array = -y / np.maximum(a, _floor(a))
    return derivative


def _softmax_cross_entropy_from_scores(z: Array, y: Array) -> Array:
    # log a_k = (z_k - max z) - log sum_j e^(z_j - max z): neither part is above 0, so nothing cancels. The largest z
    # adds 1 to the sum, and is counted apart: log1p keeps the digits of the others, however small they are.
    below = z - z.max(axis=0)
    powers = np.exp(below)
    others = powers * (powers < 1)
    rest = others.sum(axis=0) + ((powers - others).sum(axis=0) - 1)
    costs: Array = (y * (np.log1p(rest) - below)).sum(axis=0)
    return costs


@loss(
    derivative=_softmax_cross_entropy_derivative,
    canonical="softmax",
    from_scores=_softmax_cross_entropy_from_scores,
    output_range=(0.0, 1.0),
    classification_only=True,
    chance=_entropy,
    outputs="per class",
)
def softmax_cross_entropy(a: Array, y: Array) -> Array:
    """Cross-entropy: how little probability softmax gives to the true class.

    Formula: -log a_k for the true class k
    Reference: Bridle (1990)
    """
    costs: Array = -(y * np.log(np.maximum(a, _floor(a)))).sum(axis=0)
    return costs


def _mean_squared_error_derivative(a: Array, y: Array, out: Array | None = None) -> Array:
    return np.subtract(a, y, out=out)


@loss(derivative=_mean_squared_error_derivative, canonical="identity", signed_targets=True)
def mean_squared_error(a: Array, y: Array) -> Array:
    """Squared error, halved and summed over the outputs: the quadratic cost.

    Formula: sum_k (a_k - y_k)^2 / 2
    Reference: Legendre (1805)
    """
    difference = a - y
    costs: Array = 0.5 * (difference * difference).sum(axis=0)
    return costs


def _mean_absolute_error_derivative(a: Array, y: Array) -> Array:
    derivative: Array = np.sign(a - y)
    return derivative


@loss(derivative=_mean_absolute_error_derivative, signed_targets=True)
def mean_absolute_error(a: Array, y: Array) -> Array:
    """Absolute error, summed over the outputs: an outlier counts only by its distance.

    Formula: sum_k |a_k - y_k|
    Reference: Laplace (1774)
    """
    costs: Array = np.abs(a - y).sum(axis=0)
    return costs


def _huber_derivative(a: Array, y: Array, delta: float = 1.0) -> Array:
    derivative: Array = np.clip(a - y, -delta, delta)
    return derivative


@loss(derivative=_huber_derivative, signed_targets=True)
def huber(a: Array, y: Array, delta: float = 1.0) -> Array:
    """Huber's loss: squared near the target, absolute beyond `delta`.

    Formula: sum_k d^2 / 2 where |d| <= delta, else delta (|d| - delta / 2), with d = a_k - y_k
    Reference: Huber (1964)
    """
    distance = np.abs(a - y)
    near = np.minimum(distance, delta)
    # Both branches at once: near^2 / 2 up to delta, and a straight line from there on.
    costs: Array = (0.5 * near * near + delta * (distance - near)).sum(axis=0)
    return costs


def _margins(a: Array, y: Array, margin: float) -> Array:
    """By how much each wrong class comes too close to the true one, otherwise 0; 0 for the true class."""
    true = (a * y).sum(axis=0)
    margins: Array = np.maximum(a - true + margin, 0) * (1 - y)
    return margins


def _hinge_derivative(a: Array, y: Array, margin: float = 1.0) -> Array:
    violated = (_margins(a, y, margin) > 0).astype(a.dtype)
    derivative: Array = violated - y * violated.sum(axis=0)
    return derivative


@loss(derivative=_hinge_derivative, classification_only=True, outputs="per class")
def hinge(a: Array, y: Array, margin: float = 1.0) -> Array:
    """Multiclass hinge: the score of the true class should beat every other one by `margin`.

    Formula: sum over j != k of max(0, a_j - a_k + margin), with k the true class
    Reference: Weston and Watkins (1999)
    """
    costs: Array = _margins(a, y, margin).sum(axis=0)
    return costs


LOSSES: list[Loss] = [
    one_vs_all,
    binary_cross_entropy,
    softmax_cross_entropy,
    mean_squared_error,
    mean_absolute_error,
    huber,
    hinge,
]
