"""The gradient check: backpropagation against centred differences, the one test a network library cannot do without.

(J(theta + h) - J(theta - h)) / 2h is slow and honest; in float64 it agrees with a right gradient to about 1e-8.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_nn.engine.loss import Loss
from tui_nn.engine.network import Network, with_ones
from tui_nn.engine.random import stream
from tui_nn.engine.trainer import Trainer

Array = np.ndarray[Any, np.dtype[Any]]

STEPS = (1e-5, 1e-6)
FLOOR = 1e-3  # a derivative smaller than this is compared as if it were this large


def numerical_gradient(
    network: Network,
    x: Array,
    y: Array,
    loss: Loss,
    decay: float = 0.0,
    *,
    absolute: float = 0.0,
    weights: Array | None = None,
    chosen: Array | None = None,
    h: float = 1e-5,
) -> Array:
    """Centred differences of J. x (inputs + 1, samples), y (outputs, samples), float64; weights (samples,).

    decay and absolute are those of `Network.penalty`. `chosen` are the indices of the parameters to look at, all of
    them if it is not given; the result has one number for each.
    """
    cost = objective(network, x, y, loss, weights, decay, absolute)
    below, _, above = _costs(network, cost, np.arange(len(network.parameters)) if chosen is None else chosen, h)
    return (above - below) / (2 * h)


def objective(
    network: Network, x: Array, y: Array, loss: Loss, weights: Array | None, decay: float, absolute: float
) -> Callable[[], float]:
    """J as training sees it, with the parameters that the network has when it is called. As `numerical_gradient`."""

    def cost() -> float:
        costs = network.costs(x, y, loss, training=True)
        return float(np.mean(costs if weights is None else costs * weights)) + network.penalty(decay, absolute)

    return cost


def _costs(network: Network, cost: Callable[[], float], chosen: Array, h: float) -> tuple[Array, float, Array]:
    """J with each chosen parameter h lower; J as it is; J with each h higher. Where nothing is trained, all are J."""
    values = network.parameters.values
    # Forward passes in training may measure (batch_norm's running mean): what they change is put back each time.
    kept = values.copy()
    with network.undisturbed():
        at = cost()
        values[:] = kept
        below, above = (np.full(len(chosen), at, values.dtype) for _ in range(2))
        trained = np.ones(len(values), bool)
        for layer, mask in zip(network.layers, network.parameters.views(trained), strict=True):
            if mask is not None and not layer.is_trained:
                mask.fill(False)
        for place, index in enumerate(chosen):
            if not trained[index]:
                continue
            value = kept[index]
            values[index] = value + h
            above[place] = cost()
            values[index] = value - h
            below[place] = cost()
            values[:] = kept
    return below, at, above


def relative_error(a: Array, b: Array) -> float:
    """The largest |a - b| / max(|a|, |b|, 1e-3): relative where gradients are large, absolute where they vanish.

    The floor keeps rounding of a gradient that is truly zero from counting as an error of 100 %.
    """
    return float(_relative(a, b).max())


@dataclass(frozen=True)
class LayerCheck:
    """What was found in one layer. layer counts from 1; worst is [unit, input], input 0 the bias.

    at_kinks of the checked parameters stand on a kink of J, a ReLU whose z is exactly 0, say: J has no derivative
    there, and backpropagation is right with anything between the slopes on either side (a subgradient).
    """

    layer: int
    kind: str
    parameters: int
    checked: int
    error: float
    worst: tuple[int, int]
    at_kinks: int = 0


def check_layers(trainer: Trainer, samples: int, most: int) -> list[LayerCheck]:
    """Backpropagation against centred differences on a few training samples, in each layer that has a Theta.

    J is what the run minimizes: with class weights, lambda and L1, before any clipping. The network should be float64.
    At most `most` parameters of a layer are looked at, drawn from the stream ("gradcheck", layer).
    """
    network, loss, penalty = trainer.network, trainer.loss, trainer.penalty
    part = trainer.splits.train.head(samples)
    x = with_ones(part.x, network.dtype).T
    y = trainer.targets.encode(part.y, network.dtype).T
    every = trainer.sample_weights()
    weights = None if every is None else every[: len(part)]
    with network.undisturbed():
        network.loss_and_grad(x, y, loss, weights=weights)
        network.parameters.add_decay(penalty.decay, penalty.absolute)
        analytic = network.parameters.gradient.copy()
    cost = objective(network, x, y, loss, weights, penalty.decay, penalty.absolute)
    checks = []
    first = 0
    for index, (layer, shape) in enumerate(zip(network.layers, network.parameters.shapes, strict=True)):
        if shape is None:
            continue
        size = shape[0] * shape[1]
        chosen = first + stream(trainer.seed, "gradcheck", index).permutation(size)[:most]
        errors, kinks = _errors(analytic[chosen], [_costs(network, cost, chosen, h) for h in STEPS])
        worst = int(errors.argmax())
        unit, place = divmod(int(chosen[worst]) - first, shape[1])
        checks.append(LayerCheck(index + 1, layer.name, size, len(chosen), float(errors[worst]), (unit, place), kinks))
        first += size
    return checks


def _errors(analytic: Array, costs: list[tuple[Array, float, Array]]) -> tuple[Array, int]:
    """The relative error of each derivative, and how many of them stand on a kink.

    The better of two h counts: a step across a kink near by spoils the longer one only. On a kink the slopes on the
    two sides differ by as much however short the steps are.
    """
    errors, gaps = [], []
    for h, (below, at, above) in zip(STEPS, costs, strict=True):
        left, right = (at - below) / h, (above - at) / h
        errors.append(_relative(analytic, (above - below) / (2 * h)))
        gaps.append(np.abs(right - left))
    size = np.maximum(np.maximum(np.abs(left), np.abs(right)), FLOOR)
    rounding = 32 * np.finfo(left.dtype).eps * abs(at) / h
    kink = (gaps[1] > 0.5 * gaps[0]) & (gaps[1] > np.maximum(2e-6 * size, rounding))
    between = np.clip(analytic, np.minimum(left, right), np.maximum(left, right))
    return np.where(kink, _relative(analytic, between), np.minimum(*errors)), int(kink.sum())


def _relative(a: Array, b: Array) -> Array:
    errors: Array = np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), FLOOR)
    return errors
