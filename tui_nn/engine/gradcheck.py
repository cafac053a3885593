"""The gradient check: backpropagation against centred differences, the one test a network library cannot do without.

(J(theta + h) - J(theta - h)) / 2h is slow and honest; in float64 it agrees with a right gradient to about 1e-8.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_nn.engine.loss import Loss
from tui_nn.engine.network import Network, with_ones
from tui_nn.engine.random import stream
from tui_nn.engine.trainer import Trainer

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
    return float(_relative(a, b).max())


@dataclass(frozen=True)
class LayerCheck:
    """What was found in one layer. layer counts from 1; worst is [unit, input], input 0 the bias."""

    layer: int
    kind: str
    parameters: int
    checked: int
    error: float
    worst: tuple[int, int]


def check_layers(trainer: Trainer, samples: int, most: int) -> list[LayerCheck]:
    """Backpropagation against centred differences on a few training samples, in each layer that has a Theta.

    The network should be float64. At most `most` parameters of a layer are looked at, drawn from the stream
    ("gradcheck", layer).
    """
    network, loss, decay = trainer.network, trainer.loss, trainer.penalty.decay
    part = trainer.splits.train.head(samples)
    x = with_ones(part.x, network.dtype).T
    y = trainer.targets.encode(part.y, network.dtype).T
    analytic = network.loss_and_grad(x, y, loss, decay)[1].copy()
    checks = []
    first = 0
    for index, (layer, shape) in enumerate(zip(network.layers, network.parameters.shapes, strict=True)):
        if shape is None:
            continue
        size = shape[0] * shape[1]
        chosen = first + stream(trainer.seed, "gradcheck", index).permutation(size)[:most]
        errors = np.minimum(
            *(
                _relative(analytic[chosen], numerical_gradient(network, x, y, loss, decay, chosen=chosen, h=h))
                for h in (1e-5, 1e-6)
            )
        )
        worst = int(errors.argmax())
        unit, place = divmod(int(chosen[worst]) - first, shape[1])
        checks.append(LayerCheck(index + 1, layer.name, size, len(chosen), float(errors[worst]), (unit, place)))
        first += size
    return checks


def _relative(a: Array, b: Array) -> Array:
    errors: Array = np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-3)
    return errors
