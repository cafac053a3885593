"""A training run so small that every check can afford it: two clouds that anything that learns tells apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from tui_nn.engine.data import Part
from tui_nn.engine.initializer import Initializer
from tui_nn.engine.layer import Layer
from tui_nn.engine.loss import Loss
from tui_nn.engine.network import Network, with_ones
from tui_nn.engine.optimizer import Minimizer, Optimizer
from tui_nn.engine.random import stream
from tui_nn.plugin.registry import Registry, load_registry

Array = np.ndarray[Any, np.dtype[Any]]

SAMPLES, STEPS = 60, 300
BEFORE, ACCURATE = 0.9, 0.9  # the share of the first cost that may be left, and of samples that must be right


@cache
def installed() -> Registry:
    """The registry of installed plugins: what a component is tried together with."""
    return load_registry()


@dataclass(frozen=True)
class Learnt:
    """Mean cost before and after, and the share of samples that ended on their side."""

    before: float
    after: float
    accuracy: float

    @property
    def good(self) -> bool:
        """Whether it has learnt."""
        return bool(np.isfinite(self.after) and self.after < BEFORE * self.before and self.accuracy >= ACCURATE)

    def __str__(self) -> str:
        return f"cost {self.before:.3g} -> {self.after:.3g}, {self.accuracy:.0%} of samples right"


def clouds(inputs: int) -> tuple[Array, Array]:
    """x (samples, inputs) float32 and labels (samples,): two clouds, the one where the other's negative is."""
    labels = np.arange(SAMPLES) % 2
    random = stream(0, "testing/clouds", inputs)
    # Large and small in turn: a layer that takes the mean off a sample's inputs, or the largest of them, must not take
    # the answer with it.
    centre = np.where(np.arange(inputs) % 2, 0.4, 1.6)
    x = np.where(labels == 1, 1.0, -1.0)[:, None] * centre + random.normal(0, 0.3, (SAMPLES, inputs))
    return x.astype(np.float32), labels


def learn(
    layers: Sequence[Layer], loss: Loss, optimizer: Optimizer, inputs: int = 3, seed: int = 0, steps: int = STEPS
) -> Learnt:
    """Train on all samples at once; two outputs are one-vs-all, one output is the second class."""
    x, labels = clouds(inputs)
    network = Network(inputs, layers, np.float32)
    initializer: Initializer = installed().get("initializer", "glorot_uniform")
    network.initialize(initializer, seed, Part(x, labels))
    columns = with_ones(x, np.float32).T
    y = np.eye(2, dtype=np.float32)[labels].T if network.outputs == 2 else labels[None, :].astype(np.float32)
    values = network.parameters.values

    def cost() -> float:
        return loss.value(network.forward(columns), y)

    before = cost()
    if isinstance(optimizer, Minimizer):

        def evaluate() -> tuple[float, Array]:
            return network.loss_and_grad(columns, y, loss)

        for _ in optimizer.minimize(values, evaluate, 30):
            pass
    else:
        state = optimizer.fresh_state(values, network.parameters.decays)
        for step in range(1, steps + 1):
            network.step = step
            gradient = network.loss_and_grad(columns, y, loss)[1]
            optimizer.update(values, gradient, state, optimizer.rate, step)
    outputs = network.forward(columns).copy()
    score = outputs[-1] - outputs[0] if len(outputs) == 2 else outputs[0]
    middle = 0.0 if len(outputs) == 2 else (score[labels == 1].mean() + score[labels == 0].mean()) / 2
    return Learnt(before, cost(), float(np.mean((score > middle) == (labels == 1))))


def best_of(layers: Sequence[Layer], loss: Loss, optimizer: Optimizer, inputs: int = 3, steps: int = STEPS) -> Learnt:
    """The first of three initial weights from which it learns: a single unlucky start accuses nobody."""
    learnt = learn(layers, loss, optimizer, inputs, 0, steps)
    for seed in (1, 2):
        if learnt.good:
            break
        learnt = learn(layers, loss, optimizer, inputs, seed, steps)
    return learnt
