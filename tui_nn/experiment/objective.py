"""J as training sees it, over the first samples of a run and in float64: where the weights are, and beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tui_nn.engine.gradcheck import objective
from tui_nn.engine.network import Network, with_ones
from tui_nn.experiment.study import INSIDE, Study

Array = np.ndarray[Any, np.dtype[Any]]


class Objective:
    """J with its penalty and the weights of classes, as `Study.inside` differentiates it.

    thetas: of the layers that have one. values (parameters,): all of them, Theta^(1) row by row first. samples: over
    which J is the mean, the first of the `of` samples of the training part.
    """

    def __init__(self, study: Study, thetas: Sequence[Array], most: int = INSIDE) -> None:
        study.put(thetas)
        trainer = study.trainer
        network = Network(trainer.network.inputs, trainer.network.layers, np.float64)
        network.seed, network.step = trainer.network.seed, trainer.network.step
        network.switch_off(trainer.network.off)
        part, every = study.splits.train.head(most), trainer.sample_weights()
        self.samples, self.of = len(part), len(study.splits.train)
        self.values: Array = trainer.network.parameters.values.astype(np.float64)
        self._network, self._penalty, self._loss = network, trainer.penalty, trainer.loss
        self._x = with_ones(part.x, network.dtype).T
        self._y = trainer.targets.encode(part.y, network.dtype).T
        self._counts = None if every is None else every[: len(part)]
        decay, absolute = self._penalty.decay, self._penalty.absolute
        self._cost = objective(network, self._x, self._y, self._loss, self._counts, decay, absolute)

    def at(self, changes: Mapping[int, float]) -> float:
        """J with other values of these parameters, by their place in `values`."""
        own = self._network.parameters.values
        own[:] = self.values
        for place, value in changes.items():
            own[place] = value
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            return self._cost()

    def gradient(self, values: Array | None = None) -> Array:
        """dJ/dTheta, (parameters,), where the weights are, or with all these."""
        network = self._network
        with network.undisturbed(), np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            network.parameters.values[:] = self.values if values is None else values
            network.loss_and_grad(self._x, self._y, self._loss, weights=self._counts)
            network.parameters.add_decay(self._penalty.decay, self._penalty.absolute)
            return network.parameters.gradient.copy()

    def place(self, layer: int, unit: int, column: int) -> int:
        """Where a weight stands in `values`: layer and unit from 1, column 0 the bias. Raises KeyError without it."""
        first = 0
        for number, shape in enumerate(self._network.parameters.shapes, start=1):
            rows, columns = shape or (0, 0)
            if number == layer and 1 <= unit <= rows and 0 <= column < columns:
                return first + (unit - 1) * columns + column
            first += rows * columns
        raise KeyError((layer, unit, column))

    def weight(self, place: int) -> tuple[int, int, int]:
        """Layer, unit and column of the parameter at this place of `values`."""
        for number, shape in enumerate(self._network.parameters.shapes, start=1):
            rows, columns = shape or (0, 0)
            if place < rows * columns:
                return number, place // columns + 1, place % columns
            place -= rows * columns
        raise KeyError(place)
