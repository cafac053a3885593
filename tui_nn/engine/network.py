"""A network: layers in a row with one parameter vector, which learns from many samples and answers many.

Inputs and outputs of `forward` and `loss_and_grad` have samples as columns with a leading row of ones; `predict`
takes and gives ordinary rows.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from tui_nn.engine.crew import Crew
from tui_nn.engine.data import Part, Window
from tui_nn.engine.events import LayerShape
from tui_nn.engine.initializer import Initializer
from tui_nn.engine.layer import Layer
from tui_nn.engine.loss import Loss
from tui_nn.engine.parameters import ParameterVector
from tui_nn.engine.propagation import Propagation
from tui_nn.engine.random import stream

Array = np.ndarray[Any, np.dtype[Any]]

# What may be compiled. A part, some of its rows, where their outputs go (rows, outputs), and their last z, or None.
Predict = Callable[[Part, slice, Array, Array | None], None]
# x (samples, inputs + 1), y (samples, outputs), weights (samples,) or None, m -> the sum of the costs, and the gradient
# of that sum / m as the flat vector holds it, a new array.
CostAndGradient = Callable[[Array, Array, Array | None, int], tuple[float, Array]]

CHUNK = 1024  # samples that go through together, at most: large enough for BLAS, small enough for the cache
FITTED = 10_000  # samples that a layer such as `standardize` is fitted to, at most


def with_ones(rows: Array, dtype: DTypeLike) -> Array:
    """(m, n) samples as rows -> (m, n + 1) with the constant 1 in column 0; its transpose feeds a network."""
    extended = np.empty((rows.shape[0], rows.shape[1] + 1), dtype)
    extended[:, 0] = 1
    extended[:, 1:] = rows
    return extended


class Network(Propagation):
    """A network: layers and their parameters. Theta starts at 0: call `initialize`, or write to parameters.values.

    The crew shares the chunks of predictions and of large batches.
    """

    def __init__(
        self, inputs: int, layers: Sequence[Layer], dtype: DTypeLike = np.float32, crew: Crew | None = None
    ) -> None:
        super().__init__(inputs, layers, dtype)
        self.crew = crew or Crew()
        self.mixes_samples = any(layer.mixes_samples for layer in layers)
        self._mates: list[Network] = []
        self.use(None, None, None)

    def use(self, predict: Predict | None, evaluate: CostAndGradient | None, loss: Loss | None) -> None:
        """Let compiled stand-ins go forward, and find cost and gradient of this loss."""
        self._predict, self._evaluate, self._evaluated = predict, evaluate, loss

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled as layers and parameters; buffers and threads are made anew."""
        return _network, (self.inputs, self.layers, self.dtype, self.parameters.values, self.seed, self.step, self.off)

    @property
    def outputs(self) -> int:
        """Units of the last layer."""
        return self.sizes[-1]

    def shapes(self) -> tuple[LayerShape, ...]:
        """The layers as readers see them."""
        return tuple(
            LayerShape(
                layer.name, units, layer.activation.name, theta,
                layer.is_random, layer.normalizes, layer.pieces, layer.activation.initializer,
            )
            for layer, units, theta in zip(self.layers, self.sizes[1:], self.parameters.shapes, strict=True)
        )  # fmt: skip

    def initialize(self, initializer: Initializer, seed: int, data: Part | None = None) -> None:
        """Draw Theta^(j) from the stream ("init", j) of the seed: the same seed gives the same weights.

        Layers that take something from the training data (standardize) are fitted to `data`.
        """
        self.seed = seed
        for index, (layer, theta) in enumerate(zip(self.layers, self.parameters.thetas, strict=True)):
            if theta is not None:
                layer.initialize(theta, initializer, stream(seed, "init", index))
        if data is None or not any(type(layer).fit is not Layer.fit for layer in self.layers):
            return
        signal = with_ones(data.head(FITTED).x, self.dtype).T
        for layer, theta, inputs in zip(self.layers, self.parameters.thetas, self.sizes, strict=False):
            if theta is not None:
                layer.fit(theta, signal)
            slot = self._slot(layer, inputs, signal.shape[1], theta)
            slot.x = signal
            layer.forward(slot)
            signal = slot.output

    def switch_off(self, units: Iterable[tuple[int, int]]) -> None:
        """From now on these hidden units, (layer, unit) from 1, give 0 whatever they are given; all others are on."""
        before = self.off
        super().switch_off(units)
        if self.off != before:
            self._mates = []

    def _shared(self, samples: int) -> list[tuple[Network, list[slice]]]:
        """Chunks of so many samples, and who of the crew is to do them. Mates share parameters, but no buffers."""
        chunks = [slice(start, min(start + CHUNK, samples)) for start in range(0, samples, CHUNK)]
        threads = min(self.crew.threads, len(chunks))
        while len(self._mates) < threads - 1:
            mate = copy.copy(self)
            mate.parameters = ParameterVector(self.parameters.shapes, self.dtype, self.parameters.values)
            mate._workspaces = {}
            self._mates.append(mate)
        for mate in self._mates:
            mate.seed, mate.step = self.seed, self.step
        # Neighbouring chunks to one thread: the shares are as equal as whole chunks allow.
        bounds = [len(chunks) * share // threads for share in range(threads + 1)]
        return [
            (network, chunks[first:last])
            for network, first, last in zip([self, *self._mates], bounds, bounds[1:], strict=False)
        ]

    def loss_and_grad(
        self, x: Array, y: Array, loss: Loss, decay: float = 0.0, weights: Array | None = None
    ) -> tuple[float, Array]:
        """Mean cost of a batch and the gradient of J with respect to every parameter.

        x (inputs + 1, samples) with a row of ones; y (outputs, samples); weights (samples,): how much each counts.
        `decay` is lambda / m with m the size of the training set: it adds decay x Theta to the gradient (bias
        excluded), and nothing to the cost returned (see `penalty`). The gradient is a buffer: it is overwritten by
        the next call. A large batch goes through in chunks, unless a layer mixes its samples.
        """
        samples = x.shape[1]
        gradient = self.parameters.gradient
        if self._evaluate is not None and loss is self._evaluated and not self.off:
            cost = self._evaluated_together(self._evaluate, x.T, y.T, weights)
        elif samples <= CHUNK or self.mixes_samples:
            costed = self.backpropagate(x, y, loss, samples, weights)
            cost = loss.value(costed, y, weights, at_z=self.takes_scores(loss))
        else:
            shares = self._shared(samples)
            parts = self.crew.side_by_side(
                [partial(network._sum_of_chunks, x, y, loss, chunks, weights) for network, chunks in shares]
            )
            cost = sum(part for part, _ in parts)
            gradient[...] = parts[0][1]
            for _, more in parts[1:]:
                gradient += more
        self.parameters.add_decay(decay)
        return cost, gradient

    def _evaluated_together(self, evaluate: CostAndGradient, x: Array, y: Array, weights: Array | None) -> float:
        """The mean cost of all samples, its gradient written: each thread has its share of them."""
        samples, threads = len(x), min(self.crew.threads, -(-len(x) // CHUNK))
        bounds = [samples * share // threads for share in range(threads + 1)]
        parts = self.crew.side_by_side(
            [
                partial(evaluate, x[a:b], y[a:b], None if weights is None else weights[a:b], samples)
                for a, b in pairwise(bounds)
            ]
        )
        np.sum([gradient for _, gradient in parts], axis=0, out=self.parameters.gradient)
        return sum(cost for cost, _ in parts) / samples

    def _sum_of_chunks(
        self, x: Array, y: Array, loss: Loss, chunks: Sequence[slice], weights: Array | None
    ) -> tuple[float, Array]:
        """What these chunks add to the mean cost of all samples and to its gradient."""
        samples = x.shape[1]
        cost, total = 0.0, np.zeros_like(self.parameters.gradient)
        for chunk in chunks:
            self.chunk = chunk.start // CHUNK
            part = None if weights is None else weights[chunk]
            costed = self.backpropagate(x[:, chunk], y[:, chunk], loss, samples, part)
            share = costed.shape[1] / samples
            cost += loss.value(costed, y[:, chunk], part, at_z=self.takes_scores(loss)) * share
            total += self.parameters.gradient
        self.chunk = 0
        return cost, total

    def penalty(self, decay: float, absolute: float = 0.0) -> float:
        """decay / 2 x the sum of squared weights (lambda / 2m x sum Theta^2 on the slides), bias excluded.

        `absolute` x the sum of |weights| is added to it.
        """
        if not (decay or absolute):
            return 0.0
        weights = self.parameters.values * self.parameters.decays
        return 0.5 * decay * float(np.dot(weights, weights)) + absolute * float(np.abs(weights).sum())

    def predict(self, samples: Array | Part, scores: Array | None = None) -> Array:
        """Samples as rows (m, inputs), or a part of a data set -> outputs as rows (m, outputs), a new array.

        scores: (m, outputs), where the last layer's z is written if it is given; see `takes_scores`.
        """
        part = samples if isinstance(samples, Part) else Part(samples, samples)
        outputs = np.empty((len(part), self.outputs), self.dtype)

        def predict(network: Network, chunks: Sequence[slice]) -> None:
            if self._predict is not None and not self.off:
                rows = slice(chunks[0].start, chunks[-1].stop)
                self._predict(part, rows, outputs[rows], None if scores is None else scores[rows])
                return
            window = Window(part, min(CHUNK, len(part)), self.dtype)
            for chunk in chunks:
                count = chunk.stop - chunk.start
                outputs[chunk] = network.forward(window.read(chunk, count).T).T
                if scores is not None:
                    scores[chunk] = network.workspace(count).slots[-1].z.T

        self.crew.side_by_side([partial(predict, *share) for share in self._shared(len(part))])
        return outputs


def _network(
    inputs: int, layers: Sequence[Layer], dtype: DTypeLike, values: Array, seed: int, step: int,
    off: frozenset[tuple[int, int]],
) -> Network:  # fmt: skip
    network = Network(inputs, layers, dtype)
    network.parameters.values[...] = values
    network.seed, network.step = seed, step
    network.switch_off(off)
    return network
