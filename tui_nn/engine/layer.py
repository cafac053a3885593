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
from tui_nn.engine.description import first_line
from tui_nn.engine.initialiser import Initialiser

Array = np.ndarray[Any, np.dtype[Any]]


class Slot:
    """The buffers of one layer for one batch size.

    `output` is (units + 1, samples): row 0 is the constant 1 that meets the next layer's bias (a_0 on the
    slides), the rest is `a`. z, delta: (units, samples), z and dJ/dz where the layer `keeps_z`, else for its own
    use. `through` is (inputs + 1, samples): what flows back through Theta, row 0 to the constant; `input_gradient`,
    (inputs, samples), is the rest of it.
    """

    def __init__(self, inputs: int, units: int, samples: int, dtype: DTypeLike) -> None:
        self.output: Array = np.ones((units + 1, samples), dtype)
        self.a: Array = self.output[1:]
        self.z: Array = np.empty((units, samples), dtype)
        self.delta: Array = np.empty((units, samples), dtype)
        self.through: Array = np.empty((inputs + 1, samples), dtype)
        self.input_gradient: Array = self.through[1:]
        # Drawn anew for every step by the network, where the layer `is_random`.
        self.random: np.random.Generator | None = None


# What a layer without an activation does last.
IDENTITY = Activation("identity", lambda z: z, lambda z, a: np.ones_like(z))


class Layer(ABC):
    """What a kind of layer must say and do. Subclasses are frozen dataclasses: their fields are their options.

    `activation` is the last thing the layer does to its numbers; a loss may meet it with a shortcut. `decays` is
    False where lambda leaves the whole Theta alone, `mixes_samples` True where a sample's output depends on the
    others of its batch, `is_random` True where training draws from slot.random, `is_trained` False where Theta is
    fixed by `fit` and has no gradient. `keeps_z` True where slot.z holds what `activation` was applied to, so that
    a loss may take its costs from there, and slot.delta dJ/dz and nothing else.
    """

    name: ClassVar[str]
    description: ClassVar[str] = ""
    decays: ClassVar[bool] = True
    mixes_samples: ClassVar[bool] = False
    is_random: ClassVar[bool] = False
    is_trained: ClassVar[bool] = True
    keeps_z: ClassVar[bool] = False
    activation: Activation = IDENTITY

    def __init_subclass__(cls) -> None:
        if "description" not in vars(cls):
            cls.description = first_line(cls.__doc__)

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

    def initialise(self, theta: Array, initialiser: Initialiser, random: np.random.Generator) -> None:
        """Fill Theta before training."""
        initialiser.fill(theta, random)

    def fit(self, theta: Array, x: Array) -> None:  # noqa: B027 - most layers learn by training alone
        """Take from the training data what is not trained: x (s_{j-1} + 1, samples), row 0 is the constant 1."""

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
    """Fully connected: every unit sees every input.

    Formula: z = Theta [1; x], a = g(z)
    Reference: Rosenblatt (1958)
    """

    name: ClassVar[str] = "dense"
    keeps_z: ClassVar[bool] = True

    units: int
    activation: Activation = IDENTITY

    def output_size(self, inputs: int) -> int:  # noqa: ARG002 - another kind's size may depend on it
        return self.units

    def theta_shape(self, inputs: int) -> tuple[int, int]:
        return (self.units, inputs + 1)

    def forward(self, theta: Array | None, x: Array, slot: Slot, training: bool) -> None:  # noqa: ARG002
        assert theta is not None
        theta.dot(x, slot.z)
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
        delta.dot(x.T, gradient)
        if not first:
            # Row 0, what flows back to the constant 1, is for nobody. A product without the bias column would save
            # it, but numpy copies a matrix that is part of another: a third slower on wide layers.
            theta.T.dot(delta, slot.through)
