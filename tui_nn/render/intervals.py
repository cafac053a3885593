"""Dots and intervals on one axis: every value a dot, and below them the mean with what is known of it.

Where two intervals lie apart, the difference is more than chance; where they overlap, look at the dots.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.text import Text

from tui_nn.render.amount import amount
from tui_nn.render.canvas import boxed, too_small
from tui_nn.render.look import Look
from tui_nn.render.palette import DIM, DISTINCT, accent

SMALLEST = 20  # cells of the axis


@dataclass(frozen=True)
class Interval:
    """Some values by name, their mean and half the width of its interval; None where there are too few."""

    name: str
    values: Sequence[float]
    mean: float | None
    half_width: float | None


def intervals(rows: Sequence[Interval], title: str, width: int, height: int, look: Look | None = None) -> Text:
    """Two lines a row, one where there is no room for the dots; a digit counts dots in one cell. Values are finite."""
    look = look or Look()
    names = max((len(row.name) for row in rows), default=0)
    room = width - names - 2
    with_dots = height >= 2 * len(rows) + 3
    if room < SMALLEST or height < len(rows) + 3:
        return too_small(width, height)
    ends = [end for row in rows for end in _ends(row)]
    if not ends:
        return boxed([Text(f"{title}: no values")], width, height)
    low, high = min(ends), max(ends)
    if low == high:
        low, high = low - 0.5, high + 0.5

    def cell(value: float) -> int:
        return round((value - low) / (high - low) * (room - 1))

    lines = [Text(title, accent(DIM, look))]
    for index, row in enumerate(rows):
        colour = accent(DISTINCT[index % len(DISTINCT)], look)
        name = row.name.ljust(names + 2)
        if with_dots:
            lines.append(Text(name).append(_dots([cell(value) for value in row.values], room, look), colour))
            name = " " * len(name)
        lines.append(Text(name).append(_bar(row, cell, room, look), colour))
    left, right = amount(low), amount(high)
    rule = ("+" + "-" * (room - 2) + "+") if look.ascii else ("└" + "─" * (room - 2) + "┘")
    lines.append(Text(" " * (names + 2)).append(rule, accent(DIM, look)))
    lines.append(Text(" " * (names + 2) + left + right.rjust(room - len(left)), accent(DIM, look)))
    return boxed(lines, width, height)


def _ends(row: Interval) -> list[float]:
    if row.mean is None:
        return list(row.values)
    half = row.half_width or 0.0
    return [*row.values, row.mean - half, row.mean + half]


def _dots(cells: Sequence[int], room: int, look: Look) -> str:
    one = "." if look.ascii else "·"
    counts = [cells.count(index) for index in range(room)]
    return "".join(" " if not n else one if n == 1 else str(min(n, 9)) for n in counts).rstrip()


def _bar(row: Interval, cell: Callable[[float], int], room: int, look: Look) -> str:
    marks = [" "] * room
    if row.mean is not None:
        if row.half_width:
            start, end = cell(row.mean - row.half_width), cell(row.mean + row.half_width)
            for index in range(start, end + 1):
                marks[index] = "-" if look.ascii else "─"
            marks[start], marks[end] = ("[", "]") if look.ascii else ("├", "┤")
        marks[cell(row.mean)] = "o" if look.ascii else "●"
    return "".join(marks).rstrip()
