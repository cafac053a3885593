"""The gradient check: backpropagation against centred differences, the one test a network library cannot do without.

(J(theta + h) - J(theta - h)) / 2h is slow and honest; in float64 it agrees with a right gradient to about 1e-8.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.engine.loss import Loss
from tui_nn.engine.network import Network

Array = np.ndarray[Any, np.dtype[Any]]


def numerical_gradient(
    network: Network,
    x: Array,
    y: Array,
    loss: Loss,
    decay: float = 0.0,
    *,
    weights: Array | None = None,
    chosen: Array | None = None,
    h: float = 1e-5,
) -> Array:
    """Centred differences of J. x (inputs + 1, samples), y (outputs, samples), float64; weights (samples,).

    `chosen` are the indices of the parameters to look at, all of them if it is not given; the result has one
    number for each.
    """
    values = network.parameters.values

    def cost() -> float:
        return loss.value(network.forward(x, training=True), y, weights) + network.penalty(decay)

    indices = np.arange(len(values)) if chosen is None else chosen
    gradient = np.empty(len(indices), values.dtype)
    # Forward passes in training may measure (batch_norm's running mean): what they change is put back.
    kept = values.copy()
    trained = np.ones(len(values), bool)
    for layer, mask in zip(network.layers, network.parameters.views(trained), strict=True):
        if mask is not None and not layer.is_trained:
            mask.fill(False)
    for place, index in enumerate(indices):
        if not trained[index]:
            gradient[place] = 0
            continue
        value = kept[index]
        values[index] = value + h
        above = cost()
        values[index] = value - h
        below = cost()
        values[:] = kept
        gradient[place] = (above - below) / (2 * h)
    return gradient


def relative_error(a: Array, b: Array) -> float:
    """The largest |a - b| / max(|a|, |b|, 1e-3): relative where gradients are large, absolute where they vanish.

    The floor keeps rounding of a gradient that is truly zero from counting as an error of 100 %.
    """
    return float((np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-3)).max())
