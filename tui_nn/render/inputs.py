"""Inputs of samples as columns of numbers, as many as have room whole; where there is more of it, each with its bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.text import Text

from tui_nn.render.amount import common_decimals, in_column, span
from tui_nn.render.look import Look
from tui_nn.render.palette import DIM, TRAIN, accent
from tui_nn.render.short_names import short_names

Array = np.ndarray[Any, np.dtype[Any]]

COLUMN = 10  # cells of a number
TIGHT = 5  # the same for the sake of all of them
NARROW = 7  # where more of them are seen then, and all digits
SPREAD = 16  # cells of one at most, where columns stand farther apart so that their names are whole
BAR, LONGEST = 8, 32  # cells of a bar: from so many on there is one, and at most
FEW = 4  # samples: the bars of fewer say nothing of a column
MANY = 100  # inputs whose names are told apart, the shown ones among them
MISSING = "missing"


@dataclass(frozen=True)
class InputColumns:
    """names: of the inputs that have room. cell: cells each takes, its bar included.

    low, high (n,): the ends of each bar, of all samples that are compared. decimals: of each column, None where its
    numbers have their own.
    """

    names: Sequence[str]
    cell: int
    bar: int
    low: Array
    high: Array
    decimals: Sequence[int | None]

    def told(self, count: int) -> str:
        """How many of so many inputs are seen, where others have no room."""
        return f"{len(self.names)} of {count:,} inputs" if len(self.names) < count else ""

    def head(self, look: Look) -> Text:
        """The names, with the ends of their bars where these have room."""
        dim, head = accent(DIM, look), Text(no_wrap=True)
        for name, low, high in zip(self.names, self.low.tolist(), self.high.tolist(), strict=False):
            if not self.bar:
                head.append(f"{name:>{self.cell}}", dim)
                continue
            ends = span(low, high) if low < high else ""
            said = f"{name}  {ends}" if len(f"{name}  {ends}") <= self.cell - 3 else name
            head.append(f"   {said:<{self.cell - 3}}", dim)
        return head

    def line(self, inputs: Array, look: Look) -> Text:
        """A sample; NaN is a value that is missing."""
        text, wide = Text(no_wrap=True), self.cell - (self.bar + 1 if self.bar else 0)
        shown = inputs[: len(self.names)].tolist()
        ends = zip(shown, self.low.tolist(), self.high.tolist(), self.decimals, strict=False)
        for value, low, high, few in ends:
            text.append(_written(value, few).rjust(wide))
            if self.bar:
                share = (value - low) / (high - low) if low < high and value == value else 0.0
                filled = ("#" if look.ascii else "━") * round(self.bar * share)
                text.append(f" {filled:<{self.bar}}", accent(TRAIN, look))
        return text


def input_names(features: Sequence[str], count: int) -> list[str]:
    """Of so many inputs; what has no name is x1, x2, ..."""
    return [*features, *(f"x{number}" for number in range(len(features) + 1, count + 1))][:count]


def input_columns(features: Sequence[str], samples: Sequence[Array], room: int) -> InputColumns:
    """Columns for these samples, (n,) each, in so many cells."""
    count = len(samples[0]) if len(samples) else 0
    names = input_names(features, count)
    own = room // max(1, count)
    bar = min(LONGEST, own - COLUMN - 1) if len(samples) >= FEW else 0
    bar = bar if bar >= BAR else 0
    cell = COLUMN + 1 + bar if bar else max(COLUMN, min(SPREAD, own))
    if own < COLUMN:
        many = count if own >= TIGHT else min(count, room // NARROW)
        wide = _widest(_table(samples, many)) + 1
        fits_all = own >= TIGHT and wide <= own
        cell = own if fits_all else max(own, min(COLUMN, max(NARROW, wide)))
    whole = min(count, max(0, room // cell))
    seen = _table(samples, whole)
    real = np.isfinite(seen)
    low = np.where(real, seen, np.inf).min(axis=0, initial=np.inf)
    high = np.where(real, seen, -np.inf).max(axis=0, initial=-np.inf)
    letters = cell - (3 if bar else 1)
    short = short_names(names[:MANY], letters)[:whole]  # `island` would be a name for island=Biscoe if it stood alone
    if len(short) < whole or short[:1] in ([""], ["#1"]):
        short = short_names(names[:whole], letters)
    return InputColumns(short, cell, bar, low, high, [common_decimals(column) for column in seen.T])


def _table(samples: Sequence[Array], columns: int) -> Array:
    """(m, columns): the first inputs of all."""
    return np.array([one[:columns] for one in samples], np.float64).reshape(len(samples), columns)


def _widest(table: Array) -> int:
    """Cells of the longest number of (m, n)."""
    columns = ((column.tolist(), common_decimals(column)) for column in table.T)
    return max((len(_written(value, few)) for column, few in columns for value in column), default=0)


def _written(value: float, few: int | None) -> str:
    return MISSING if value != value else in_column(value, few)
