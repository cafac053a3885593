"""A sheet of cells to draw on, where things lie over each other: a character with a style each, text at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

Array = np.ndarray[Any, np.dtype[Any]]


class Cells:
    """width x height blanks. What is put beyond an edge is cut off."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._characters = [[" "] * width for _ in range(height)]
        self._chosen: Array = np.zeros((height, width), np.int32)
        self._styles: list[Style] = [Style.null()]
        self._numbers: dict[Style, int] = {}

    def put(self, y: int, x: int, text: str | Text, style: Style | None = None) -> None:
        """A line of text whose first cell is (y, x); its own colours count where no style is given."""
        if not 0 <= y < self.height:
            return
        text = Text(text, style or "") if isinstance(text, str) else text
        at, places = x, []
        for character in text.plain:
            wide = cell_len(character)
            places.append(at)
            if wide and at >= 0 and at + wide <= self.width:
                self._characters[y][at : at + wide] = [character] + [""] * (wide - 1)
            at += wide
        places.append(at)
        spans = [(0, len(text.plain), text.style), *text.spans] if style is None else [(0, len(text.plain), style)]
        for start, end, one in spans:
            number = self._number(Style.parse(one) if isinstance(one, str) else one)
            self._chosen[y, max(0, places[start]) : max(0, places[end])] = number

    def centre(self, y: int, start: int, end: int, words: Sequence[str], style: Style) -> None:
        """The first of the words that fits, else the last, in the middle between two columns of cells."""
        text = next((one for one in words if len(one) <= end - start), words[-1])
        self.put(y, start + max(0, end - start - len(text)) // 2, text, style)

    def cell(self, y: int, x: int, character: str, style: Style) -> None:
        """One cell, which must be there."""
        self._characters[y][x] = character
        self._chosen[y, x] = self._number(style)

    def _number(self, style: Style) -> int:
        if not style:
            return 0
        number = self._numbers.get(style)
        if number is None:
            number = self._numbers[style] = len(self._styles)
            self._styles.append(style)
        return number

    def lines(self) -> list[Text]:
        """One text a row, one span for each run of cells of one style: a terminal is slow in changing colours."""
        found = []
        for characters, chosen in zip(self._characters, self._chosen, strict=True):
            line = Text(no_wrap=True)
            ends = [*(np.flatnonzero(np.diff(chosen)) + 1).tolist(), self.width]
            start = 0
            for end in ends:
                line.append("".join(characters[start:end]), self._styles[chosen[start]])
                start = end
            line.rstrip()
            found.append(line)
        return found
