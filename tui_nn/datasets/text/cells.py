"""Where the cells of whole rows begin and end, found by numpy in a block of bytes; what is not plain is declined.

Plain is a block in which each line is a row of as many cells as there are columns, whose quotes stand around whole
cells. Whatever else a table may hold is read line by line.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_nn.datasets.text.layout import TextLayout

Array = np.ndarray[Any, np.dtype[Any]]

WORD = 8  # bytes that are looked at together
BEFORE = 4 * WORD  # bytes in front of the first cell, so that words that end with a cell may begin before it
BLANK, NEWLINE = ord(" "), ord("\n")
BLANKS = 4  # around a cell that are taken off here
# A word with its last bytes alone, by how many.
LAST = np.array([(2**64 - 1) << 8 * (WORD - kept) & (2**64 - 1) for kept in range(WORD + 1)], np.uint64)


@dataclass(frozen=True)
class CellGrid:
    """Rows x columns of a text.

    text, letters: its bytes. words: the eight bytes from each place on, as a number, the first byte lowest. starts,
    ends: (rows, columns) places of the text, quotes and blanks left outside. points, last_points: how many decimal
    points a cell has and where its last one is; None for a text without any.
    """

    text: bytes
    letters: Array
    words: Array
    starts: Array
    ends: Array
    points: Array | None = None
    last_points: Array | None = None

    def __len__(self) -> int:
        return len(self.ends)

    def lengths(self, column: int) -> Array:
        """(rows,) bytes of the cells of a column."""
        return np.asarray(self.ends[:, column] - self.starts[:, column])

    def bytes_at(self, places: tuple[Any, Any]) -> list[bytes]:
        """What is written in the cells at these places, (rows, columns) as numpy has them."""
        starts, ends = self.starts[places].tolist(), self.ends[places].tolist()
        return [self.text[start:end] for start, end in zip(starts, ends, strict=True)]


def cells_in(block: bytes, layout: TextLayout) -> CellGrid | None:
    """The cells of these lines, UTF-8, or None if they are not plain."""
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n")
    comment = layout.comment.encode()
    if b"\r" in block or (comment and (block.startswith(comment) or b"\n" + comment in block)):
        return None
    text = b"0" * BEFORE + block + (b"" if block.endswith(b"\n") else b"\n")
    letters = np.frombuffer(text, np.uint8)
    newlines = letters == NEWLINE
    separators = letters == ord(layout.delimiter)
    separators |= newlines
    quote = layout.quote.encode()
    quotes = letters == ord(quote) if quote and quote in block else None
    if quotes is not None:
        separators &= ~np.logical_xor.accumulate(quotes)
    point = layout.numbers.decimal
    has_points = point != layout.delimiter and point.encode() in block
    found = np.flatnonzero(separators | (letters == ord(point)) if has_points else separators)
    at = np.flatnonzero(letters[found] != ord(point)) if has_points else np.arange(len(found))
    ends = found[at]
    wide = len(layout.names) + layout.trailing
    rows, left = divmod(len(ends), wide)
    starts = np.concatenate([[BEFORE], ends[:-1] + 1])
    if left or np.count_nonzero(newlines) != rows or not newlines[ends[wide - 1 :: wide]].all():
        return None
    if (ends - starts).max(initial=0) > csv.field_size_limit():
        return None
    if quotes is not None:
        opened = quotes[starts]
        if (opened & ~(quotes[ends - 1] & (ends - starts > 1))).any():
            return None
        if 2 * np.count_nonzero(opened) != np.count_nonzero(quotes):
            return None
    shape = (rows, wide)
    points = last_points = None
    if has_points:
        points = (np.diff(at, prepend=-1) - 1).reshape(shape)
        last_points = found[at - 1].reshape(shape)
    if quotes is not None:
        starts, ends = starts + opened, ends - opened
    if layout.trailing and (ends - starts)[wide - 1 :: wide].any():
        return None
    if b" " in block:
        starts, ends = _without_blanks(letters, starts, ends)
    words = np.ndarray((len(text) - WORD + 1,), "<u8", text, strides=(1,))
    return CellGrid(text, letters, words, starts.reshape(shape), ends.reshape(shape), points, last_points)


def _without_blanks(letters: Array, starts: Array, ends: Array) -> tuple[Array, Array]:
    """The same cells without a few blanks at both ends."""
    for _ in range(BLANKS):
        blank = (letters[starts] == BLANK) & (starts < ends)
        if not blank.any():
            break
        starts = starts + blank
    for _ in range(BLANKS):
        blank = (letters[ends - 1] == BLANK) & (starts < ends)
        if not blank.any():
            break
        ends = ends - blank
    return starts, ends
