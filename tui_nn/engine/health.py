"""The health of each layer: how its activations and gradients are spread, which units are dead or saturated, and how
far a step moves its weights.

A net that does not learn shows it here first, layer by layer. What is looked at is a fixed small sample of the
training part, at epochs that depend on nothing but the experiment, and training never feels it: every number that
the look changes is put back.

Reference: Glorot and Bengio (2010); LeCun et al. (1998), Efficient BackProp
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tui_nn.engine.activation import Activation
from tui_nn.engine.data import Part, spread_rows
from tui_nn.engine.events import Histogram, LayerHealth
from tui_nn.engine.layer import IDENTITY
from tui_nn.engine.loss import Loss
from tui_nn.engine.network import Network, with_ones
from tui_nn.engine.optimizer import Minimizer, Optimizer, State
from tui_nn.engine.penalty import Penalty
from tui_nn.engine.targets import Targets

Array = np.ndarray[Any, np.dtype[Any]]

SAMPLES = 256  # training samples that are looked at, spread evenly over the part
BINS = 32  # of a histogram: what a terminal can show, and little on disk
ENTRIES = 8192  # numbers that a histogram counts, at most
MOST_LOOKS = 100  # in a run, besides those of epochs 1, 2, 4, 8, ...
SHARE = 0.02  # of the time of training that looking may take
# Saturated: within 2.5 % of the range from either end. There the slope of sigmoid and tanh is below a tenth of its
# largest value: sigmoid' = a (1 - a) = 0.024 of 0.25, tanh' = 1 - a^2 = 0.0975 of 1.
EDGE = 0.025


def look_every(samples: int, batches: int, parameters: int, epochs: int) -> int:
    """Epochs between two looks, so that they take about 2 % of the time: 1 for MNIST, more for tiny nets.

    The estimate must be the same on every machine, for two runs of one experiment have the same events. It takes
    6 operations a parameter and sample at 20 Gflop/s, 25 us for a step and 1.5 ms for a look.
    """
    pass_of_one = 6 * parameters / 20e9
    epoch = batches * 25e-6 + samples * pass_of_one
    look = 1.5e-3 + 2.5 * min(samples, SAMPLES) * pass_of_one
    return max(1, math.ceil(look / (SHARE * epoch)), math.ceil(epochs / MOST_LOOKS))


class HealthCheck:
    """Looks at a network between two steps.

    `batch` is the size of a training batch: the update ratio is measured on as many samples, for the noise of small
    batches is part of it. weights: (m,), how much each sample of the part counts.
    """

    def __init__(
        self,
        network: Network,
        loss: Loss,
        penalty: Penalty,
        part: Part,
        targets: Targets,
        batch: int,
        weights: Array | None = None,
    ) -> None:
        self._network, self._loss, self._penalty = network, loss, penalty
        rows = spread_rows(len(part), SAMPLES)
        x = np.empty((len(rows), part.source.shape[1]), network.dtype)
        part.read(rows, x)
        self._x = with_ones(x, network.dtype).T
        self._y = targets.encode(part.y[rows], network.dtype).T
        self._weights = None if weights is None else weights[rows]
        self._batch = spread_rows(len(rows), batch)

    def look(self, optimizer: Optimizer, state: State, rate: float, step: int) -> tuple[LayerHealth, ...]:
        """The health of every layer. `step` is the next one; `rate` and `state` are what it would be taken with."""
        network = self._network
        with network.undisturbed(), np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            network.step = step
            return self._look(optimizer, state, rate, step)

    def _look(self, optimizer: Optimizer, state: State, rate: float, step: int) -> tuple[LayerHealth, ...]:
        network, parameters = self._network, self._network.parameters
        network.forward(self._x)
        slots = network.workspace(self._x.shape[1]).slots
        outputs = [
            (_histogram(slot.a), *_idle(layer.activation, slot.a))
            for layer, slot in zip(network.layers, slots, strict=True)
        ]
        twins = _twins(parameters.thetas, network.sizes[1:])
        self._backpropagate(np.arange(self._x.shape[1]))
        slopes = [None if one is None else _slopes(one) for one in parameters.gradients]
        moves = self._moves(optimizer, state, rate, step)
        return tuple(
            LayerHealth(
                activations=activations,
                dead=dead,
                saturated=saturated,
                twins=same,
                gradients=slope[0] if slope else None,
                gradient=slope[1] if slope else None,
                bias_gradient=slope[2] if slope else None,
                norm=norm,
                update=update,
            )
            for (activations, dead, saturated), same, slope, (norm, update) in zip(
                outputs, twins, slopes, moves, strict=True
            )
        )

    def _backpropagate(self, rows: Array) -> None:
        weights = None if self._weights is None else self._weights[rows]
        self._network.backpropagate(self._x[:, rows], self._y[:, rows], self._loss, len(rows), weights)

    def _moves(
        self, optimizer: Optimizer, state: State, rate: float, step: int
    ) -> list[tuple[float | None, float | None]]:
        """|W| of each layer, the bias left out, and |change of W| / |W| of the step that would come next."""
        parameters = self._network.parameters
        moved = parameters.values.copy()
        before = parameters.views(moved.copy())
        if not isinstance(optimizer, Minimizer):
            self._backpropagate(self._batch)
            self._penalty.apply(parameters)
            moved = parameters.values.copy()  # a forward pass in training may have moved running means
            before = parameters.views(moved.copy())
            copies = {name: array.copy() for name, array in state.items()}
            parameters.holding(optimizer.update)(moved, parameters.gradient, copies, rate, step)
        found: list[tuple[float | None, float | None]] = []
        for old, new in zip(before, parameters.views(moved), strict=True):
            if old is None or new is None:
                found.append((None, None))
                continue
            norm = _length(old[:, 1:])
            update = None if isinstance(optimizer, Minimizer) or not norm else _length(new[:, 1:] - old[:, 1:]) / norm
            found.append((_number(norm), _number(update)))
        return found


def _histogram(values: Array) -> Histogram:
    flat = values.ravel()
    flat = flat[spread_rows(flat.size, ENTRIES)]
    finite = flat[np.isfinite(flat)].astype(np.float64)
    if not finite.size:
        return Histogram(0.0, 0.0, (), flat.size)
    low, high = float(finite.min()), float(finite.max())
    # Counting by hand: np.histogram searches its edges again, which costs more than the rest of a look.
    scale = BINS / (high - low) if high > low else 0.0
    bins = np.minimum(((finite - low) * scale).astype(np.intp), BINS - 1)
    counts = np.bincount(bins, minlength=BINS)
    return Histogram(_short(low), _short(high), tuple(counts.tolist()), flat.size - finite.size)


def _idle(activation: Activation, a: Array) -> tuple[float | None, float | None]:
    """(share of dead units, share of saturated outputs); None for an activation that has no such state.

    Dead: 0 for every sample, as a ReLU is whose z is never positive. Saturated: near either end of a bounded range.
    """
    low, high = activation.range
    if activation.name == IDENTITY.name or activation.jacobian_product is not None or not activation.trainable:
        return None, None
    if not (math.isfinite(low) and math.isfinite(high)):
        return _short(float(np.mean(~a.any(axis=1)))), None
    edge = EDGE * (high - low)
    return None, _short(float(np.mean((a < low + edge) | (a > high - edge))))


def _slopes(gradient: Array) -> tuple[Histogram, float | None, float | None]:
    """The gradient of one Theta: its histogram, the mean of its absolute values, and the length of its bias column."""
    return _histogram(gradient), _number(float(np.abs(gradient).mean())), _number(_length(gradient[:, 0]))


def _twins(thetas: Sequence[Array | None], units: Sequence[int]) -> list[int]:
    """For each layer, how many of its units have the same weights in and out as another: they stay the same."""
    found = []
    for index, (theta, size) in enumerate(zip(thetas, units, strict=True)):
        if theta is None or len(theta) != size:
            found.append(0)
            continue
        out = next((one for one in thetas[index + 1 :] if one is not None and one.shape[1] == size + 1), None)
        columns = np.ascontiguousarray(out[:, 1:].T) if out is not None else np.zeros((size, 0))
        seen: dict[bytes, int] = {}
        for row, column in zip(theta, columns, strict=True):
            key = row.tobytes() + column.tobytes()
            seen[key] = seen.get(key, 0) + 1
        found.append(sum(count for count in seen.values() if count > 1))
    return found


def _length(values: Array) -> float:
    flat = values.ravel().astype(np.float64)
    return float(np.sqrt(np.dot(flat, flat)))


def _number(value: float | None) -> float | None:
    return _short(value) if value is not None and math.isfinite(value) else None


def _short(value: float) -> float:
    """Five digits: more would be noise, and fill the log."""
    return float(f"{value:.5g}")
