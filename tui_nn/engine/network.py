"""A network: layers in a row, one parameter vector, forward propagation and backpropagation of many samples at once.

Inputs and outputs of `forward` and `loss_and_grad` have samples as columns with a leading row of ones; `predict`
takes and gives ordinary rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from tui_nn.engine.events import LayerShape
from tui_nn.engine.initialiser import Initialiser
from tui_nn.engine.layer import Layer, Slot
from tui_nn.engine.loss import Loss
from tui_nn.engine.parameters import ParameterVector
from tui_nn.engine.random import stream

Array = np.ndarray[Any, np.dtype[Any]]

CHUNK = 1024  # samples in a call of predict: large enough for BLAS, small enough for the cache


def with_ones(rows: Array, dtype: DTypeLike) -> Array:
    """(m, n) samples as rows -> (m, n + 1) with the constant 1 in column 0; its transpose feeds a network."""
    extended = np.empty((rows.shape[0], rows.shape[1] + 1), dtype)
    extended[:, 0] = 1
    extended[:, 1:] = rows
    return extended


class Network:
    """Layers and their parameters. Theta starts at zero: call `initialise`, or write into parameters.values."""

    def __init__(self, inputs: int, layers: Sequence[Layer], dtype: DTypeLike = np.float32) -> None:
        if not layers:
            raise ValueError("a network needs at least one layer")
        self.inputs = inputs
        self.layers = tuple(layers)
        self.dtype = np.dtype(dtype)
        self.sizes = [inputs]
        for layer in layers:
            self.sizes.append(layer.output_size(self.sizes[-1]))
        fan_ins = self.sizes[:-1]
        shapes = [layer.theta_shape(fan_in) for layer, fan_in in zip(layers, fan_ins, strict=True)]
        self.parameters = ParameterVector(shapes, dtype)
        self._slots: dict[int, list[Slot]] = {}

    @property
    def outputs(self) -> int:
        """Units of the last layer."""
        return self.sizes[-1]

    def shapes(self) -> tuple[LayerShape, ...]:
        """The layers as readers see them."""
        return tuple(
            LayerShape(layer.name, units, layer.activation.name, theta)
            for layer, units, theta in zip(self.layers, self.sizes[1:], self.parameters.shapes, strict=True)
        )

    def initialise(self, initialiser: Initialiser, seed: int) -> None:
        """Draw Theta^(j) from the stream ("init", j) of the seed: the same seed gives the same weights."""
        for index, theta in enumerate(self.parameters.thetas):
            if theta is not None:
                initialiser.fill(theta, stream(seed, "init", index))

    def slots(self, samples: int) -> list[Slot]:
        """The buffers for a batch of this many samples, made at its first use."""
        slots = self._slots.get(samples)
        if slots is None:
            slots = [
                layer.slot(fan_in, samples, self.dtype)
                for layer, fan_in in zip(self.layers, self.sizes[:-1], strict=True)
            ]
            self._slots[samples] = slots
        return slots

    def forward(self, x: Array, training: bool = False) -> Array:
        """x (inputs + 1, samples) with a row of ones -> outputs (outputs, samples), a buffer of this network."""
        slots = self.slots(x.shape[1])
        signal = x
        for layer, theta, slot in zip(self.layers, self.parameters.thetas, slots, strict=True):
            layer.forward(theta, signal, slot, training)
            signal = slot.output
        return slots[-1].a

    def loss_and_grad(self, x: Array, y: Array, loss: Loss, decay: float = 0.0) -> tuple[float, Array]:
        """Mean cost of a batch and the gradient of J with respect to every parameter.

        x (inputs + 1, samples) with a row of ones; y (outputs, samples). `decay` is lambda / m with m the size of
        the training set: it adds decay x Theta to the gradient (bias excluded), and nothing to the cost returned
        (see `penalty`). The gradient is a buffer: it is overwritten by the next call.
        """
        a = self.forward(x, training=True)
        slots = self.slots(x.shape[1])
        cost = loss.value(a, y)
        last = slots[-1]
        at_z = loss.shortcut(self.layers[-1].activation)
        # The last layer's z is not needed once the shortcut holds, so its delta takes (a - y) / m.
        upstream = last.delta if at_z else np.empty_like(a)
        if at_z:
            np.subtract(a, y, out=upstream)
            upstream /= a.shape[1]
        else:
            loss.gradient(a, y, upstream)
        parameters = self.parameters
        for index in range(len(self.layers) - 1, -1, -1):
            self.layers[index].backward(
                parameters.thetas[index],
                parameters.gradients[index],
                slots[index - 1].output if index else x,
                upstream,
                slots[index],
                at_z=at_z,
                first=index == 0,
            )
            upstream = slots[index].input_gradient
            at_z = False
        if decay:
            parameters.gradient += parameters.values * parameters.decays * parameters.values.dtype.type(decay)
        return cost, parameters.gradient

    def penalty(self, decay: float) -> float:
        """decay / 2 x the sum of squared weights, bias excluded: lambda / 2m x sum Theta^2 on the slides."""
        if not decay:
            return 0.0
        weights = self.parameters.values * self.parameters.decays
        return 0.5 * decay * float(np.dot(weights, weights))

    def predict(self, rows: Array) -> Array:
        """Samples as rows (m, inputs) -> outputs as rows (m, outputs), a new array."""
        outputs = np.empty((len(rows), self.outputs), self.dtype)
        for start in range(0, len(rows), CHUNK):
            chunk = with_ones(rows[start : start + CHUNK], self.dtype)
            outputs[start : start + CHUNK] = self.forward(chunk.T).T
        return outputs
