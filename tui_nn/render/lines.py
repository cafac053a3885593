"""Straight lines over a plane, in braille or ASCII, each with an arrow to the side where its function is positive."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tui_nn.render.curve import DOTS, line_dots
from tui_nn.render.look import Look

Array = np.ndarray[Any, np.dtype[Any]]

ARROWS = ("→", "↑", "←", "↓")  # counterclockwise from the right; many fonts have no others
ASCII_ARROWS = (">", "^", "<", "v")
ALONG = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8)  # where an arrow may stand, if another is in its place


def segment(line: Array, extent: tuple[float, float, float, float]) -> tuple[Array, Array] | None:
    """The two ends of the line (1, x, y) . line = 0 within the rectangle (x from, x to, y from, y to); None outside."""
    left, right, bottom, top = extent
    bias, across, up = line.tolist()
    if not np.isfinite(line).all() or (across == 0 and up == 0):
        return None
    found = []
    if up:
        found += [(x, -(bias + across * x) / up) for x in (left, right)]
    if across:
        found += [(-(bias + up * y) / across, y) for y in (bottom, top)]
    room = 1e-9 * max(right - left, top - bottom)
    inside = [(x, y) for x, y in found if left - room <= x <= right + room and bottom - room <= y <= top + room]
    if len(inside) < 2:
        return None
    inside.sort()
    return np.array(inside[0]), np.array(inside[-1])


def line_strokes(
    lines: Array, extent: tuple[float, float, float, float], rows: int, columns: int, look: Look
) -> tuple[dict[tuple[int, int], tuple[str, int]], dict[int, tuple[int, int]]]:
    """(row, column) -> glyph and number of its line; and number -> the cell of its arrow, of lines that are seen."""
    left, right, bottom, top = extent
    cells: dict[tuple[int, int], tuple[str, int]] = {}
    arrows: dict[int, tuple[int, int]] = {}
    for number, line in enumerate(lines):
        ends = segment(line, extent)
        if ends is None:
            continue
        x, y = np.clip(np.stack(ends), [left, bottom], [right, top]).T
        dots = line_dots(x, y, (left, right), (bottom, top), columns * 2, rows * 4)
        bits = (dots.reshape(rows, 4, columns, 2) * DOTS[None, :, None, :]).sum(axis=(1, 3))
        slope = math.atan2((y[1] - y[0]) / (top - bottom) * rows * 2, (x[1] - x[0]) / (right - left) * columns)
        plain = "_/|\\"[round(slope / (math.pi / 4)) % 4]
        for row, column in np.argwhere(bits).tolist():
            cells[row, column] = (plain if look.ascii else chr(0x2800 + int(bits[row, column])), number)
        places = [_cell(x, y, part, extent, rows, columns) for part in ALONG]
        arrows[number] = next((place for place in places if place not in arrows.values()), places[0])
    for number, place in arrows.items():
        cells[place] = (_arrow(lines[number], extent, rows, columns, look), number)
    return cells, arrows


def _cell(
    x: Array, y: Array, part: float, extent: tuple[float, float, float, float], rows: int, columns: int
) -> tuple[int, int]:
    """The row and column at this part of the way from one end to the other."""
    left, right, bottom, top = extent
    across, up = x[0] + part * (x[1] - x[0]), y[0] + part * (y[1] - y[0])
    return (
        min(rows - 1, int((top - up) / (top - bottom) * rows)),
        min(columns - 1, int((across - left) / (right - left) * columns)),
    )


def _arrow(line: Array, extent: tuple[float, float, float, float], rows: int, columns: int, look: Look) -> str:
    """Towards where (1, x, y) . line grows, on a screen whose cells are twice as high as wide."""
    left, right, bottom, top = extent
    up, across = line[2] * (top - bottom) / (rows * 2), line[1] * (right - left) / columns
    glyphs = ASCII_ARROWS if look.ascii else ARROWS
    return glyphs[round(math.atan2(up, across) / (2 * math.pi) * len(glyphs)) % len(glyphs)]
