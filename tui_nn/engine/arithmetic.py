"""How a number of one unit comes about, for one sample: what a layer tells of itself, term by term."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from tui_nn.engine.activation import Activation

Array = np.ndarray[Any, np.dtype[Any]]


def _nothing() -> Array:
    return np.empty(0)


@dataclass(frozen=True)
class Arithmetic:
    """One line of a calculation: name = function(sum of factor x value) x slope = result.

    symbols: the right side in the lecture's notation. factors, values (n,): the terms of the sum, empty if not known.
    term: the place of a term -> its name, "Theta_12^(1) x2". has_bias: whether term 0 is that of the bias. function:
    what is applied to the sum, "" for nothing. slope: what the sum is multiplied by, None for nothing.
    """

    name: str
    symbols: str
    result: float
    factors: Array = field(default_factory=_nothing)
    values: Array = field(default_factory=_nothing)
    term: Callable[[int], str] = str
    has_bias: bool = False
    function: Activation | None = None
    slope: float | None = None

    @cached_property
    def sum(self) -> float:
        """Of the terms, in float64."""
        with np.errstate(over="ignore", invalid="ignore"):
            return float(np.dot(self.factors.astype(np.float64), self.values.astype(np.float64)))


@dataclass(frozen=True)
class SamplePass:
    """One sample's pass through one layer: forward, and back from its own cost J. Unknown values are None.

    number: that of the layer, from 1. theta, gradient (rows, columns): Theta and dJ/dTheta. x (n + 1,): the inputs,
    x[0] the constant 1. z, delta (units,): z and dJ/dz if they are that (docs/notation.md). a (units,). upstream
    (units,): dJ/da, unless the loss gives delta at once. backward (n,): dJ/dx.
    """

    number: int
    theta: Array | None
    x: Array
    z: Array | None
    a: Array
    upstream: Array | None = None
    delta: Array | None = None
    gradient: Array | None = None
    backward: Array | None = None

    @property
    def arriving(self) -> Array | None:
        """dJ/da; where the loss gives dJ/dz at once, that."""
        return self.delta if self.upstream is None else self.upstream

    def input(self, place: int) -> str:
        """What x[place] is called: 1, x2, a2(1)."""
        if place == 0:
            return "1"
        return f"x{place}" if self.number == 1 else f"a{place}({self.number - 1})"

    def unit(self, symbol: str, unit: int) -> str:
        """What `symbol` of a unit, from 0, is called: a1(2)."""
        return f"{symbol}{unit + 1}({self.number})"

    def weight(self, row: int, column: int) -> str:
        """What an entry of Theta is called: Theta_12^(1)."""
        return f"Theta_{row + 1}{',' if row >= 9 or column >= 10 else ''}{column}^({self.number})"

    def product(self, row: int, column: int) -> str:
        """What an entry of Theta adds to the sum of its row is called."""
        return self.weight(row, column) if column == 0 else f"{self.weight(row, column)} {self.input(column)}"
