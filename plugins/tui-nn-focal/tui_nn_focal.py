"""Focal loss: cross-entropy that gives less weight to samples that are already right, for very unequal classes."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.plugin import ExperimentError, Loss, hookimpl, loss, sigmoid, softplus

Array = np.ndarray[Any, np.dtype[Any]]

__version__ = "0.1.0"


def _sides(a: Array) -> tuple[Array, Array]:
    """The probabilities of yes and no, neither so small that its logarithm is infinite."""
    floor = float(np.finfo(a.dtype).tiny)
    return np.maximum(a, floor), np.maximum(1 - a, floor)


def _focal_derivative(a: Array, y: Array, gamma: float = 2.0, alpha: float = 0.25) -> Array:
    yes, no = _sides(a)
    if_yes = gamma * no ** (gamma - 1) * np.log(yes) - no**gamma / yes
    if_no = yes**gamma / no - gamma * yes ** (gamma - 1) * np.log(no)
    derivative: Array = alpha * y * if_yes + (1 - alpha) * (1 - y) * if_no
    return derivative


def _check(gamma: float, alpha: float) -> None:
    if gamma < 0:
        raise ExperimentError(f"loss 'focal': gamma is {gamma}; expected 0 or more.", "training.loss.gamma")
    if not 0 <= alpha <= 1:
        raise ExperimentError(f"loss 'focal': alpha is {alpha}; expected 0 to 1.", "training.loss.alpha")


def _focal_from_scores(z: Array, y: Array, gamma: float = 2.0, alpha: float = 0.25) -> Array:
    # log a = -softplus(-z) and 1 - a = sigmoid(-z): nothing rounds to 1, as a does in float32 above z = 17.
    _check(gamma, alpha)
    floor = float(np.finfo(y.dtype).tiny)  # 0 has no slope under a gamma below 1
    if_yes = np.maximum(sigmoid(-z), floor) ** gamma * softplus(-z)
    if_no = np.maximum(sigmoid(z), floor) ** gamma * softplus(z)
    costs: Array = (alpha * y * if_yes + (1 - alpha) * (1 - y) * if_no).sum(axis=0)
    return costs


@loss(
    derivative=_focal_derivative,
    from_scores=_focal_from_scores,
    link="sigmoid",
    output_range=(0.0, 1.0),
    classification_only=True,
)
def focal(a: Array, y: Array, gamma: float = 2.0, alpha: float = 0.25) -> Array:
    """Focal loss: the more certain a right answer, the less it counts; alpha weighs yes against no.

    With gamma 0 and alpha 0.5 it is half of `one_vs_all`.

    Formula: sum_k -alpha y_k (1 - a_k)^gamma log a_k - (1 - alpha) (1 - y_k) a_k^gamma log(1 - a_k)
    Reference: Lin et al. (2017), Focal Loss for Dense Object Detection
    """
    _check(gamma, alpha)
    yes, no = _sides(a)
    costs: Array = -(alpha * y * no**gamma * np.log(yes) + (1 - alpha) * (1 - y) * yes**gamma * np.log(no)).sum(axis=0)
    return costs


@hookimpl
def tui_nn_losses() -> list[Loss]:
    return [focal]
