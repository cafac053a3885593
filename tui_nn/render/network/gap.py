"""The edges between two columns of a network, and the numbers of the few.

In cells a line is broken wherever a stronger one crosses it. A picture of vectors is told of all of them as they run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.style import Style

from tui_nn.render.amount import amount
from tui_nn.render.cells import Cells
from tui_nn.render.network.dots import edges
from tui_nn.render.network.layout import Placed
from tui_nn.render.network.parts import Links, Place
from tui_nn.render.palette import DIM, LEVELS, accent, largest_size, levels, shade
from tui_nn.render.svg import DRAWN, STROKES, Stroke

Array = np.ndarray[Any, np.dtype[Any]]

# Edges for each row of cells between two columns, at most: the strongest. Without colours nothing parts what crosses.
LINES, PLAIN = 2, 0.5  # in colours, without
SHARES = (0.3, 0.5, 0.4, 0.6, 0.2, 0.7)  # of the way, where the number of a line may stand
FAINTEST, LEAST = 0.5, 2  # of the levels of a colour, and levels, at least: a thin line is seen on the ground too
TOLD, WIDE = 9, 11  # so few edges have their numbers on them, where the gap is as wide as this,
APART = 2  # and has so many rows of cells for each: they are read, and so are the lines between them
THINNEST, THICKEST = 0.1, 0.8  # of a cell's width, of a line in a picture of vectors
SPACED = 3  # rows of cells for each of those numbers, where there are more of them


@dataclass(frozen=True)
class _Line:
    """From a source (0 is the bias) to a unit, in rows of cells, with fractions."""

    unit: int
    source: int
    start: float
    end: float
    value: float


def draw_edges(sheet: Cells, left: Placed, right: Placed, rows: int, links: Links, cursor: Place | None) -> None:
    """The lines between the units that are shown, all of them to one scale; few of them with their numbers."""
    look, values = sheet.look, links.values
    scale = largest_size(values) or 1.0
    bias = [] if left.bias_row is None else [(0, left.bias_row + 0.5)]
    sources = [*bias, *zip((unit + 1 for unit in left.units), left.middles, strict=True)]
    every = [
        _Line(unit, source, start, end, float(values[unit, source]))
        for unit, end in zip(right.units, right.middles, strict=True)
        for source, start in sources
    ]
    shown = np.isfinite([line.value for line in every])
    size = np.where(shown, np.abs(np.nan_to_num([line.value for line in every])), 0) / scale
    size = np.where(levels(size, 1.0, look) == 0, 0, size)
    most = max(TOLD, int((PLAIN if look.is_plain else LINES) * rows))
    kept = np.sort(np.argsort(-size, kind="stable")[:most])
    lines = [every[number] for number in kept.tolist() if size[number] > 0]
    found = levels(np.array([line.value for line in lines]), scale, look)
    faintest = max(LEAST, round(FAINTEST * LEVELS[look.depth]))
    shades = (np.sign(found) * np.maximum(np.abs(found), faintest)).tolist()
    styles = [
        shade(level, look) if links.is_signed or line.source == 0 else accent(DIM, look)
        for line, level in zip(lines, shades, strict=True)
    ]
    plain = look.is_plain  # pictures are of glyphs then, as lines are
    x, width = left.end, right.x - left.end - (plain or not right.picture_width)
    strokes = _draw(sheet, lines, styles, scale, (x, width, rows))
    if cursor is not None and cursor.source is not None and cursor.column == right.index:
        lit = [line for line in every if (line.unit, line.source) == (cursor.unit, cursor.source)]
        strokes += _draw(
            sheet,
            lit,
            [Style.null() if plain else Style(bold=True)] * len(lit),
            0.0,
            (x, width, rows),
            "o" if plain else "",
        )
    few = max(min(TOLD, rows // APART), rows // SPACED)
    if np.count_nonzero(size) <= few and width >= WIDE and links.is_signed:
        _told(sheet, lines, x, width)
    if strokes:
        sheet.add_style(1, x, Style(meta={STROKES: strokes}))


def _draw(
    sheet: Cells,
    lines: Sequence[_Line],
    styles: Sequence[Style],
    scale: float,
    gap: tuple[int, int, int],
    glyph: str = "",
) -> list[Stroke]:
    """Lines as thick as their share of the scale, thick and whole where that is 0. gap: first cell, width and rows.

    For a picture of vectors also the lines themselves, the strongest last.
    """
    x, width, rows = gap
    starts, ends = np.array([line.start for line in lines]), np.array([line.end for line in lines])
    sizes = np.array([line.value / scale if scale else 1.0 for line in lines])
    glyphs, owner = edges(starts, ends, sizes, width, rows, sheet.look)
    vectors = sheet.look.vectors and not sheet.look.is_plain
    drawn = [style + DRAWN for style in styles] if vectors else styles
    for row, column in np.argwhere(owner >= 0).tolist():
        sheet.cell(row + 1, x + column, glyph or str(glyphs[row, column]), drawn[owner[row, column]])
    return [
        (
            lines[at].start,
            width,
            lines[at].end,
            THINNEST + (THICKEST - THINNEST) * abs(float(sizes[at])),
            str(styles[at]),
        )
        for at in (np.argsort(np.abs(sizes), kind="stable").tolist() if vectors else [])
    ]


def _told(sheet: Cells, lines: Sequence[_Line], x: int, width: int) -> None:
    """The numbers on the lines, the largest first, each where no other stands; where lines part, behind that."""
    taken: set[tuple[int, int]] = set()
    parts = len({line.source for line in lines if line.source}) < len({line.unit for line in lines})
    shares = [1 - share for share in SHARES] if parts else SHARES
    for line in sorted(lines, key=lambda line: -abs(line.value)):
        text = f" {amount(line.value, 3)} "
        for share in shares:
            row = int(line.start + (line.end - line.start) * share)
            at = x + round(share * width) - len(text) // 2
            cells = {(row, column) for column in range(at, at + len(text))}
            if not cells & taken and x <= at and at + len(text) <= x + width:
                sheet.put(
                    row + 1, at, text, shade(LEVELS[sheet.look.depth] * (1 if line.value > 0 else -1), sheet.look)
                )
                taken |= cells
                break
