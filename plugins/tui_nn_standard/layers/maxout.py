"""Maxout: a unit that learns its own activation, the largest of several straight lines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tui_nn.plugin import Arithmetic, ExperimentError, Layer, SamplePass, Slot

Array = np.ndarray[Any, np.dtype[Any]]


class MaxoutSlot(Slot):
    """The buffers. pieces: (units x k, samples), z of every piece. delta: the same shape, dJ/dz of every piece."""

    def __init__(self, inputs: int, units: int, pieces: int, samples: int, dtype: DTypeLike) -> None:
        super().__init__(inputs, units, samples, dtype)
        self.pieces: Array = np.empty((units * pieces, samples), dtype)
        self.delta: Array = np.empty((units * pieces, samples), dtype)
        self.is_largest: Array = np.empty((units, samples), bool)


@dataclass(frozen=True)
class Maxout(Layer):
    """Maxout: each unit outputs the largest of its k pieces, which together can bend into any convex function.

    The rows of Theta are the pieces, unit by unit: unit i has rows i k to i k + k - 1.

    Formula: a_i = max over p of Theta_ip [1; x]
    Derivative: that of the largest piece; the first of equal ones
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

    def _winners(self, seen: SamplePass) -> Array:
        """The row of Theta with the largest piece of each unit, (units,)."""
        assert seen.theta is not None
        best = (seen.theta @ seen.x).reshape(self.units, self.pieces).argmax(axis=1)
        winners: Array = np.arange(self.units) * self.pieces + best
        return winners

    def explain(self, seen: SamplePass, unit: int) -> list[Arithmetic]:
        assert seen.theta is not None
        lines = []
        for piece in range(self.pieces):
            row = unit * self.pieces + piece
            symbols = f"Theta_{row + 1}^({seen.number}) [1; {seen.input(1)[0]}]"
            line = Arithmetic(
                f"piece {piece + 1}", symbols, 0.0, seen.theta[row], seen.x, partial(seen.product, row), has_bias=True
            )
            lines.append(replace(line, result=line.sum))
        # The piece that wins comes last, beside what comes of it.
        lines.sort(key=lambda line: line.result)
        names = ", ".join(f"{line.result:.4g}" for line in lines)
        return [*lines, Arithmetic(seen.unit("a", unit), f"max({names})", float(seen.a[unit]))]

    def explain_backward(self, seen: SamplePass, place: int) -> Arithmetic:
        line, winners, given = super().explain_backward(seen, place), self._winners(seen), seen.arriving
        assert seen.theta is not None and given is not None  # noqa: PT018
        return replace(
            line, symbols="sum over the pieces that win", factors=seen.theta[winners, place], values=given,
            term=lambda unit: f"{seen.weight(int(winners[unit]), place)} dJ/d{seen.unit('a', unit)}",
        )  # fmt: skip

    def explain_gradient(self, seen: SamplePass, row: int, column: int) -> Arithmetic:
        line, given, unit = super().explain_gradient(seen, row, column), seen.arriving, row // self.pieces
        if self._winners(seen)[unit] != row:
            return replace(line, symbols="a piece that does not win")
        assert given is not None
        symbols = f"dJ/d{seen.unit('a', unit)} * {seen.input(column)}"
        product = given[unit : unit + 1], seen.x[column : column + 1]
        return replace(line, symbols=symbols, factors=product[0], values=product[1], term=lambda _: symbols)
