"""Matrices with numbers in their cells, beside each other as in an equation: a heading each, and what joins them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.style import Style
from rich.text import Text

from tui_nn.render.amount import fixed, within
from tui_nn.render.canvas import wording
from tui_nn.render.cell_block import cell_lines, ground_glyph
from tui_nn.render.look import Look
from tui_nn.render.palette import DIM, FORWARD, VALIDATION, accent, ground, largest_size, of_sign

Array = np.ndarray[Any, np.dtype[Any]]

COUNTED = 1e6  # from which on numbers are counted in millions
WHOLE = 10  # from which on numbers that round to whole ones have no decimals
GAP = 3  # cells between two matrices, with what joins them


class MatrixBlock:
    """A matrix with its heading; `joint` stands between it and the next one.

    bias, ones: whether the first column, or row, is that of the bias or of ones, and has its colour. row, column: what
    is lit, from 0; `cell` is the cell where they meet alone. right: of each cell, whether it is as it should be, by
    colour. lowered: it begins a line below, so that the rows of z stand beside those of a, which has one more.
    """

    def __init__(
        self,
        name: str,
        shape: tuple[int, ...],
        values: Array,
        joint: str,
        *,
        bias: bool = False,
        ones: bool = False,
        row: int = -1,
        column: int = -1,
        cell: bool = False,
        right: Array | None = None,
        lowered: bool = False,
    ) -> None:
        self.joint, self.top = joint, int(lowered)
        self.bias, self.ones, self.row, self.column, self.cell, self.right = bias, ones, row, column, cell, right
        decimals = _decimals(values)
        self.texts = [[_cell(value, decimals) for value in line] for line in values]
        self.cell_width = cell_width(values)
        self.values, self.scale, self.tall = values, largest_size(values) or 1.0, 0
        self._headings = (f"{name} {shape[0]}x{shape[1]}", name, name.partition(" = ")[0])
        self.head(tight=False)

    @property
    def columns(self) -> int:
        """How many."""
        return len(self.texts[0]) if self.texts else 0

    def head(self, tight: bool, wider: int = 0, tall: int = 0) -> None:
        """Choose the heading: the longest that makes the block no wider, or if not `tight` at least all of its name.

        wider: cells that each column has more. tall: lines that a row will have, a number in the middle of a ground of
        its colour; 0 for one without.
        """
        self.cell_width += wider
        self.tall = tall
        self.body = max(0, self.columns * (self.cell_width + 1) - 1)
        self.heading = wording(self.body, *(self._headings if tight else self._headings[:2]))
        self.width = max(self.body, len(self.heading))

    def line(self, number: int, look: Look, *, is_around: bool = False) -> Text:
        """A row of the matrix, the first one at line `top`; blanks elsewhere. is_around: a line above or below it."""
        number -= self.top
        if not 0 <= number < len(self.texts):
            return Text(" " * self.width)
        line = Text()
        for column, text in enumerate(self.texts[number]):
            line.append(" " * bool(column))
            style, value = self._style(number, column, look)
            if not self.tall:
                line.append(text.rjust(self.cell_width), style)
                continue
            glyph = ground_glyph(value, self.scale, look)
            if not is_around and len(text) + 2 > self.cell_width:
                glyph = " "  # a sign beside a number would be read with it
            cell = cell_lines(text, self.cell_width, self.tall, style, glyph)
            line.append_text(cell[-1 if is_around else (self.tall - 1) // 2])
        line.pad_right(self.width - line.cell_len)
        return line

    def _style(self, row: int, column: int, look: Look) -> tuple[Style, float]:
        """Of a cell, and the value that its ground has."""
        colour, is_own = Style.null(), True
        if (self.bias and column == 0) or (self.ones and row == 0):
            colour = accent(VALIDATION, look)
        elif self.right is not None:
            colour = of_sign(1.0 if self.right[row, column] else -1.0, look)
        else:
            is_own = False
        lit = (row == self.row and column == self.column) if self.cell else (row == self.row or column == self.column)
        # What has a colour of its own stands on the ground of a zero.
        value = 0.0 if lit or is_own else float(self.values[row, column])
        if self.tall:
            colour = ground(value, self.scale, look) + colour
        if lit:
            keeps = self.cell or self.right is not None  # whether it is right matters most in the column that is lit
            colour += Style(bold=True, reverse=self.cell) + (Style.null() if keeps else accent(FORWARD, look))
        return colour, value


def cell_width(values: Array) -> int:
    """Cells that the longest of these numbers takes."""
    decimals, finite = _decimals(values), values[np.isfinite(values)]
    whole = finite[np.abs(finite) < COUNTED]  # may be longer than what is counted in millions
    ends = [end for some in (finite, whole) if len(some) for end in (some.min(), some.max())]
    if len(finite) < values.size:
        ends.append(-np.inf)
    return max((len(_cell(float(end), decimals)) for end in ends), default=1)


def _decimals(values: Array) -> int:
    """As many as tell the numbers apart, within four cells or so: 0 for whole numbers.

    From 10 on what two decimals show as whole is written so, `-10`; an activation of 1.00 says that it is not quite 1.
    """
    finite = values[np.isfinite(values)]
    largest, off = np.abs(finite).max(initial=0.0), np.abs(finite - np.round(finite)).max(initial=0.0)
    if off == 0 or (round(largest) >= WHOLE and off < 0.005):
        return 0
    if np.abs(finite - np.round(finite, 1)).max() < 1e-6:
        return 1
    return 2 if largest < 1000 else 0


def _cell(value: float, decimals: int) -> str:
    return fixed(value, decimals) if abs(value) < COUNTED else within(value, 6, 0)


def side_by_side(blocks: Sequence[MatrixBlock], look: Look, *, is_around: bool = False) -> tuple[list[Text], list[int]]:
    """The lines, headings first, and the column of cells where each block begins. is_around: lines of tall rows above
    and below the one with the numbers.
    """
    rows = max(block.top + len(block.texts) for block in blocks)
    middle = min(block.top + (len(block.texts) - 1) // 2 for block in blocks)
    dim = accent(DIM, look)
    lines = [Text(no_wrap=True) for _ in range(rows + 1)]
    starts = []
    for number, block in enumerate(blocks):
        starts.append(lines[0].cell_len)
        gap = block.joint.center(GAP) if number < len(blocks) - 1 else ""
        lines[0].append(block.heading.ljust(block.width), dim).append(" " * len(gap))
        for row in range(rows):
            lines[row + 1].append_text(block.line(row, look, is_around=is_around))
            lines[row + 1].append(gap if row == middle and not is_around else " " * len(gap), dim)
    for line in lines:
        if not blocks[-1].tall:
            line.rstrip()
    return lines, starts
