"""Cells of a matrix with a text in the middle of each, on a ground of its own, as large as the box allows."""

from __future__ import annotations

from rich.style import Style
from rich.text import Text

from tui_nn.render.look import Look

FLATTEST = 8  # columns of a cell for each of its lines, at most; it has as many as lines, at least


def grown(rows: int, columns: int, least: int, width: int, height: int, look: Look) -> tuple[int, int]:
    """Lines and columns of a cell, at least (1, least), with which all have room in the box.

    Where cells have no ground, they keep together: numbers far apart are no picture.
    """
    tall = max(1, min(height // rows, width // columns))
    if look.depth == "none":
        tall = max(1, min(tall, 2, width // columns // 2))
        return tall, max(least, min(width // columns, least + 2 * (tall - 1)))
    return tall, max(least, min(width // columns, FLATTEST * tall))


def cell_lines(text: str, wide: int, tall: int, style: Style) -> list[Text]:
    """One cell."""
    middle = (tall - 1) // 2
    return [Text(centred(text if line == middle else "", wide), style) for line in range(tall)]


def tall_line(line: Text, tall: int) -> list[Text]:
    """A line of cells in the middle of so many, with its grounds above and below."""
    blank = line.copy()
    blank.plain = " " * len(line.plain)
    return [line if number == (tall - 1) // 2 else blank for number in range(tall)]


def centred(text: str, wide: int) -> str:
    """In the middle, or one to the right of it."""
    return text.rjust(len(text) + (wide - len(text) + 1) // 2).ljust(wide)
