"""Dropout: a net that must not rely on any single unit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from tui_nn.plugin import Arithmetic, ExperimentError, Layer, SamplePass, Slot

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Dropout(Layer):
    """Dropout: in training, leaves out each input with probability `rate` and scales the others up to compensate.

    Formula: a = x m / (1 - rate) with m drawn from {0, 1}, P(m = 0) = rate; in prediction a = x
    Reference: Srivastava et al. (2014), in the inverted form
    """

    name: ClassVar[str] = "dropout"
    is_random: ClassVar[bool] = True
    off: ClassVar[dict[str, float]] = {"rate": 0.0}

    rate: float = 0.5

    def __post_init__(self) -> None:
        if not 0 <= self.rate < 1:
            raise ExperimentError(f"found {self.rate}; expected a share from 0 to below 1.", "rate")

    def output_size(self, inputs: int) -> int:
        return inputs

    def theta_shape(self, inputs: int) -> None:
        return None

    def forward(self, slot: Slot) -> None:
        if not slot.training or not self.rate:
            slot.a[...] = slot.x[1:]
            return
        assert slot.random is not None
        # z holds the mask: it is what backward multiplies with.
        slot.random.random(out=slot.z, dtype=slot.z.dtype)
        np.greater_equal(slot.z, self.rate, out=slot.z, casting="unsafe")
        slot.z *= 1 / (1 - self.rate)
        np.multiply(slot.x[1:], slot.z, out=slot.a)

    def backward(self, slot: Slot) -> None:
        if self.rate and slot.training:
            np.multiply(slot.upstream, slot.z, out=slot.input_gradient)
        else:
            slot.input_gradient[...] = slot.upstream

    def explain(self, seen: SamplePass, unit: int) -> list[Arithmetic]:
        (line,) = super().explain(seen, unit)
        x, a, of = seen.x[unit + 1], seen.a[unit], seen.input(unit + 1)
        if not a:
            return [replace(line, symbols=f"{of}, left out" if x else of)]
        symbols = f"{of} / (1 - {self.rate:g})" if a != x else of
        terms = np.array([x]), np.array([a / x])
        return [replace(line, symbols=symbols, factors=terms[0], values=terms[1], term=lambda _: of)]
