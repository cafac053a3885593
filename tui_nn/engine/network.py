"""A network: layers in a row, one parameter vector, forward propagation and backpropagation of many samples at once.

Inputs and outputs of `forward` and `loss_and_grad` have samples as columns with a leading row of ones; `predict`
takes and gives ordinary rows.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from tui_nn.engine.crew import Crew
from tui_nn.engine.data import Part, Window
from tui_nn.engine.events import LayerShape
from tui_nn.engine.initializer import Initializer
from tui_nn.engine.layer import Layer, Slot
from tui_nn.engine.loss import Loss
from tui_nn.engine.parameters import ParameterVector
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


class SwitchedOff:
    """A layer of whose units some are switched off: they give 0, and nothing flows back through them."""

    def __init__(self, layer: Layer, units: Sequence[int]) -> None:
        self.layer, self.units = layer, list(units)

    def forward(self, slot: Slot) -> None:
        self.layer.forward(slot)
        slot.a[self.units] = 0

    def backward(self, slot: Slot) -> None:
        slot.upstream[self.units] = 0
        self.layer.backward(slot)


class Workspace:
    """The slots of all layers for one batch size, joined: a layer's output is the next one's x, and back again."""

    def __init__(self, layers: Sequence[Layer | SwitchedOff], slots: list[Slot]) -> None:
        self.slots = slots
        self.forwards = tuple(zip(layers, slots, strict=True))
        self.backwards = self.forwards[::-1]
        for slot, following in pairwise(slots):
            following.x = slot.output
            slot.upstream = following.input_gradient
        self.by_output: Array = np.empty_like(slots[-1].a)  # dJ/da of the last layer


class Network:
    """Layers and their parameters. Theta starts at zero: call `initialize`, or write into parameters.values.

    `seed` and `step` are what layers that draw at random (dropout) depend on: the same two, the same draws. The
    crew shares the chunks of predictions and of large batches.
    """

    def __init__(
        self, inputs: int, layers: Sequence[Layer], dtype: DTypeLike = np.float32, crew: Crew | None = None
    ) -> None:
        if not layers:
            raise ValueError("a network needs at least one layer")
        self.crew = crew or Crew()
        self.inputs = inputs
        self.layers = tuple(layers)
        self.dtype = np.dtype(dtype)
        self.sizes, shapes = [inputs], []
        for layer in layers:
            units, shape = layer.checked_sizes(self.sizes[-1])
            self.sizes.append(units)
            shapes.append(shape)
        self.parameters = ParameterVector(shapes, dtype)
        for layer, mask in zip(layers, self.parameters.views(self.parameters.decays), strict=True):
            if mask is not None and not layer.decays:
                mask.fill(0)
        self.seed = self.step = self.chunk = 0
        self.mixes_samples = any(layer.mixes_samples for layer in layers)
        self._random = tuple(index for index, layer in enumerate(layers) if layer.is_random)
        self.off: frozenset[tuple[int, int]] = frozenset()  # units that are switched off, (layer, unit) from 1
        self._passing: tuple[Layer | SwitchedOff, ...] = self.layers
        self._workspaces: dict[int, Workspace] = {}
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
        off = frozenset(units)
        if off == self.off:
            return
        self.off, self._workspaces, self._mates = off, {}, []
        chosen = [sorted(unit - 1 for at, unit in off if at == number) for number in range(1, len(self.layers) + 1)]
        self._passing = tuple(
            SwitchedOff(layer, units) if units else layer for layer, units in zip(self.layers, chosen, strict=True)
        )

    def workspace(self, samples: int) -> Workspace:
        """The buffers for a batch of this many samples, made at its first use."""
        workspace = self._workspaces.get(samples)
        if workspace is None:
            parameters = self.parameters
            workspace = Workspace(
                self._passing,
                [
                    self._slot(layer, fan_in, samples, theta, gradient)
                    for layer, fan_in, theta, gradient in zip(
                        self.layers, self.sizes, parameters.thetas, parameters.gradients, strict=False
                    )
                ],
            )
            self._workspaces[samples] = workspace
        return workspace

    def _slot(
        self, layer: Layer, inputs: int, samples: int, theta: Array | None, gradient: Array | None = None
    ) -> Slot:
        slot = layer.slot(inputs, samples, self.dtype)
        if theta is not None:
            slot.theta = theta
        if gradient is not None:
            slot.gradient = gradient
        return slot

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

    def forward(self, x: Array, training: bool = False) -> Array:
        """x (inputs + 1, samples) with a row of ones -> outputs (outputs, samples), a buffer of this network."""
        workspace = self.workspace(x.shape[1])
        slots = workspace.slots
        if training:
            for index in self._random:
                name = f"layer/{index}/{self.chunk}" if self.chunk else f"layer/{index}"
                slots[index].random = stream(self.seed, name, self.step)
        slots[0].x = x
        for layer, slot in workspace.forwards:
            slot.training = training
            layer.forward(slot)
        return slots[-1].a

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """Whatever is asked within leaves no trace, in training mode too, or if it raises.

        Parameters (batch_norm keeps its moving means there), gradient, seed, step and chunk are afterwards what they
        were, bit for bit. The buffers of the workspaces keep what the last pass left in them.
        """
        parameters = self.parameters
        values, gradient = parameters.values.copy(), parameters.gradient.copy()
        seed, step, chunk = self.seed, self.step, self.chunk
        try:
            yield
        finally:
            parameters.values[...], parameters.gradient[...] = values, gradient
            self.seed, self.step, self.chunk = seed, step, chunk

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

    def backpropagate(
        self,
        x: Array,
        y: Array,
        loss: Loss,
        samples: int,
        weights: Array | None = None,
        *,
        to_inputs: bool = False,
        training: bool = True,
    ) -> Array:
        """Write the gradient of the cost, a mean over `samples` (this batch's or more).

        Gives what the loss takes its costs from, (outputs, samples): the outputs, or their z if `takes_scores`.
        to_inputs: go on to dJ/dx, which is left in the first layer's slot; learning has no use for it. training: False
        for layers that draw (dropout) to leave it, as the network answers; those that mix samples cannot.
        """
        a = self.forward(x, training)
        workspace = self.workspace(x.shape[1])
        last, layer = workspace.slots[-1], self.layers[-1]
        output, kept = layer.activation.name, layer.keeps_z
        scores = kept and loss.link == output and loss.from_scores is not None  # `takes_scores`, in place
        costed = last.z if scores else a
        last.at_z = scores or loss.canonical == output
        # dJ/dz is delta; a layer of another kind may need its delta for something else.
        last.upstream = upstream = last.delta if last.at_z and kept else workspace.by_output
        if loss.canonical == output:
            np.subtract(a, y, out=upstream)
            upstream *= 1 / samples
        else:
            loss.gradient(costed, y, samples, upstream, at_z=scores)
        if weights is not None:
            upstream *= weights
        workspace.slots[0].first = not to_inputs
        for passing, slot in workspace.backwards:
            passing.backward(slot)
        return costed

    def takes_scores(self, loss: Loss) -> bool:
        """Whether this loss takes its costs from the last layer's z: it must be there, and mean more than a."""
        last = self.layers[-1]
        return last.keeps_z and loss.takes_scores(last.activation)

    def costs(self, x: Array, y: Array, loss: Loss, training: bool = False) -> Array:
        """Send x forward, as `forward` does; the cost of each sample, (samples,), without the penalty."""
        a = self.forward(x, training)
        scores = self.takes_scores(loss)
        return loss.costs(self.workspace(x.shape[1]).slots[-1].z if scores else a, y, at_z=scores)

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
