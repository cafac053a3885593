"""A surface from above, the darker the lower, with a way over it; without colours digits are its height."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.style import Style
from rich.text import Text

from tui_nn.render.amount import span
from tui_nn.render.canvas import boxed, filled, fitting, line_of, too_small
from tui_nn.render.curve import DOTS
from tui_nn.render.drawing import Drawing, Lattice
from tui_nn.render.look import Look
from tui_nn.render.palette import DIM, INKS_16, LEVELS, accent, colour, pair, seen_best

Array = np.ndarray[Any, np.dtype[Any]]

NARROWEST, LOWEST = 24, 6
TALL = 12  # lines from which the axes may take two
GAP = "   "
BEGIN, NOW = "○", "●"
WAY = ("#fff0dc", "#3a1500")  # on dark and on bright blue
SHADES = " ░▒▓"  # of the way from one level to the next
ASCII_BEGIN, ASCII_NOW, ASCII_WAY = "o", "@", "*"


def surface(
    cost: Array, x: Array, y: Array, path: Array, names: tuple[str, str], heads: Sequence[Sequence[str]],
    width: int, height: int, look: Look | None = None,
) -> Drawing:  # fmt: skip
    """cost (q, p) at rising x (p,) and y (q,), y upwards; path (n, 2), its last point is now. heads: lines of phrases.

    Heights are those of sqrt(cost - lowest), so that the bottom of a valley has colours too. Spots: (row, column) of
    cost.
    """
    look = look or Look()
    if width < NARROWEST or height < LOWEST:
        return Drawing(too_small(width, height))
    said = [Text(fitting(width, *phrases, gap=GAP), no_wrap=True) for phrases in heads[: max(0, height - LOWEST)]]
    right, above = (">", "^") if look.ascii else ("→", "↑")
    across, up = names
    axes = [(f"{right} {across}", span(x[0], x[-1])), (f"{above} {up}", span(y[0], y[-1]))]
    foot = _foot([" ".join(axis) for axis in axes], axes, width, height, look)
    rows, dim = height - len(said) - len(foot), accent(DIM, look)
    tops, lefts = _starts(len(y), 2 * rows), _starts(len(x), width)
    heights = _heights(cost)[::-1][:, np.arange(width) * len(x) // width]
    heights = heights[np.arange(2 * rows) * len(y) // (2 * rows)]
    marks = _marks(path, (x[0], x[-1]), (y[0], y[-1]), rows, width, look)
    lines = [*said, *(_line(heights[2 * row : 2 * row + 2], row, marks, look) for row in range(rows))]
    lines += [Text(line, dim, no_wrap=True) for line in foot]
    places = [(len(said) + top // 2, max(1, -(-tall // 2))) for top, tall in tops[::-1]]
    return Drawing(boxed(lines, width, height), Lattice(places, lefts))


def _foot(axes: Sequence[str], parts: Sequence[tuple[str, str]], width: int, height: int, look: Look) -> list[str]:
    """What the axes are, and the key; where an axis has no room in a line, its range stands below its name."""
    if max(map(len, axes)) > width and height >= TALL:
        return [line for name, ends in parts for line in (fitting(width, name), fitting(width, f"  {ends}"))]
    whole = [axis for axis in axes if len(axis) <= width]
    return [line for line in filled(width, 2 if height >= TALL else 1, [*whole, _key(look)], GAP) if line]


def _key(look: Look) -> str:
    begin, now = (ASCII_BEGIN, ASCII_NOW) if look.ascii else (BEGIN, NOW)
    low = "light is low" if look.light else "dark is low"
    if look.is_plain:
        low = "0 lowest, 9 highest"
    return f"{begin} began, {now} now, {low}"


def _starts(count: int, cells: int) -> list[tuple[int, int]]:
    """First cell and number of cells of each of `count` values drawn over so many cells, by nearest values."""
    starts = [min(cells - 1, -(-number * cells // count)) for number in range(count)]
    return [(start, max(1, end - start)) for start, end in zip(starts, [*starts[1:], cells], strict=True)]


def _heights(cost: Array) -> Array:
    """0 to 1; what is not finite is 1."""
    good = np.isfinite(cost)
    if not good.any():
        return np.ones_like(cost)
    low, high = float(cost[good].min()), float(cost[good].max())
    found: Array = np.sqrt((np.where(good, cost, high) - low) / ((high - low) or 1.0))
    return found


def _marks(
    path: Array, across: tuple[float, float], up: tuple[float, float], rows: int, columns: int, look: Look
) -> dict[tuple[int, int], str]:
    """(row, column) of a cell -> what is drawn of the way there; what lies beyond the picture is left out."""
    good = path[np.isfinite(path).all(axis=1)]
    if not len(good):
        return {}
    at = np.column_stack([
        (good[:, 0] - across[0]) / (across[1] - across[0]) * (2 * columns - 1),
        (up[1] - good[:, 1]) / (up[1] - up[0]) * (4 * rows - 1),
    ])  # fmt: skip
    dots = np.zeros((4 * rows, 2 * columns), bool)
    for begin, end in itertools.pairwise(at):
        count = min(int(np.abs(end - begin).max()) + 2, 4 * (rows + columns) * 4)
        column, row = np.rint(np.linspace(begin, end, count)).astype(int).T
        seen = (row >= 0) & (row < 4 * rows) & (column >= 0) & (column < 2 * columns)
        dots[row[seen], column[seen]] = True
    cells = (dots.reshape(rows, 4, columns, 2) * DOTS[None, :, None, :]).sum(axis=(1, 3))
    found = {
        (row, column): ASCII_WAY if look.ascii else chr(0x2800 + int(cells[row, column]))
        for row, column in np.argwhere(cells).tolist()
    }
    ends = ((at[0], ASCII_BEGIN if look.ascii else BEGIN), (at[-1], ASCII_NOW if look.ascii else NOW))
    for (column, row), glyph in ends:
        place = (int(np.rint(row)) // 4, int(np.rint(column)) // 2)
        if 0 <= place[0] < rows and 0 <= place[1] < columns:
            found[place] = glyph
    return found


def _line(heights: Array, row: int, marks: dict[tuple[int, int], str], look: Look) -> Text:
    """Two rows of pixels, the way over them."""
    if look.is_plain:
        digits = np.minimum((heights.mean(axis=0) * 10).astype(int), 9).tolist()
        return Text("".join(marks.get((row, column), str(digit)) for column, digit in enumerate(digits)), no_wrap=True)
    if look.depth == "16":
        grounds = [_shaded(height, look) for height in heights.mean(axis=0).tolist()]
    else:
        levels = np.rint(heights * LEVELS[look.depth]).astype(int).T.tolist()
        grounds = [
            ("▀", pair(top, bottom, look.depth, look.light), colour(bottom, look.depth, look.light))
            for top, bottom in levels
        ]
    cells = []
    for column, (glyph, style, behind) in enumerate(grounds):
        mark = marks.get((row, column))
        cells.append((glyph, style) if mark is None else (mark, Style.parse(f"bold {_way(behind, look)} on {behind}")))
    return line_of(cells)


def _shaded(height: float, look: Look) -> tuple[str, Style, str]:
    """A cell for a height from 0 to 1 where there are few levels, and its ground: shades stand between two levels."""
    level, shade = divmod(round(height * LEVELS[look.depth] * len(SHADES)), len(SHADES))
    behind, ink = (colour(min(one, LEVELS[look.depth]), look.depth, look.light) for one in (level, level + 1))
    return SHADES[shade], Style.parse(f"{ink} on {behind}"), behind


def _way(behind: str, look: Look) -> str:
    if look.depth == "16":
        return seen_best(INKS_16, behind, look.depth) if look.light else "bright_yellow"
    return seen_best(WAY, behind, look.depth)
