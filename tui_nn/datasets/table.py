"""A table: named columns of one kind each, what is missing, and where each cell stands.

What every reader gives, and what a preparation makes the inputs of a network from. Nothing is guessed here: a column of
texts is one until `tui_nn.datasets.meaning` looks at what they mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np

from tui_nn.datasets.text.numbers import PLAIN, NumberForm
from tui_nn.errors import DataError, Finding, did_you_mean

Array = np.ndarray[Any, np.dtype[Any]]

ColumnKind = Literal["number", "truth value", "category", "date", "text", "picture"]
# How the values of a column are kept: as numbers; or as numbers of `words`, for every kind that is made of texts.
NUMBERS: tuple[ColumnKind, ...] = ("number", "truth value", "picture")


@dataclass(frozen=True)
class Column:
    """One column of a table, with m rows.

    values: of a number (m,) in a real type, float64 or int64 from a text, NaN or 0 where it is missing; of a truth
    value (m,) uint8; of a picture (m, rows x columns); of category, date and text (m,) int32, each the place of its
    text in `words`, -1 where it is missing. missing: (m,) bool, None where nothing is. picture: (rows, columns).
    """

    name: str
    kind: ColumnKind
    values: Array
    words: tuple[str, ...] = ()
    missing: Array | None = None
    picture: tuple[int, int] | None = None

    def __len__(self) -> int:
        return len(self.values)

    @property
    def gaps(self) -> int:
        """How many rows have no value."""
        return 0 if self.missing is None else int(self.missing.sum())

    @property
    def numbers(self) -> Array:
        """(m,) float64, NaN where it is missing; for a column of numbers or truth values."""
        numbers: Array = self.values.astype(np.float64)
        if self.missing is not None:
            numbers[self.missing] = np.nan
        return numbers

    def texts(self) -> list[str]:
        """Each row as a text, "" where it is missing; for a column of words."""
        return ["" if code < 0 else self.words[code] for code in self.values.tolist()]

    def take(self, rows: Array) -> Column:
        """The same column with these rows alone: their numbers, or a mask."""
        missing = None if self.missing is None else self.missing[rows]
        return replace(self, values=self.values[rows], missing=missing if missing is None or missing.any() else None)


@dataclass(frozen=True)
class CellPlace:
    """Where a cell stands: line and column count from 1, as a person and a spreadsheet do. line 0: the row `row`."""

    file: str
    line: int
    column: int
    row: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else f"{self.file}, row {self.row}"

    def wrong(self, message: str) -> Finding:
        """What is wrong with the cell, where it stands."""
        return Finding(message if self.line else f"{self}: {message}", self.file, self.line, self.column)


@dataclass(frozen=True)
class Table:
    """A table: columns with the same number of rows.

    name: of the source, as errors say it. lines: (m,) the line on which each row begins, None where a source has no
    lines. notes: what its reader had to guess, or left out, one sentence each. test: rows that the source sets aside
    itself, in the same columns. unit_scale: what brings its numbers to [0, 1], where the source says so (255 for
    pixels). as_written: a column once more, each cell as its text; None where the values say all.
    has_names: whether its columns have names of their own. numbers: how its texts write numbers. written: columns of
    numbers whose texts are at hand.
    """

    name: str
    columns: tuple[Column, ...]
    lines: Array | None = None
    notes: tuple[str, ...] = ()
    test: Table | None = None
    unit_scale: float = 1.0
    as_written: Callable[[int], Column] | None = None
    has_names: bool = True
    numbers: NumberForm = PLAIN
    written: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each column, from 0, by its name."""
        return {name: place for place, name in enumerate(self.names)}

    def index(self, name: str) -> int:
        """The place of a column, from 0, by its name or by its number from 1. Raises DataError with the nearest."""
        if name in self.places:
            return self.places[name]
        if name.isdecimal() and name.isascii() and 1 <= int(name) <= len(self.columns):
            return int(name) - 1
        raise DataError(f"{self.name}: has no column '{name}'.{did_you_mean(name, self.names)}")

    def column(self, name: str) -> Column:
        """A column by its name, or by its number from 1. Raises DataError."""
        return self.columns[self.index(name)]

    def texts(self, index: int) -> Column:
        """A column as the words of its cells: "007" and "7" are two. A column of words is that already."""
        column = self.columns[index]
        if column.kind not in NUMBERS:
            return column
        if self.as_written is not None:
            return self.as_written(index)
        return _spelled(column)

    def place(self, row: int, column: int) -> CellPlace:
        """Where a cell stands; both count from 0."""
        line = 0 if self.lines is None else int(self.lines[row])
        return CellPlace(self.name, line, column + 1, row + 1)

    def take(self, rows: Array) -> Table:
        """The same table with these rows alone: their numbers, or a mask."""
        lines = None if self.lines is None else self.lines[rows]
        written, whole = self.as_written, self
        again = None if written is None else (lambda index: whole.texts(index).take(rows))
        columns = tuple(column.take(rows) for column in self.columns)
        return replace(self, columns=columns, lines=lines, as_written=again)

    def with_columns(self, columns: Iterable[Column]) -> Table:
        """The same table with other columns in the places of its own."""
        return replace(self, columns=tuple(columns))


def words_of(cells: Sequence[str], name: str, kind: ColumnKind = "text", missing: Array | None = None) -> Column:
    """A column of these texts, each kept once."""
    places: dict[str, int] = {}
    codes = np.fromiter((places.setdefault(cell, len(places)) for cell in cells), np.int32, len(cells))
    if missing is None or not missing.any():
        return Column(name, kind, codes, tuple(places))
    kept = np.unique(codes[~missing])
    words = list(places)
    codes = np.where(missing, -1, np.searchsorted(kept, codes)).astype(np.int32)
    return Column(name, kind, codes, tuple(words[code] for code in kept), missing)


def _spelled(column: Column) -> Column:
    """The numbers of a source that keeps numbers: whole ones without a point, others with all their digits."""
    if column.kind == "truth value":
        texts = ["true" if value else "false" for value in column.values.tolist()]
        return words_of(texts, column.name, "category", column.missing)
    values, places = np.unique(column.values, return_inverse=True)
    words = [f"{value:.0f}" if float(value).is_integer() else repr(float(value)) for value in values.tolist()]
    codes = places.reshape(-1).astype(np.int32)
    if column.missing is None:
        return Column(column.name, "category", codes, tuple(words))
    return words_of([words[code] for code in codes.tolist()], column.name, "category", column.missing)
