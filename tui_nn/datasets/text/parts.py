"""A table part by part, in order: where its lines are plain very many at once, else row by row. Both say the same."""

from __future__ import annotations

import csv
import itertools
import math
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from tui_nn.datasets.source import Source
from tui_nn.datasets.text.cells import CellGrid, cells_in
from tui_nn.datasets.text.cursor import Declined, TextCursor
from tui_nn.datasets.text.decimals import decimals
from tui_nn.datasets.text.layout import TextLayout, cells_of, tidied
from tui_nn.datasets.text.numbers import LARGEST_FLOAT, NumberForm, floats, is_missing
from tui_nn.datasets.text.rows import MARK, flaw_of, is_header, rows_of
from tui_nn.datasets.text.short_words import ShortWords

Array = np.ndarray[Any, np.dtype[Any]]

ROWS = 4096  # that are read one by one at a time
STRETCH = 2**15  # bytes that are read row by row where a line is not plain
MOST_THREADS, MOST_AHEAD = 4, 6  # blocks that are held


@dataclass(frozen=True)
class Wanted:
    """What is asked of a part. numbers: columns. words: columns, and the texts that are known of them."""

    numbers: tuple[int, ...]
    words: Mapping[int, ShortWords]


class TablePart(Protocol):
    """Rows that stand one after the other. lines: (rows,) the line on which each begins."""

    @property
    def lines(self) -> Array: ...

    def __len__(self) -> int: ...

    def numbers(self, columns: tuple[int, ...]) -> tuple[Array, Array]:
        """(rows, columns) float64, NaN where a value is missing; and (columns,) which hold other things, too."""

    def codes(self, column: int, known: ShortWords) -> Array:
        """(rows,) int32, which known text each cell is, -1 where it has to be looked at."""

    def texts(self, column: int, rows: Sequence[int]) -> Sequence[str]:
        """The cells of a column in these rows as they are written, perhaps without blanks around them."""


@dataclass(frozen=True)
class ListedRows:
    """Rows that were read one by one: (line, cells) each."""

    rows: Sequence[tuple[int, Sequence[str]]]
    form: NumberForm

    @property
    def lines(self) -> Array:
        return np.array([line for line, _ in self.rows], np.int64)

    def __len__(self) -> int:
        return len(self.rows)

    def numbers(self, columns: tuple[int, ...]) -> tuple[Array, Array]:
        values = np.empty((len(self), len(columns)))
        odd = np.zeros(len(columns), bool)
        for place, column in enumerate(columns):
            values[:, place], are_numbers = floats([cells[column] for _, cells in self.rows], self.form)
            odd[place] = not are_numbers
        return values, odd

    def codes(self, column: int, known: ShortWords) -> Array:  # noqa: ARG002
        return np.full(len(self), -1, np.int32)

    def texts(self, column: int, rows: Sequence[int]) -> Sequence[str]:
        return [self.rows[row][1][column] for row in rows]


class PlainRows:
    """Rows that are a line each. What is wanted of them is found out at once, by whichever thread makes them."""

    def __init__(self, cells: CellGrid, form: NumberForm, wanted: Wanted) -> None:
        self._cells = cells
        self._numbers = wanted.numbers, *_numbers(cells, wanted.numbers, form)
        self._codes = {at: known.codes(cells, at) for at, known in wanted.words.items()}
        self.start = 1

    @property
    def lines(self) -> Array:
        return np.arange(self.start, self.start + len(self))

    def __len__(self) -> int:
        return len(self._cells)

    def numbers(self, columns: tuple[int, ...]) -> tuple[Array, Array]:
        known, values, odd = self._numbers
        if columns == known:
            return values, odd
        places = [known.index(column) for column in columns]  # a column has left meanwhile
        return values[:, places], odd[places]

    def codes(self, column: int, known: ShortWords) -> Array:  # noqa: ARG002
        return self._codes[column]

    def texts(self, column: int, rows: Sequence[int]) -> Sequence[str]:
        return [cell.decode() for cell in self._cells.bytes_at((rows, column))]


def _numbers(cells: CellGrid, columns: tuple[int, ...], form: NumberForm) -> tuple[Array, Array]:
    odd = np.zeros(len(columns), bool)
    if not columns:
        return np.empty((len(cells), 0)), odd
    together = columns == tuple(range(columns[0], columns[0] + len(columns)))
    values, known = decimals(cells, slice(columns[0], columns[-1] + 1) if together else list(columns))
    if known.all():
        return values, odd
    rows, places = np.nonzero(~known)
    words = cells.bytes_at((rows, np.asarray(columns)[places]))
    found = {word: _number(word.decode(), form) for word in dict.fromkeys(words)}
    numbers = [found[word] for word in words]
    values[rows, places] = [np.nan if number is None else number for number in numbers]
    odd[[place for place, number in zip(places.tolist(), numbers, strict=True) if number is None]] = True
    return values, odd


def _number(word: str, form: NumberForm) -> float | None:
    """The number of a cell, NaN where it is missing, None where it is anything else."""
    if form.is_number(word):
        return value if abs(value := form.value(word)) <= LARGEST_FLOAT else None
    return math.nan if is_missing(word) else None


def is_plain(layout: TextLayout) -> bool:
    """Whether lines of this layout can be plain."""
    marks = layout.delimiter + layout.quote
    return bool(layout.delimiter) and marks.isascii() and layout.delimiter not in f"\r\n{layout.quote}"


def parts_of(source: Source, layout: TextLayout, wanted: Callable[[], Wanted], *, quick: bool) -> Iterator[TablePart]:
    """All rows below the header. If `quick`, many at once where they are plain; raises Declined where they are wrong.

    Otherwise row by row; raises DataError with the places of up to ten rows that are wrong.
    """
    if not quick:
        rows = rows_of(source, layout)
        while block := list(itertools.islice(rows, ROWS)):
            yield ListedRows(block, layout.numbers)
        return
    if not is_plain(layout):
        raise Declined
    with source.open() as file, ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1)) as pool:
        cursor = TextCursor(file, layout.encoding)
        for _ in itertools.islice(cursor.lines(), max(layout.header, layout.skipped)):
            pass
        yield from _quick_parts(source, layout, cursor, wanted, pool)


def _quick_parts(
    source: Source, layout: TextLayout, cursor: TextCursor, wanted: Callable[[], Wanted], pool: Executor
) -> Iterator[TablePart]:
    """Block by block; while one is waited for, threads look at those behind it."""

    def look(block: bytes, asked: Wanted) -> PlainRows | None:
        cells = cells_in(block, layout)
        return None if cells is None or _has_header(cells, layout) else PlainRows(cells, layout.numbers, asked)

    ahead: deque[tuple[bytes, Future[PlainRows | None]]] = deque()
    most = 1  # grows while blocks are plain
    while True:
        while len(ahead) < most and (block := cursor.block()):
            cursor.take(block)
            ahead.append((block, pool.submit(look, block, wanted())))
        if not ahead:
            return
        block, future = ahead.popleft()
        part = future.result()
        if part is not None:
            part.start = cursor.line + 1
            cursor.line += len(part)
            most = min(most + 1, MOST_AHEAD)
            yield part
            continue
        cursor.give_back(b"".join([block, *(later for later, _ in ahead)]))
        ahead.clear()
        most = 1
        yield ListedRows(list(_rows(source, layout, cursor, min(len(block), STRETCH))), layout.numbers)


def _has_header(cells: CellGrid, layout: TextLayout) -> bool:
    """Whether one of the rows is the header once more."""
    if not layout.header:
        return False
    names = [name.encode() for name in layout.names]
    begins = (names[0], b"", MARK.encode() + names[0])
    first, last = cells.lengths(0), cells.lengths(len(names) - 1)
    rows = np.flatnonzero((last == len(names[-1])) & np.isin(first, [len(name) for name in begins]))
    for column, found in ((-1, (names[-1], b"")), (0, begins)):
        rows = rows[[cell in found for cell in cells.bytes_at((rows, column))]]
    return any(is_header([cell.decode() for cell in cells.bytes_at((row, slice(len(names))))], layout) for row in rows)


def _rows(source: Source, layout: TextLayout, cursor: TextCursor, size: int) -> Iterator[tuple[int, list[str]]]:
    """The rows from here on, until so many bytes are taken. Raises Declined for one that is wrong."""
    end = cursor.size + size
    reader = cells_of(tidied(source, layout, cursor.lines(), cursor.line + 1), layout)
    wide = len(layout.names)
    while cursor.size < end:
        start = cursor.line + 1
        try:
            row = next(reader, None)
        except csv.Error:
            raise Declined from None
        if row is None:
            return
        if layout.trailing and len(row) == wide + 1 and row[-1] == "":
            row.pop()
        if row and flaw_of(row, layout, (start, cursor.line)) is not None:
            raise Declined
        if row:
            yield start, row
