"""A layer: how the outputs of one row of units become the outputs of the next.

A layer is stateless. It holds hyper-parameters only; its Theta comes from the parameter vector, and the arrays it
works in come from a slot that is allocated once for each batch size.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import MISSING, dataclass, fields
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tui_nn.engine.activation import Activation

Array = np.ndarray[Any, np.dtype[Any]]


class Slot:
    """The buffers of one layer for one batch size.

    `output` is (units + 1, samples): row 0 is the constant 1 that meets the next layer's bias (a_0 on the
    slides), the rest is `a`. z, delta: (units, samples). input_gradient: (inputs, samples).
    """

    def __init__(self, inputs: int, units: int, samples: int, dtype: DTypeLike) -> None:
        self.output: Array = np.ones((units + 1, samples), dtype)
        self.a: Array = self.output[1:]
        self.z: Array = np.empty((units, samples), dtype)
        self.delta: Array = np.empty((units, samples), dtype)
        self.input_gradient: Array = np.empty((inputs, samples), dtype)


class Layer(ABC):
    """What a kind of layer must say and do. Subclasses are frozen dataclasses: their fields are their options.

    `activation` is the last thing the layer does to its numbers; a loss may meet it with a shortcut.
    """

    name: ClassVar[str]
    description: ClassVar[str]
    activation: Activation

    @classmethod
    def options(cls) -> dict[str, Any]:
        """Name -> default of what the experiment file may set; a required option has the default None."""
        return {
            option.name: None if option.default is MISSING else option.default
            for option in fields(cls)  # type: ignore[arg-type]
        }

    @abstractmethod
    def output_size(self, inputs: int) -> int:
        """Units of this layer, s_j."""

    @abstractmethod
    def theta_shape(self, inputs: int) -> tuple[int, int] | None:
        """(s_j, s_{j-1} + 1), or None for a layer without parameters."""

    def slot(self, inputs: int, samples: int, dtype: DTypeLike) -> Slot:
        """Buffers for batches of this many samples."""
        return Slot(inputs, self.output_size(inputs), samples, dtype)

    @abstractmethod
    def forward(self, theta: Array | None, x: Array, slot: Slot, training: bool) -> None:
        """Write the outputs into slot.a. x: (s_{j-1} + 1, samples), row 0 is the constant 1."""

    @abstractmethod
    def backward(
        self,
        theta: Array | None,
        gradient: Array | None,
        x: Array,
        upstream: Array,
        slot: Slot,
        *,
        at_z: bool,
        first: bool,
    ) -> None:
        """Write dJ/dTheta into `gradient`, and dJ/d(inputs) into slot.input_gradient unless `first`.

        upstream: (s_j, samples), dJ/da, or dJ/dz already where `at_z` is true.
        """


@dataclass(frozen=True)
class Dense(Layer):
    """Every unit sees every input: z = Theta [1; x], a = g(z)."""

    name: ClassVar[str] = "dense"
    description: ClassVar[str] = "Fully connected: z = Theta [1; x], a = g(z)."

    units: int
    activation: Activation

    def output_size(self, inputs: int) -> int:  # noqa: ARG002 - another kind's size may depend on it
        return self.units

    def theta_shape(self, inputs: int) -> tuple[int, int]:
        return (self.units, inputs + 1)

    def forward(self, theta: Array | None, x: Array, slot: Slot, training: bool) -> None:  # noqa: ARG002
        assert theta is not None
        np.dot(theta, x, out=slot.z)
        self.activation.forward(slot.z, slot.a)

    def backward(
        self,
        theta: Array | None,
        gradient: Array | None,
        x: Array,
        upstream: Array,
        slot: Slot,
        *,
        at_z: bool,
        first: bool,
    ) -> None:
        assert theta is not None
        assert gradient is not None
        if at_z:
            delta = upstream
        else:
            delta = slot.delta
            self.activation.backward(slot.z, slot.a, upstream, delta)
        np.dot(delta, x.T, out=gradient)
        if not first:
            # The bias column has no input behind it, so nothing flows back through it.
            np.dot(theta[:, 1:].T, delta, out=slot.input_gradient)
