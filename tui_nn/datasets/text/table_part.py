"""Rows of a table that were read together: one by one, by numpy, or by compiled code. All say the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from tui_nn.datasets.text.cells import CellGrid
from tui_nn.datasets.text.compiled import CompiledBlock
from tui_nn.datasets.text.decimals import decimals
from tui_nn.datasets.text.numbers import NumberForm, floats, numbers_of
from tui_nn.datasets.text.words import Words

Array = np.ndarray[Any, np.dtype[Any]]

EXACT = 2.0**53  # from here on float64 loses digits of whole numbers


@dataclass(frozen=True)
class Wanted:
    """What is asked of a part. numbers: columns. words: columns, and the texts that are known of them.

    room: (rows, numbers) float64, where the numbers of so many rows from one on go; None while they have no place.
    """

    numbers: tuple[int, ...]
    words: Mapping[int, Words]
    room: Callable[[int, int], Array | None]


class TablePart(Protocol):
    """Rows that stand one after the other. lines: (rows,) the line on which each begins.

    is_whole: whether no number is missing, or too large for float64 to have all digits of it.
    """

    @property
    def lines(self) -> Array: ...

    @property
    def is_whole(self) -> bool: ...

    def __len__(self) -> int: ...

    def numbers(self, columns: tuple[int, ...]) -> tuple[Array, Array]:
        """(rows, columns) float64, NaN where a value is missing; and (columns,) which hold other things, too."""

    def codes(self, column: int, words: Words) -> Array:
        """(rows,) int32, the place of each cell's text, perhaps without blanks around it, in `words`, which learns."""


@dataclass(frozen=True)
class ListedRows:
    """Rows that were read one by one: (line, cells) each."""

    rows: Sequence[tuple[int, Sequence[str]]]
    form: NumberForm

    @property
    def lines(self) -> Array:
        return np.array([line for line, _ in self.rows], np.int64)

    @property
    def is_whole(self) -> bool:
        return False  # nobody has looked

    def __len__(self) -> int:
        return len(self.rows)

    def numbers(self, columns: tuple[int, ...]) -> tuple[Array, Array]:
        values = np.empty((len(self), len(columns)))
        odd = np.zeros(len(columns), bool)
        for place, column in enumerate(columns):
            values[:, place], are_numbers = floats([cells[column] for _, cells in self.rows], self.form)
            odd[place] = not are_numbers
        return values, odd

    def codes(self, column: int, words: Words) -> Array:
        return np.array(words.known(cells[column] for _, cells in self.rows), np.int32)


class LineRows:
    """Rows that are a line each, and their numbers: the columns that have some, values, and which are odd."""

    def __init__(self, columns: tuple[int, ...], values: Array, odd: Array, *, is_whole: bool) -> None:
        self._numbers = columns, values, odd
        self.is_whole = is_whole
        self.start = 1

    @property
    def lines(self) -> Array:
        return np.arange(self.start, self.start + len(self))

    def __len__(self) -> int:
        return len(self._numbers[1])

    def numbers(self, columns: tuple[int, ...]) -> tuple[Array, Array]:
        known, values, odd = self._numbers
        if columns == known:
            return values, odd
        places = [known.index(column) for column in columns]  # a column has left meanwhile
        return values[:, places], odd[places]


class PlainRows(LineRows):
    """What is wanted of these rows is found out at once, by whichever thread makes them."""

    def __init__(self, cells: CellGrid, form: NumberForm, wanted: Wanted) -> None:
        self._cells = cells
        self._codes = {at: words.short.codes(cells, at) for at, words in wanted.words.items()}
        values, odd = _numbers(cells, wanted.numbers, form)
        super().__init__(wanted.numbers, values, odd, is_whole=are_whole(values))

    def codes(self, column: int, words: Words) -> Array:
        codes = self._codes[column]
        rows = np.flatnonzero(codes < 0).tolist()
        codes[rows] = words.known(cell.decode() for cell in self._cells.bytes_at((rows, column)))
        return codes


class CompiledRows(LineRows):
    """Rows as compiled code has read them."""

    def __init__(self, found: CompiledBlock, form: NumberForm, columns: tuple[int, ...]) -> None:
        self._found = found
        odd = np.zeros(len(columns), bool)
        if found.left:
            _put(found.values, odd, (found.rows, found.places), numbers_of(found.left, form))
        super().__init__(columns, found.values, odd, is_whole=found.is_whole or are_whole(found.values))

    def codes(self, column: int, words: Words) -> Array:
        found = self._found.words[column]
        own = np.array(words.known(text.decode() for text in found.texts), np.int32)
        return own.take(found.codes)


def are_whole(values: Array) -> bool:
    """Whether none is missing, or so large that float64 has not all of its digits."""
    return bool(not values.size or -EXACT < values.min() <= values.max() < EXACT)


def _numbers(cells: CellGrid, columns: tuple[int, ...], form: NumberForm) -> tuple[Array, Array]:
    odd = np.zeros(len(columns), bool)
    if not columns:
        return np.empty((len(cells), 0)), odd
    together = columns == tuple(range(columns[0], columns[0] + len(columns)))
    values, known = decimals(cells, slice(columns[0], columns[-1] + 1) if together else list(columns))
    if known.all():
        return values, odd
    rows, places = np.nonzero(~known)
    _put(values, odd, (rows, places), numbers_of(cells.bytes_at((rows, np.asarray(columns)[places])), form))
    return values, odd


def _put(values: Array, odd: Array, at: tuple[Array, Array], numbers: Sequence[float | None]) -> None:
    """Numbers of single cells in their places, (rows, columns); a column where one is None is odd."""
    values[at] = [np.nan if number is None else number for number in numbers]
    odd[[place for place, number in zip(at[1].tolist(), numbers, strict=True) if number is None]] = True
