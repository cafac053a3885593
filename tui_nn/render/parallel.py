"""Parallel coordinates: an axis for each setting, the last for what came of it, and a line for each combination."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.style import Style
from rich.text import Text

from tui_nn.render.amount import amount
from tui_nn.render.canvas import boxed, fitting, too_small, wording
from tui_nn.render.curve import DOTS, line_dots
from tui_nn.render.look import Look
from tui_nn.render.palette import DIM, GOOD, TRAIN, accent, faded
from tui_nn.render.short_names import short_names

Array = np.ndarray[Any, np.dtype[Any]]

NUMBERS = 8  # cells for the numbers of the last axis
BETWEEN = 8  # cells between two axes, at least


@dataclass(frozen=True)
class ParallelAxis:
    """A setting and its values, the first at the bottom."""

    name: str
    values: Sequence[str]


@dataclass(frozen=True)
class ParallelLine:
    """One combination: the place of its value on each axis, and what came of it; None if nothing did."""

    places: Sequence[int]
    result: float | None


def parallel(
    axes: Sequence[ParallelAxis],
    lines: Sequence[ParallelLine],
    result: str,
    chosen: int,
    width: int,
    height: int,
    look: Look | None = None,
    falling: bool = False,
) -> Text:
    """All lines, `chosen` before the others. falling: small results are good, and stand at the top."""
    look = look or Look()
    room = width - NUMBERS
    if not axes or height < 6 or room < BETWEEN * len(axes) + 1:
        return too_small(width, height)
    rows = height - 2
    columns = np.rint(np.linspace(0, room - 1, len(axes) + 1)).astype(int)
    known = [line.result for line in lines if line.result is not None and np.isfinite(line.result)]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    bottom, top = (high, low) if falling else (low, high)
    owner = np.full((rows, room), -1)
    cells = np.zeros((rows, room), np.int64)
    # The chosen one is drawn last, over the others; the better ones over the worse.
    order = sorted(range(len(lines)), key=lambda index: (index == chosen, _share(lines[index], bottom, top)))
    for index in order:
        heights = [_height(place, len(axis.values)) for place, axis in zip(lines[index].places, axes, strict=True)]
        share = _share(lines[index], bottom, top)
        # Without a result it goes half of the way on: of a single setting there would be no line.
        end = columns[-1] if share >= 0 else (columns[-2] + columns[-1]) // 2
        x = np.array([*columns[:-1], end], float) * 2 + 0.5
        drawn = line_dots(
            x,
            np.array([*heights, share if share >= 0 else heights[-1]]),
            (0.0, 2.0 * room - 1),
            (0.0, 1.0),
            room * 2,
            rows * 4,
        )
        own = (drawn.reshape(rows, 4, room, 2) * DOTS[None, :, None, :]).sum(axis=(1, 3))
        cells |= own
        owner[own > 0] = index
    styles = [_style(line, index == chosen, bottom, top, look) for index, line in enumerate(lines)]
    grid = [[_glyph(int(cells[row, column]), owner[row, column] == chosen, look) for column in range(room)]
            for row in range(rows)]  # fmt: skip
    shades: list[list[str | Style]] = [[styles[who] if who >= 0 else "" for who in owners] for owners in owner.tolist()]
    _axes(grid, shades, columns, axes, look)
    text = [_names(axes, result, columns, width, look)]
    ends = {0: top, rows - 1: bottom} if known else {}
    for row in range(rows):
        line = Text(no_wrap=True)
        for glyph, style in zip(grid[row], shades[row], strict=True):
            line.append(glyph, style)
        text.append(line.append(f" {amount(ends[row])}" if row in ends else "", accent(DIM, look)))
    return boxed([*text, _caption(axes, lines, result, chosen, width, look)], width, height)


def _height(place: int, values: int) -> float:
    """Where a value stands, from 0 to 1; a lonely one in the middle."""
    return place / (values - 1) if values > 1 else 0.5


def _share(line: ParallelLine, bottom: float, top: float) -> float:
    """Where its result stands; -1 without one."""
    if line.result is None or not np.isfinite(line.result):
        return -1.0
    return (line.result - bottom) / (top - bottom) if top != bottom else 0.5


def _style(line: ParallelLine, chosen: bool, bottom: float, top: float, look: Look) -> Style:
    if chosen:
        return accent(GOOD, look) + Style(bold=look.depth != "none")
    share = _share(line, bottom, top)
    return accent(TRAIN, look) if share >= 0.75 else faded(TRAIN if share >= 0 else DIM, look)


def _glyph(cell: int, chosen: bool, look: Look) -> str:
    """Colour is not the only carrier: the chosen line is drawn in another glyph, which stands out among all shades."""
    if not cell:
        return " "
    if look.ascii:
        return "*" if chosen else "."
    return "●" if chosen else chr(0x2800 + cell)


def _axes(
    grid: list[list[str]], shades: list[list[str | Style]], columns: Array, axes: Sequence[ParallelAxis], look: Look
) -> None:
    """The axes over the lines, and the values beside them."""
    rows = len(grid)
    dim = accent(DIM, look)
    for column in columns:
        for row in range(rows):
            grid[row][column], shades[row][column] = "|" if look.ascii else "│", dim
    for axis, column, following in zip(axes, columns, columns[1:], strict=False):
        for place, value in enumerate(short_names(axis.values, max(1, int(following - column) - 5))):
            row = round((1 - _height(place, len(axis.values))) * (rows - 1))
            if not look.ascii:
                grid[row][column] = "┤"
            for offset, glyph in enumerate(f" {value} ", start=1):
                grid[row][column + offset], shades[row][column + offset] = glyph, ""


def _names(axes: Sequence[ParallelAxis], result: str, columns: Array, width: int, look: Look) -> Text:
    """Each name above its axis, as far as it has room; the last ends at the right."""
    words = [" "] * width
    for axis, column, following in zip(axes, columns, columns[1:], strict=False):
        words[column : following - 1] = list(axis.name[: following - 1 - column].ljust(following - 1 - column))
    taken = int(columns[-2]) + len(axes[-1].name)
    said = wording(width - taken - 1, result, result.partition("@")[0])
    start = max(0, min(int(columns[-1]), width - len(said)))
    words[start : start + len(said)] = list(said)
    if start:
        words[start - 1] = " "
    return Text("".join(words[:width]), accent(DIM, look), no_wrap=True)


def _caption(
    axes: Sequence[ParallelAxis], lines: Sequence[ParallelLine], result: str, chosen: int, width: int, look: Look
) -> Text:
    line = lines[chosen]
    value = "no result" if line.result is None else f"{result} {amount(line.result)}"
    settings = [f"{axis.name} {axis.values[place]}" for axis, place in zip(axes, line.places, strict=True)]
    mark = "*" if look.ascii else "●"
    return Text(fitting(width, f"{mark} {value}", *settings, gap="  "), accent(GOOD, look), no_wrap=True)
