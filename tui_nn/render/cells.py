"""A sheet of cells to draw on, where things lie over each other: a character with a style each, text at the end."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from rich.cells import cell_len
from rich.style import Style
from rich.text import Span, Text

from tui_nn.render.canvas import wording
from tui_nn.render.look import Look
from tui_nn.render.palette import LEVELS, levels, pair, pixels, shade

Array = np.ndarray[Any, np.dtype[Any]]


class Cells:
    """width x height blanks. What is put beyond an edge is cut off."""

    def __init__(self, width: int, height: int, look: Look) -> None:
        self.width, self.height, self.look = width, height, look
        self._characters = [[" "] * width for _ in range(height)]
        self._chosen: Array = np.zeros((height, width), np.int32)
        self._styles: list[Style] = [Style.null()]
        self._numbers: dict[Style, int] = {}
        side = 2 * LEVELS[look.depth] + 1
        self._pairs: Array = np.full((side, side), -1)  # of the levels of two pixels -> their style

    def put(self, y: int, x: int, text: str, style: Style) -> None:
        """A line of text whose first cell is (y, x)."""
        if not 0 <= y < self.height:
            return
        at = x
        for character in text:
            wide = 1 if character < "\u0300" else cell_len(character)
            if wide and at >= 0 and at + wide <= self.width:
                self._characters[y][at : at + wide] = [character] + [""] * (wide - 1)
            at += wide
        self._chosen[y, max(0, x) : max(0, at)] = self._number(style)

    def centre(self, y: int, start: int, end: int, words: Sequence[str], style: Style) -> None:
        """The first of the words that fits, else the last, in the middle between two columns of cells."""
        text = wording(end - start, *words)
        self.put(y, start + max(0, end - start - len(text)) // 2, text, style)

    def cell(self, y: int, x: int, character: str, style: Style) -> None:
        """One cell, which must be there."""
        self._characters[y][x] = character
        self._chosen[y, x] = self._number(style)

    def add_style(self, y: int, x: int, style: Style) -> None:
        """To what one cell, which must be there, has."""
        self._chosen[y, x] = self._number(self._styles[self._chosen[y, x]] + style)

    def picture(self, y: int, x: int, values: Array, scale: float) -> None:
        """Values (rows, columns) as `palette.pixels` paints them, within the sheet.

        An odd row at the end has nothing behind it, so that pictures below each other are kept apart.
        """
        rows, columns = values.shape
        if self.look.is_plain:
            whole = np.vstack([values, values[-1:]]) if rows % 2 else values  # a line by itself is no paler
            for row, line in enumerate(pixels(whole, scale, self.look)):
                self.put(y + row, x, line.plain, Style.null())
            return
        n = LEVELS[self.look.depth]
        found = levels(values, scale, self.look) + n
        halves = found[: rows - rows % 2]
        top, bottom = halves[::2], halves[1::2]
        new = self._pairs[top, bottom] < 0
        for one, other in set(zip(top[new].tolist(), bottom[new].tolist(), strict=True)):
            self._pairs[one, other] = self._number(pair(one - n, other - n, self.look.depth, self.look.light))
        for row in range(len(top)):
            self._characters[y + row][x : x + columns] = ["▀"] * columns
        self._chosen[y : y + len(top), x : x + columns] = self._pairs[top, bottom]
        if rows % 2:
            for column, level in enumerate(found[-1].tolist()):
                self.cell(y + len(top), x + column, "▀", shade(level - n, self.look))

    def _number(self, style: Style) -> int:
        if not style:
            return 0
        number = self._numbers.get(style)
        if number is None:
            number = self._numbers[style] = len(self._styles)
            self._styles.append(style)
        return number

    def text(self) -> Text:
        """All lines, a span for each run of cells of one style: a terminal is slow in changing colours."""
        lines, spans, at = [], [], 0
        for characters, chosen in zip(self._characters, self._chosen, strict=True):
            bounds = [0, *(np.flatnonzero(np.diff(chosen)) + 1).tolist(), self.width]
            runs = ["".join(characters[start:end]) for start, end in pairwise(bounds)]
            for start, run in zip(bounds, runs, strict=False):
                if chosen[start]:
                    spans.append(Span(at, at + len(run), self._styles[chosen[start]]))
                at += len(run)
            lines.append("".join(runs))
            at += 1
        return Text("\n".join(lines), spans=spans, no_wrap=True, end="")
