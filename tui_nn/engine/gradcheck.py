"""The gradient check: backpropagation against centred differences, the one test a network library cannot do without.

(J(theta + h) - J(theta - h)) / 2h is slow and honest; in float64 it agrees with a right gradient to about 1e-8.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.engine.loss import Loss
from tui_nn.engine.network import Network

Array = np.ndarray[Any, np.dtype[Any]]


def numerical_gradient(network: Network, x: Array, y: Array, loss: Loss, decay: float = 0.0, h: float = 1e-5) -> Array:
    """Centred differences of J for every parameter. x (inputs + 1, samples), y (outputs, samples), float64."""
    values = network.parameters.values

    def cost() -> float:
        return loss.value(network.forward(x, training=True), y) + network.penalty(decay)

    gradient = np.empty_like(values)
    for index, value in enumerate(values.copy()):
        values[index] = value + h
        above = cost()
        values[index] = value - h
        below = cost()
        values[index] = value
        gradient[index] = (above - below) / (2 * h)
    return gradient


def relative_error(a: Array, b: Array) -> float:
    """The largest |a - b| / max(|a|, |b|, 1e-3): relative where gradients are large, absolute where they vanish.

    The floor keeps rounding of a gradient that is truly zero from counting as an error of 100 %.
    """
    return float((np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-3)).max())
