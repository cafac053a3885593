"""The base of all recurrent layers: reading a row of inputs as a sequence, and storing the states.

A sample's column holds its steps one after the other, `features` numbers each: x_1, x_2, ..., x_T. One Theta serves all
steps; a layer of this kind is a deep network whose layers share their weights, and backpropagation goes through time.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tui_nn.plugin import ExperimentError, Initializer, Layer, Slot

Array = np.ndarray[Any, np.dtype[Any]]

RETURNS = ("last", "all")


class RecurrentSlot(Slot):
    """Buffers over all steps t = 1 .. T, samples last.

    h: (T + 1, units, samples), h[0] = 0 before the first step. seen: (T, 1 + features + units, samples), v_t = [1; x_t;
    h_{t-1}]. gates: (T, rows of Theta, samples), Theta v_t. dgates, dh: what flows back to Theta v_t and to h_t.
    """

    def __init__(self, layer: Recurrent, inputs: int, samples: int, dtype: DTypeLike) -> None:
        super().__init__(inputs, layer.output_size(inputs), samples, dtype)
        steps, units = layer.steps(inputs), layer.units
        rows = layer.blocks * units
        self.h: Array = np.zeros((steps + 1, units, samples), dtype)
        self.seen: Array = np.empty((steps, 1 + layer.features + units, samples), dtype)
        self.gates: Array = np.empty((steps, rows, samples), dtype)
        self.dgates: Array = np.empty((rows, samples), dtype)
        self.dh: Array = np.empty((units, samples), dtype)
        self.back: Array = np.empty((1 + layer.features + units, samples), dtype)
        self.share: Array = np.empty((rows, layer.columns), dtype)  # of one step in the gradient


@dataclass(frozen=True)
class Recurrent(Layer):
    """A recurrent layer. units: size of the state. features: numbers per step. returns: the "last" state, or "all"."""

    blocks: ClassVar[int]  # of `units` rows each in Theta
    example: ClassVar[dict[str, int]] = {"inputs": 12, "features": 3, "units": 4}  # for `tui-nn plugins check`

    units: int
    features: int = 1
    returns: str = "last"

    def __post_init__(self) -> None:
        for option in ("units", "features"):
            value = getattr(self, option)
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise ExperimentError(f"found {value!r}; expected a whole number from 1.", option)
        if self.returns not in RETURNS:
            raise ExperimentError(f"found {self.returns!r}; expected 'last' or 'all'.", "returns")

    @property
    def columns(self) -> int:
        """The number of columns of Theta: the bias, the features of a step, the state before it."""
        return 1 + self.features + self.units

    def steps(self, inputs: int) -> int:
        """The number of steps T. Raises ExperimentError if the inputs are not a whole number of steps."""
        steps, rest = divmod(inputs, self.features)
        if rest or not steps:
            raise ExperimentError(
                f"layer '{self.name}': {inputs} inputs are no whole number of steps of {self.features}; set `features` "
                "to the numbers of one step: columns of the data, or the units of the recurrent layer before."
            )
        return steps

    def output_size(self, inputs: int) -> int:
        steps = self.steps(inputs)
        return self.units * (steps if self.returns == "all" else 1)

    def theta_shape(self, inputs: int) -> tuple[int, int]:
        return (self.blocks * self.units, self.columns)

    def initialize(self, theta: Array, initializer: Initializer, random: np.random.Generator) -> None:
        """Initialize as the experiment says, but with orthogonal weights from state to state (Saxe et al., 2014).

        So states neither vanish nor explode in the first passes, however long the sequence.
        """
        initializer.fill(theta, random)
        for block in range(self.blocks):
            rows = slice(block * self.units, (block + 1) * self.units)
            q, r = np.linalg.qr(random.normal(size=(self.units, self.units)))
            theta[rows, 1 + self.features : 1 + self.features + self.units] = q * np.sign(np.diag(r))

    def slot(self, inputs: int, samples: int, dtype: DTypeLike) -> RecurrentSlot:
        return RecurrentSlot(self, inputs, samples, dtype)

    def forward(self, slot: Any) -> None:
        steps = slot.x[1:].reshape(len(slot.seen), self.features, -1)
        one = slot.x[:1]
        h = np.multiply(np.zeros((self.units, 1), one.dtype), one)
        slot.h[0] = h
        for t in range(len(slot.seen)):
            np.concatenate([one, steps[t], h], out=slot.seen[t])
            slot.h[t + 1] = self.step(slot, t, h)
            h = slot.h[t + 1]
        if self.returns == "last":
            slot.a[...] = h
        else:
            np.concatenate([slot.h[t + 1] for t in range(len(slot.seen))], out=slot.a)

    def backward(self, slot: Any) -> None:
        count, units = len(slot.seen), self.units
        by_step = slot.upstream.reshape(count, units, -1) if self.returns == "all" else None
        flows = None if slot.first else slot.input_gradient.reshape(count, self.features, -1)
        slot.gradient.fill(0)
        slot.dh[...] = 0 if by_step is not None else slot.upstream
        self.begin_backward(slot)
        for t in reversed(range(count)):
            if by_step is not None:
                slot.dh += by_step[t]
            self.step_backward(slot, t)  # leaves what flows to [1; x_t; h_{t-1}] in slot.back
            if flows is not None:
                flows[t] = slot.back[1 : 1 + self.features]
            slot.dh[...] = slot.back[1 + self.features :]

    def begin_backward(self, slot: Any) -> None:
        """Set to 0 what must be 0 before the backward pass of the last step."""

    @abstractmethod
    def step(self, slot: Any, t: int, h: Array) -> Array:
        """Compute h_t from slot.seen[t]; h is h_{t-1}."""

    @abstractmethod
    def step_backward(self, slot: Any, t: int) -> None:
        """From slot.dh, dJ/dh_t: add to slot.gradient, and write what flows to slot.seen[t] into slot.back."""

    def through_theta(self, slot: Any, t: int) -> None:
        """The last part of a backward step: from dJ/dz in slot.dgates to Theta and to what it was multiplied by."""
        slot.dgates.dot(slot.seen[t].T, slot.share)
        slot.gradient += slot.share
        slot.theta.T.dot(slot.dgates, slot.back)
