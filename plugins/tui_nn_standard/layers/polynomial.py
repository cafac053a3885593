"""Polynomial features: products of inputs, with which a single neuron draws curves."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations, combinations_with_replacement
from typing import Any, ClassVar

import numpy as np

from tui_nn.plugin import Arithmetic, ExperimentError, Layer, SamplePass, Slot

Array = np.ndarray[Any, np.dtype[Any]]

MOST = 100_000  # features: beyond it somebody has mistyped the degree


def _said(count: int) -> str:
    """The number as text: 4,723,200, or a power of ten if it has too many digits."""
    return f"{count:,}" if count < 10**15 else f"about 10^{math.log10(count):.0f}"


@cache
def monomials(inputs: int, degree: int, interactions: bool) -> tuple[tuple[int, ...], ...]:
    """Indices of the inputs in each product, by degree: (0,), (1,), (0, 0), (0, 1), (1, 1) for two inputs, degree 2."""
    choose = combinations if interactions else combinations_with_replacement
    return tuple(product for size in range(1, degree + 1) for product in choose(range(inputs), size))


@dataclass(frozen=True)
class Polynomial(Layer):
    """Polynomial features: the inputs and their products up to `degree`; `interactions` leaves powers out.

    Formula: x1, x2, x1^2, x1 x2, x2^2, ... in the order of scikit-learn's PolynomialFeatures, without the constant
    Reference: Gergonne (1815)
    """

    name: ClassVar[str] = "polynomial"

    degree: int = 2
    interactions: bool = False

    def __post_init__(self) -> None:
        if self.degree < 1:
            raise ExperimentError(f"found {self.degree}; expected 1 or more.", "degree")

    def output_size(self, inputs: int) -> int:
        count = self.features(inputs)
        if count > MOST:
            raise ExperimentError(
                f"degree {self.degree} of {inputs:,} inputs makes {_said(count)} features; expected {MOST:,} at most.",
                "degree",
            )
        return count

    def features(self, inputs: int) -> int:
        """The number of products, without making them."""
        if not self.interactions:
            return math.comb(inputs + self.degree, self.degree) - 1
        count, of_size = 0, 1
        for size in range(1, min(self.degree, inputs) + 1):
            of_size = of_size * (inputs - size + 1) // size
            count += of_size
        return count

    def theta_shape(self, inputs: int) -> None:
        return None

    def forward(self, slot: Slot) -> None:
        inputs = slot.x[1:]
        for feature, product in zip(slot.a, monomials(len(inputs), self.degree, self.interactions), strict=True):
            feature[...] = inputs[product[0]]
            for index in product[1:]:
                feature *= inputs[index]

    def backward(self, slot: Slot) -> None:
        if slot.first:
            return
        inputs, out = slot.x[1:], slot.input_gradient
        out.fill(0)
        for delta, product in zip(slot.upstream, monomials(len(inputs), self.degree, self.interactions), strict=True):
            for place, index in enumerate(product):
                others = product[:place] + product[place + 1 :]
                out[index] += delta * inputs[list(others)].prod(axis=0) if others else delta

    def explain(self, seen: SamplePass, unit: int) -> list[Arithmetic]:
        (line,) = super().explain(seen, unit)
        product = monomials(len(seen.x) - 1, self.degree, self.interactions)[unit]
        symbols = " * ".join(seen.input(index + 1) for index in product)
        if len(product) == 1:
            return [replace(line, symbols=symbols)]
        first, rest = seen.x[product[0] + 1], seen.x[[index + 1 for index in product[1:]]].prod()
        return [replace(line, symbols=symbols, factors=np.array([first]), values=np.array([rest]))]
