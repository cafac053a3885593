"""Maxout: a unit that learns its own activation, the largest of several straight lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tui_nn.plugin import ExperimentError, Layer, Slot

Array = np.ndarray[Any, np.dtype[Any]]


class MaxoutSlot(Slot):
    """pieces: (units x k, samples), z of every piece. delta: the same size, dJ/dz of every piece."""

    def __init__(self, inputs: int, units: int, pieces: int, samples: int, dtype: DTypeLike) -> None:
        super().__init__(inputs, units, samples, dtype)
        self.pieces: Array = np.empty((units * pieces, samples), dtype)
        self.delta: Array = np.empty((units * pieces, samples), dtype)
        self.is_largest: Array = np.empty((units, samples), bool)


@dataclass(frozen=True)
class Maxout(Layer):
    """Maxout: each unit has k pieces and gives the largest; together they bend into any convex function.

    Rows of Theta are the pieces, unit by unit: those of unit i are rows i k to i k + k - 1.

    Formula: a_i = max over p of Theta_ip [1; x]
    Derivative: that of the piece that wins; the first of equal ones
    Reference: Goodfellow et al. (2013)
    """

    name: ClassVar[str] = "maxout"

    units: int
    pieces: int = 2

    def __post_init__(self) -> None:
        if self.pieces < 1:
            raise ExperimentError(f"found {self.pieces}; expected 1 or more.", "pieces")

    def output_size(self, inputs: int) -> int:
        return self.units

    def theta_shape(self, inputs: int) -> tuple[int, int]:
        return (self.units * self.pieces, inputs + 1)

    def slot(self, inputs: int, samples: int, dtype: DTypeLike) -> MaxoutSlot:
        return MaxoutSlot(inputs, self.units, self.pieces, samples, dtype)

    def _by_unit(self, pieces: Array) -> Array:
        return pieces.reshape(self.units, self.pieces, -1)

    def forward(self, slot: MaxoutSlot) -> None:
        slot.theta.dot(slot.x, slot.pieces)
        np.maximum.reduce(self._by_unit(slot.pieces), axis=1, out=slot.a)

    def backward(self, slot: MaxoutSlot) -> None:
        pieces, deltas = self._by_unit(slot.pieces), self._by_unit(slot.delta)
        slot.z[...] = slot.upstream  # what is still to be handed to a piece: all of it goes to the first that wins
        for piece in range(self.pieces):
            np.equal(pieces[:, piece], slot.a, out=slot.is_largest)
            np.multiply(slot.z, slot.is_largest, out=deltas[:, piece])
            slot.z -= deltas[:, piece]
        slot.delta.dot(slot.x.T, slot.gradient)
        if not slot.first:
            slot.theta.T.dot(slot.delta, slot.through)
