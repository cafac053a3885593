"""One batch through layers in a row: forward propagation, backpropagation, and the buffers that both need.

Samples are columns, with a leading row of ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from tui_nn.engine.layer import Layer, Slot
from tui_nn.engine.loss import Loss
from tui_nn.engine.parameters import ParameterVector
from tui_nn.engine.random import stream

Array = np.ndarray[Any, np.dtype[Any]]


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


class Propagation:
    """Layers, their parameters, and a workspace for each size of a batch.

    `seed` and `step` are what layers that draw at random (dropout) depend on: the same two, the same draws. `chunk`
    says which piece of a larger batch this one is.
    """

    def __init__(self, inputs: int, layers: Sequence[Layer], dtype: DTypeLike) -> None:
        if not layers:
            raise ValueError("a network needs at least one layer")
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
        self._random = tuple(index for index, layer in enumerate(layers) if layer.is_random)
        self.off: frozenset[tuple[int, int]] = frozenset()  # units that are switched off, (layer, unit) from 1
        self._passing: tuple[Layer | SwitchedOff, ...] = self.layers
        self._workspaces: dict[int, Workspace] = {}

    def switch_off(self, units: Iterable[tuple[int, int]]) -> None:
        """From now on these hidden units, (layer, unit) from 1, give 0 whatever they are given; all others are on."""
        off = frozenset(units)
        if off == self.off:
            return
        self.off, self._workspaces = off, {}
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
