"""Cells of a matrix with a text in the middle of each, on a ground of its own, as large as the box allows."""

from __future__ import annotations

import numpy as np
from rich.style import Style
from rich.text import Text

from tui_nn.render.look import Look
from tui_nn.render.palette import RAMPS, glyphs

FLATTEST = 8  # columns of a cell for each of its lines, at most; it has as many as lines, at least
SIGNS = 2  # glyphs of a negative ground beside a number that would be read as its own signs
AROUND = 8  # columns that a cell of one line may have more than its text


def grown(rows: int, columns: int, least: int, width: int, height: int) -> tuple[int, int]:
    """Lines and columns of a cell, at least (1, least), with which all have room in the box."""
    tall = max(1, min(height // rows, width // columns))
    return tall, max(least, min(width // columns, max(FLATTEST * tall, least + AROUND)))


def cell_lines(text: str, wide: int, tall: int, style: Style, glyph: str = " ") -> list[Text]:
    """One cell. glyph: its ground where there are no colours; `text` stands in it, with a blank at either side if
    there is room, and has no ground on one side of it alone; without a text there is only ground."""
    middle = (tall - 1) // 2
    if glyph == " " or tall < 3:
        return [Text(centred(text if line == middle else "", wide), style) for line in range(tall)]
    if not text.strip():
        return [Text(glyph * wide, style) for _ in range(tall)]
    said = f" {text.strip()} "
    before = (wide - len(said) + 1) // 2
    inner = glyph * before + said + glyph * (wide - len(said) - before)
    if len(said) > wide or (glyph in RAMPS["negative"] and before <= SIGNS):
        inner = centred(text, wide)
    return [Text(inner if line == middle else glyph * wide, style) for line in range(tall)]


def ground_glyph(value: float, scale: float, look: Look) -> str:
    """What fills a cell without colours, as a pixel of this value has it; a blank where colours do."""
    return glyphs(np.array([value]), scale, has_blocks=not look.ascii) if look.depth == "none" else " "


def tall_line(line: Text, tall: int) -> list[Text]:
    """A line of cells in the middle of so many, with its grounds above and below."""
    blank = line.copy()
    blank.plain = " " * len(line.plain)
    return [line if number == (tall - 1) // 2 else blank for number in range(tall)]


def centred(text: str, wide: int) -> str:
    """In the middle, or one to the right of it."""
    return text.rjust(len(text) + (wide - len(text) + 1) // 2).ljust(wide)
