"""The gradient with respect to the input, and pictures that follow it: towards a class, or to another answer.

The score of a class is -J of the sample if that were its class. For softmax with cross-entropy, and for one against
all, the difference of two scores is that of the two z; any other loss has its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tui_nn.engine.network import Network, with_ones
from tui_nn.model.moving import reach_of
from tui_nn.model.net import Net

Array = np.ndarray[Any, np.dtype[Any]]

STEP = 0.02  # of the data's range: the L2 length of a step
MOST = 1000  # steps


class InputGradients:
    """dJ/dx of rows as the network answers them: nothing is dropped at random, nothing depends on the other rows."""

    def __init__(self, net: Net) -> None:
        self.net = net
        layers = [replace(layer, **layer.off) if layer.is_random else layer for layer in net.layers]  # type: ignore[type-var]
        self._network = Network(net.preparation.inputs, layers, net.parameters.dtype)
        self._network.parameters.values[...] = net.parameters

    def at(self, rows: Array, labels: Array) -> Array:
        """dJ/dx (m, n) of each row (m, n), in the data's own units, were its class that of `labels` (m,)."""
        network, head = self._network, self.net.head
        x = with_ones(self.net.part(rows).x, network.dtype)
        y = head.targets.encode(labels, network.dtype)
        weights = None
        if network.mixes_samples:
            # Such layers take the batch's mean off what flows back, as in training. With each row once more, counted
            # negatively, that mean is 0: what is left is the derivative of the answer.
            x, y = np.concatenate([x, x]), np.concatenate([y, y])
            weights = np.repeat(np.array([1, -1], network.dtype), len(rows))
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            network.backpropagate(x.T, y.T, head.cost, 1, weights, to_inputs=True, training=False)
            found: Array = network.workspace(len(x)).slots[0].input_gradient[:, : len(rows)].T.copy()
        factor = self.net.preparation.factor
        return found if factor is None else found * factor

    def labels(self, rows: Array) -> Array:
        """The class of each row, as `predict` says."""
        labels = self.net.predict(rows).labels
        assert labels is not None
        return labels


@dataclass(frozen=True)
class Ascent:
    """A picture changed along the gradient. norm: the L2 length of the change, in the data's units.

    is_found: whether the answer is now another one (for a target, that one). norm_before, answer_before: at the step
    before, where it was not yet so.
    """

    row: Array
    steps: int
    norm: float
    answer: int
    is_found: bool = False
    norm_before: float = 0.0
    answer_before: int = 0


def ascended(net: Net, row: Array, label: int, steps: int) -> Ascent:
    """So many steps, STEP of the range long, along the gradient of the score of a class, within the data's range."""
    gradients, now = InputGradients(net), row[None].astype(np.float64)
    for _ in range(steps):
        now = _stepped(net, now, -gradients.at(now, np.array([label])))
    return Ascent(now[0], steps, float(np.linalg.norm(now[0] - row)), int(gradients.labels(now)[0]))


def fooled(net: Net, row: Array, target: int | None = None, most: int = MOST) -> Ascent:
    """The first picture with another answer (that of `target`, if one is named) on the way along the gradient.

    Normalized steps, STEP of the range long, along the gradient of (score of the target - score of the answer there);
    without a target, towards every other class side by side, and the shortest change counts. It is an upper bound of
    the smallest change, not the smallest.
    """
    gradients, start = InputGradients(net), row[None].astype(np.float64)
    answer = int(gradients.labels(start)[0])
    classes = range(len(net.head.classes)) if target is None else (target,)
    others = np.array([label for label in classes if label != answer])
    if not len(others):
        return Ascent(row, 0, 0.0, answer)
    now = start.repeat(len(others), axis=0)
    labels = np.full(len(others), answer)
    for step in range(1, most + 1):
        before, labels_before = now, labels
        uphill = gradients.at(before, labels) - gradients.at(before, others)
        now = _stepped(net, before, uphill)
        labels = gradients.labels(now)
        done = np.flatnonzero(labels == others if target is not None else labels != answer)
        lengths = np.linalg.norm(now - start, axis=1)
        if len(done):
            best = done[lengths[done].argmin()]
            short = float(np.linalg.norm(before[best] - row))
            return Ascent(
                now[best], step, float(lengths[best]), int(labels[best]), True, short, int(labels_before[best])
            )
        if (now == before).all():
            break
    best = int(lengths.argmax())
    return Ascent(now[best], step, float(lengths[best]), int(labels[best]))


def _stepped(net: Net, rows: Array, uphill: Array) -> Array:
    length = np.linalg.norm(np.nan_to_num(uphill), axis=1, keepdims=True)
    direction = np.nan_to_num(uphill) / np.where(length > 0, length, 1)
    low, high = ends_of(net)
    return np.clip(rows + STEP * reach_of(net.preparation) * direction, np.minimum(low, rows), np.maximum(high, rows))


def ends_of(net: Net) -> tuple[float, float]:
    """The smallest and the largest value of the training part: without ink, and with."""
    preparation = net.preparation
    if preparation.low is None or preparation.high is None:
        return 0.0, 1.0
    return float(preparation.low.min()), float(preparation.high.max())
