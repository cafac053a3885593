"""A matrix with its numbers in the cells: rows and columns by their names, the bias column set apart at the left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.style import Style
from rich.text import Text

from tui_nn.render.canvas import boxed, fitting, too_small, window
from tui_nn.render.cell_block import cell_lines, centred, ground_glyph, grown
from tui_nn.render.drawing import Drawing, Spot
from tui_nn.render.look import Look
from tui_nn.render.palette import DIM, VALIDATION, accent, ground, largest_size
from tui_nn.render.short_names import short_names

Array = np.ndarray[Any, np.dtype[Any]]

ALWAYS = (8, 12)  # rows and columns of a matrix that is always shown by its numbers, a part of it if need be
DIGITS = (4, 3, 2)  # that are written of the largest number: as many as there is room for
LONGEST = 8  # cells of the name of a row, more in a wide box
APART = 3  # cells between the bias and the other columns


@dataclass(frozen=True)
class WrittenMatrix:
    """Texts of a matrix, all with the same number of decimals; each number is one of them x 10^power."""

    texts: list[list[str]]
    power: int

    @property
    def width(self) -> int:
        """Cells of the longest."""
        return max((len(text) for line in self.texts for text in line), default=1)


def written(values: Array, digits: int) -> WrittenMatrix:
    """values (rows, columns) with so many digits of the largest, fewer where those say it all: -30, 0.5."""
    values = np.asarray(values, np.float64)
    largest = largest_size(values)
    power = int(np.floor(np.log10(largest))) if largest > 0 else 0
    scaled, shift = (values, 0) if -3 <= power < 6 else (values / 10.0**power, power)
    most = max(0, digits - 1 - (power - shift))
    near = np.isfinite(scaled)
    few = next(
        (few for few in range(most) if np.allclose(scaled[near], scaled[near].round(few), rtol=0, atol=1e-7)), most
    )
    return WrittenMatrix([[_text(float(value), few) for value in line] for line in scaled], shift)


def _text(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    return text.lstrip("-") if value and float(text) == 0 else text


def fits(theta: Array, rows: Sequence[str], width: int, height: int) -> bool:
    """Whether all numbers of the matrix have room."""
    digits = DIGITS[-1]
    if theta.shape[0] + 2 > height or 2 * theta.shape[1] > width:
        return False
    return _across(written(theta, digits).width, theta.shape[1]) + _label(rows, width) <= width


def _across(cell: int, columns: int) -> int:
    """Cells that so many columns take, the first set apart."""
    return columns * cell + columns - 1 + (APART - 1 if columns > 1 else 0)


def _label(rows: Sequence[str], width: int) -> int:
    return min(max(LONGEST, width // 7), max((len(name) for name in rows), default=0), max(1, width // 5)) + 1


def numbered(
    theta: Array,
    rows: Sequence[str],
    columns: Sequence[str],
    width: int,
    height: int,
    look: Look | None = None,
    what: str = "",
    at: tuple[int, int] | None = None,
) -> Drawing:
    """theta (s_j, s_{j-1} + 1), or anything of its shape; columns: names, that of the bias first.

    What has no room is left out and counted; the bias, and what is around `at`, stay. The ground of a cell is the
    colour of its number, symmetric about 0. Spots: (row, column) of theta.
    """
    look = look or Look()
    label, room = _label(rows, width), height - 2
    cell = written(theta, DIGITS[-1]).width
    across = (width - label - _across(cell, 1) - APART + 1) // (cell + 1)
    if room < 1 or across < 1:
        return Drawing(too_small(width, height))
    down = window(len(theta), room, 0 if at is None else at[0])
    taken = [0, *(column + 1 for column in window(theta.shape[1] - 1, across, 0 if at is None else at[1] - 1))]
    shown = theta[np.ix_(down, taken)]
    numbers = next(
        (one for one in (written(shown, digits) for digits in DIGITS)
         if _across(one.width, len(taken)) + label <= width),
        written(shown, DIGITS[-1]),
    )  # fmt: skip
    cell = numbers.width
    names = max(len(columns[column]) for column in taken[1:])
    while cell < min(names, LONGEST + 4) and _across(cell + 1, len(taken)) + label <= width:
        cell += 1
    # What is left of the width, the blanks between the columns taken off, is shared out.
    tall, cell = grown(len(down), len(taken), cell, width - label - _across(0, len(taken)), room)
    head = fitting(width, *_head(theta, numbers, what, len(down), len(taken)), gap=", ")
    lines = [Text(head, no_wrap=True), _names(columns, taken, label, cell, look)]
    scale = largest_size(theta) or 1.0
    spots: dict[tuple[int, int], Spot] = {}
    for line, (row, name) in enumerate(zip(down, short_names([rows[row] for row in down], label - 1), strict=True)):
        block = cell_lines("", label, tall, Style.null())
        block[(tall - 1) // 2] = Text(name.rjust(label - 1) + " ", accent(DIM, look), no_wrap=True)
        for place, column in enumerate(taken):
            spots[row, column] = Spot(block[0].cell_len + len(_gap(place, look)), 2 + line * tall, cell, tall)
            number = numbers.texts[line][place].rjust(numbers.width)
            value = float(theta[row, column])
            drawn = cell_lines(number, cell, tall, ground(value, scale, look), ground_glyph(value, scale, look))
            for text, part in zip(block, drawn, strict=True):
                text.append(_gap(place, look), accent(DIM, look)).append_text(part)
        lines += block
    return Drawing(boxed(lines, width, height), spots)


def _names(columns: Sequence[str], taken: Sequence[int], label: int, cell: int, look: Look) -> Text:
    """The line above the numbers."""
    bias = centred(columns[0], cell) if len(columns[0]) <= cell else columns[0]
    line = Text(bias.rjust(label + cell)[-label - cell :], accent(VALIDATION, look), no_wrap=True)
    for place, name in enumerate(short_names([columns[column] for column in taken[1:]], cell), start=1):
        line.append(" " * len(_gap(place, look)) + centred(name, cell), accent(DIM, look))
    return line


def _gap(place: int, look: Look) -> str:
    """Before a column."""
    return "" if not place else (" | " if look.ascii else " │ ") if place == 1 else " "


def _head(theta: Array, numbers: WrittenMatrix, what: str, rows: int, columns: int) -> list[str]:
    parts = [what] if what else []
    if numbers.power:
        parts.append(f"x 1e{numbers.power}")
    for total, shown, word in ((len(theta), rows, "units"), (theta.shape[1] - 1, columns - 1, "inputs")):
        if shown < total:
            parts.append(f"{shown} of {total} {word}")
    return parts or [f"{theta.shape[0]} x {theta.shape[1]}"]
