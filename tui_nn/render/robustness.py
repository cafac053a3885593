"""Accuracy against the angle and the shift of all pictures: curves, and a matrix of shifts right and down."""

from __future__ import annotations

from typing import Any

import numpy as np
from rich.text import Text

from tui_nn.plurals import plural
from tui_nn.render.canvas import beside, boxed, fitting, too_small
from tui_nn.render.curve import Series, curve
from tui_nn.render.look import Look
from tui_nn.render.palette import DIM, TRAIN, VALIDATION, accent, ground

Array = np.ndarray[Any, np.dtype[Any]]

CELL = 4  # cells for a number of the matrix
CURVE = (36, 6)  # the smallest that says something
GAP = 3


def robustness(
    angles: Array,
    turned: Array,
    shifts: Array,
    shifted: Array,
    part: str,
    count: int,
    of: int,
    width: int,
    height: int,
    look: Look | None = None,
) -> Text:
    """angles (a,) with accuracies turned (a,); shifts (s,) with shifted (s, s), rows down and columns right.

    The matrix has per cent; a curve stands above it, and where there is room, another beside it.
    """
    look = look or Look()
    map_width, map_height = 5 + CELL * len(shifts), len(shifts) + 2
    if width < 20 or height < 3:
        return too_small(width, height)
    middle = len(shifts) // 2
    asked = plural(count, "picture") if count == of else f"{count} of {plural(of, 'picture')}"
    head = fitting(width, f"as it is {_percent(shifted[middle, middle])} %", f"{part} part, {asked}", gap="   ")
    by_angle = Series(f"turned by {angles[-1]} degrees:", angles, 100 * turned, TRAIN)
    right = Series(f"right by {shifts[-1]}:", shifts, 100 * shifted[middle], TRAIN)
    down = Series(f"down by {shifts[-1]}:", shifts, 100 * shifted[:, middle], VALIDATION, "▲", "+")
    room = height - 1
    far = middle if room >= map_height else max(0, (room - 3) // 2)  # shifts up and down that have room
    table = _matrix(shifts, shifted, far, look)
    if width < map_width:
        return boxed([Text(head), *_curve([by_angle], width, room, look, "degrees")], width, height)
    rest = width - map_width - GAP
    if rest >= CURVE[0] and room < map_height + CURVE[1]:
        lines = beside(table, _curve([by_angle], rest, room, look, "degrees"), map_width + GAP)
        return boxed([Text(head), *lines], width, height)
    top = room - map_height if room - map_height >= CURVE[1] else 0
    if rest >= CURVE[0] and top:
        top = max(top, room // 2) if room - room // 2 >= map_height else top
        table = beside(table, _curve([right, down], rest, room - top, look, "pixels"), map_width + GAP)
    above = _curve([by_angle], width, top, look, "degrees") if top else []
    return boxed([Text(head), *above, *table], width, height)


def _curve(series: list[Series], width: int, height: int, look: Look, across: str) -> list[Text]:
    drawn = curve(series, width, height, look, across, "% right")
    return list(drawn.split("\n", allow_blank=True))


def _matrix(shifts: Array, shifted: Array, far: int, look: Look) -> list[Text]:
    """Per cent in cells, on a ground that is as strong as the number is large. far: rows above and below the middle."""
    dim = accent(DIM, look)
    head = Text("%    ", dim, no_wrap=True)
    for shift in shifts:
        head.append(_signed(shift).rjust(CELL), dim)
    lines = [head]
    middle = len(shifts) // 2
    for row, shift in enumerate(shifts):
        if abs(row - middle) > far:
            continue
        line = Text(no_wrap=True).append(_signed(shift).rjust(4) + " ", dim)
        for value in shifted[row]:
            line.append(_percent(value).rjust(CELL), ground(float(value), 1.0, look))
        lines.append(line)
    lines.append(Text("rows: pixels down, columns: right", dim, no_wrap=True))
    return lines


def _signed(shift: int) -> str:
    return f"{shift:+d}" if shift else "0"


def _percent(share: float) -> str:
    """Rounded, but 100 only for all."""
    return "100" if share == 1 else f"{min(99, round(100 * share))}" if not np.isnan(share) else "-"
