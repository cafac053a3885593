"""A table part by part, in order: where its lines are plain very many at once, else row by row. Both say the same."""

from __future__ import annotations

import csv
import itertools
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np

from tui_nn.datasets.source import Source
from tui_nn.datasets.text.cells import CellGrid, cells_in
from tui_nn.datasets.text.compiled import CompiledReader, compiled_reader, facts_of
from tui_nn.datasets.text.cursor import Declined, TextCursor
from tui_nn.datasets.text.layout import TextLayout, cells_of, tidied
from tui_nn.datasets.text.pieces import TextPieces, lines_behind, threads
from tui_nn.datasets.text.rows import MARK, flaw_of, is_header, rows_of
from tui_nn.datasets.text.table_part import CompiledRows, ListedRows, PlainRows, TablePart, Wanted

Array = np.ndarray[Any, np.dtype[Any]]

ROWS = 4096  # that are read one by one at a time
STRETCH = 2**15  # bytes that are read row by row where a line is not plain
MOST_AHEAD, MOST_WAITING = 6, 2  # blocks that are held; pieces, beside those that threads look at
WIDE = 4  # blocks that compiled code takes together: it is done sooner than a thread wakes up


def is_plain(layout: TextLayout) -> bool:
    """Whether lines of this layout can be plain."""
    marks = layout.delimiter + layout.quote
    return bool(layout.delimiter) and marks.isascii() and layout.delimiter not in f"\r\n{layout.quote}"


def parts_of(
    source: Source, layout: TextLayout, pieces: TextPieces | None, wanted: Callable[[], Wanted], *, quick: bool
) -> Iterator[TablePart]:
    """All rows below the header. If `quick`, many at once where they are plain; raises Declined where they are wrong.

    pieces: of the text, if they are known. Otherwise row by row; raises DataError with the places of up to ten rows
    that are wrong.
    """
    if not quick:
        rows = rows_of(source, layout)
        while block := list(itertools.islice(rows, ROWS)):
            yield ListedRows(block, layout.numbers)
        return
    if not is_plain(layout):
        raise Declined
    compiled, skipped = compiled_reader(layout), max(layout.header, layout.skipped)
    with source.open() as file, ThreadPoolExecutor(threads()) as pool:
        cursor = TextCursor(file, layout.encoding)
        for _ in itertools.islice(cursor.lines(), skipped):
            pass
        if compiled is not None and pieces is not None and skipped <= pieces.ends[0]:
            look = partial(_piece, source, layout, compiled)
            going_on = yield from _parts_of_pieces(pieces, skipped, cursor.size - 1, look, wanted, pool)
            if going_on is None:
                return
            start, row = going_on
            file.seek(start)
            cursor = TextCursor(file, layout.encoding, skipped + row)
        yield from _quick_parts(source, layout, cursor, wanted, pool)


def _piece(
    source: Source, layout: TextLayout, compiled: CompiledReader, first: int, last: int, lines: int,
    asked: Wanted, room: Array | None,
) -> tuple[int, CompiledRows | None]:  # fmt: skip
    """Where the lines of a piece begin, and its rows; None if they are not plain."""
    start, text = lines_behind(source, first, last)
    found = compiled(text, asked.numbers, list(asked.words), lines, room)
    return start, None if found is None else CompiledRows(found, layout.numbers, asked.numbers)


def _parts_of_pieces(
    pieces: TextPieces, skipped: int, start: int, look: Callable[..., tuple[int, CompiledRows | None]],
    wanted: Callable[[], Wanted], pool: Executor,
) -> Generator[TablePart, None, tuple[int, int] | None]:  # fmt: skip
    """Piece by piece, each by a thread on its own; `start`: where the last of the lines ends that are skipped.

    Gives back where the first line that is not plain, or one shortly before it, begins in the text, and its row.
    """
    ahead: deque[Future[tuple[int, CompiledRows | None]]] = deque()
    coming = pieces.lines(skipped)
    row = given = 0
    while True:
        for first, last, lines in itertools.islice(coming, threads() + MOST_WAITING - len(ahead)):
            if lines:
                asked = wanted()
                ahead.append(pool.submit(look, first or start, last, lines, asked, asked.room(row, lines)))
                row += lines
        if not ahead:
            return None
        begins, part = ahead.popleft().result()
        if part is None:
            _finish(ahead)
            return begins, given
        part.start = skipped + given + 1
        given += len(part)
        yield part


def _quick_parts(
    source: Source, layout: TextLayout, cursor: TextCursor, wanted: Callable[[], Wanted], pool: Executor
) -> Iterator[TablePart]:
    """Block by block; while one is waited for, threads look at those behind it."""

    compiled = compiled_reader(layout)

    def look(block: bytes, lines: int, asked: Wanted, room: Array | None) -> PlainRows | CompiledRows | None:
        if compiled is not None:
            found = compiled(block, asked.numbers, list(asked.words), lines, room)
            return None if found is None else CompiledRows(found, layout.numbers, asked.numbers)
        cells = cells_in(block, layout)
        return None if cells is None or _has_header(cells, layout) else PlainRows(cells, layout.numbers, asked)

    ahead: deque[tuple[bytes, int, Future[PlainRows | CompiledRows | None]]] = deque()
    most = 1  # grows while blocks are plain
    row = cursor.line - max(layout.header, layout.skipped)  # that the next block begins with, where each line is one
    while True:
        while len(ahead) < most and (block := cursor.block(WIDE if compiled and most > 1 else 1)):
            lines = facts_of(block)[0] + (not block.endswith(b"\n"))
            asked = wanted()
            ahead.append((block, lines, pool.submit(look, block, lines, asked, asked.room(row, lines))))
            row += lines
        if not ahead:
            return
        block, lines, future = ahead.popleft()
        part = future.result()
        if part is not None:
            part.start = cursor.line + 1
            cursor.line += len(part)
            most = min(most + 1, MOST_AHEAD)
            yield part
            continue
        _finish(later for _, _, later in ahead)
        cursor.give_back(b"".join([block, *(later for later, _, _ in ahead)]))
        row -= lines + sum(lines for _, lines, _ in ahead)
        ahead.clear()
        most = 1
        listed = ListedRows(list(_rows(source, layout, cursor, min(len(block), STRETCH))), layout.numbers)
        row += len(listed)
        yield listed


def _finish(ahead: Iterable[Future[Any]]) -> None:
    """Wait for those whose rows are not taken: they may still put numbers where others will be.

    One by one: `concurrent.futures.wait` takes the locks of all, and Ctrl+C in between leaves some taken for ever.
    """
    for future in ahead:
        future.exception()


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
