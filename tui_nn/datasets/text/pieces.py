"""Pieces of a text that threads read on their own: which lines begin in each is known from one look at all of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from tui_nn.datasets.source import Source
from tui_nn.datasets.text.compiled import facts_of, is_compiled
from tui_nn.system import processors

PIECE = 2**21  # bytes: a thread wakes up, and waits for Python's lock, in a small part of the time that one takes
MORE = 2**13  # bytes behind a piece in which its last line most likely ends
MOST_THREADS = 8


@dataclass(frozen=True)
class TextPieces:
    """A text of ASCII alone. piece, size: in bytes. ends: how many lines end in each piece of it.

    is_ended: whether the last line has an end.
    """

    piece: int
    size: int
    ends: tuple[int, ...]
    has_quotes: bool
    is_ended: bool

    def lines(self, skipped: int) -> Iterator[tuple[int, int, int]]:
        """Of each piece where it begins and ends, and how many lines there are behind the ends of lines in it.

        The first `skipped` lines of the text are left out: it begins with the end of the last of them, where that is in
        the first piece.
        """
        first = self.ends[0] - skipped + 1
        for at, lines in enumerate((first, *self.ends[1:])):
            last = at == len(self.ends) - 1
            yield at * self.piece, (at + 1) * self.piece, lines - (last and self.is_ended)


def threads() -> int:
    """How many there shall be."""
    return min(MOST_THREADS, processors())


def pieces_of(source: Source) -> TextPieces | None:
    """None where it is not of ASCII alone, a piece has no end of a line, or there is no compiled code to look at it."""
    if not is_compiled():
        return None
    with source.open() as file:
        size = file.seek(0, os.SEEK_END)
    starts = range(0, size, PIECE)
    with ThreadPoolExecutor(threads()) as pool:
        looked = list((pool.map if len(starts) > 1 else map)(partial(_facts, source), starts))
    if sum(one[0] for one in looked) != size or not all(is_plain for _, _, is_plain, _, _ in looked):
        return None
    ends = tuple(lines for _, lines, _, _, _ in looked)
    return TextPieces(PIECE, size, ends, any(quotes for _, _, _, quotes, _ in looked), looked[-1][4]) if ends else None


def _facts(source: Source, start: int) -> tuple[int, int, bool, bool, bool]:
    """Of a piece its size, how many lines end in it, whether it is plain, has quotes, and ends with a line."""
    with source.open() as file:
        file.seek(start)
        text = file.read(PIECE)
        lines, is_plain, has_quotes = facts_of(text)
        is_last = not file.read(1)
    if not lines and (not is_last or b"\r" in text):
        is_plain = False  # a very long line, or one that ends as those of old computers do
    return len(text), lines, is_plain, has_quotes, text.endswith(b"\n")


def lines_behind(source: Source, first: int, last: int) -> tuple[int, memoryview]:
    """The whole lines behind the ends of lines in these bytes of a text, and where they begin.

    first: -1 for the lines from the first on.
    """
    with source.open() as file:
        file.seek(max(first, 0))
        text = file.read(last - max(first, 0) + MORE)
        start = text.find(b"\n") + 1 if first >= 0 else 0
        end = text.find(b"\n", last - max(first, 0)) + 1
        if not end:
            text += file.readline()
            end = len(text)
    return max(first, 0) + start, memoryview(text)[start:end]
