"""Functions with their derivatives side by side on one sheet, a tile each, read off at one z."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.style import Style
from rich.text import Text

from tui_nn.render.amount import amount
from tui_nn.render.canvas import boxed, fitting, too_small
from tui_nn.render.cells import Cells
from tui_nn.render.curve import DOTS, line_dots
from tui_nn.render.drawing import Drawing, Spot
from tui_nn.render.look import Look
from tui_nn.render.palette import DIM, TRAIN, VALIDATION, accent

Array = np.ndarray[Any, np.dtype[Any]]

TILE = (18, 4)  # cells of a tile, at least
GAP = "   "


@dataclass(frozen=True)
class FunctionTile:
    """A function at rising z (points,): its values and slopes. is_used: in the network that is looked at.

    formula: in words, "" where nobody tells.
    """

    name: str
    z: Array
    value: Array
    slope: Array
    formula: str = ""
    is_used: bool = False

    def at(self, z: float) -> tuple[float, float]:
        """g and g' at the point nearest to z."""
        place = int(np.abs(self.z - z).argmin())
        return float(self.value[place]), float(self.slope[place])


def function_sheet(
    tiles: Sequence[FunctionTile],
    width: int,
    height: int,
    look: Look | None = None,
    z: float | None = None,
    chosen: int = 0,
    stops: Sequence[float] = (),
) -> Drawing:
    """As many tiles as have room, `chosen` among them, with g and g' at z where it is given.

    stops: where a cursor can stand along z. Spots: (tile, stop).
    """
    look = look or Look()
    if width < TILE[0] or height < TILE[1] + 1 or not tiles:
        return Drawing(too_small(width, height))
    across, down, wide, tall = _arranged(len(tiles), width, height - 1)
    first = max(0, chosen // across - down + 1) * across  # the row of the cursor's is the last one at most
    seen = range(first, min(len(tiles), first + across * down))
    cells = Cells(width, tall * down, look)
    spots: dict[tuple[int, int], Spot] = {}
    for place, number in enumerate(seen):
        top, left = place // across * tall, place % across * (wide + 1)
        _tile(cells, tiles[number], top, left, wide, tall, z, z is not None and number == chosen)
        for stop, at in enumerate(stops):
            spots[number, stop] = Spot(left + _column(tiles[number], at, wide), top, 1, tall - 1)
    lines = [_head(tiles, seen, z, width, look), *cells.text().split("\n", allow_blank=True)]
    return Drawing(boxed(lines, width, height), spots, is_marked=True)


def _arranged(count: int, width: int, height: int) -> tuple[int, int, int, int]:
    """Tiles beside and below each other, and cells of each: all of them if they have room, as large as they can be."""
    ways = []
    for across in range(1, max(1, min(count, (width + 1) // (TILE[0] + 1))) + 1):
        down = min(-(-count // across), max(1, height // TILE[1]))
        wide, tall = (width + 1) // across - 1, height // down
        ways.append((min(across * down, count), min(wide, 3 * tall), across, down, wide, min(tall, max(TILE[1], wide))))
    return max(ways)[2:]


def _head(tiles: Sequence[FunctionTile], seen: range, z: float | None, width: int, look: Look) -> Text:
    value, slope = "*" if look.ascii else "━", "o" if look.is_plain else "━"
    span = f"z from {tiles[0].z[0]:g} to {tiles[0].z[-1]:g}" if z is None else f"at z = {z:g}"
    left = len(tiles) - len(seen)
    phrases = [f"{value} g(z)", f"{slope} g'(z)", span]
    phrases += [f"{left} more"] if left else []
    phrases += ["[ ] in this network"] if any(one.is_used for one in tiles) else []
    gap, said = GAP, fitting(width, *phrases, gap=GAP)
    if left and f"{left} more" not in said:  # that there are others comes before the span
        gap = GAP[:-1]
        said = fitting(width, *phrases[:2], f"{left} more", gap=gap)
    text = Text(said, accent(DIM, look), no_wrap=True)
    text.stylize(accent(TRAIN, look), 0, 1)
    text.stylize(accent(VALIDATION, look), len(phrases[0]) + len(gap), len(phrases[0]) + len(gap) + 1)
    return text


def _column(tile: FunctionTile, z: float, wide: int) -> int:
    return round((z - float(tile.z[0])) / float(tile.z[-1] - tile.z[0]) * (wide - 1))


def _tile(
    cells: Cells, tile: FunctionTile, top: int, left: int, wide: int, tall: int, z: float | None, is_chosen: bool
) -> None:
    """The name over both curves; the axes dim behind them, and a bar at z."""
    look, rows = cells.look, tall - 2 if tall > TILE[1] else tall - 1
    name = f"[{tile.name}]" if tile.is_used else tile.name
    read = ("", "")
    for digits in (3, 2) if z is not None else ():
        value, slope = tile.at(z or 0.0)
        read = (f"{amount(value, digits)} ", amount(slope, digits))
        if len(name) + 1 + sum(map(len, read)) <= wide:
            break
    name = name[: max(1, wide - sum(map(len, read)) - bool(read[0]))]
    style = Style(bold=True, reverse=is_chosen) if look.depth != "none" else Style.null()
    shown = f">{name}" if is_chosen and look.depth == "none" else name
    cells.put(top, left, shown[:wide], style)
    cells.put(top, left + wide - len(read[0] + read[1]), read[0], accent(TRAIN, look))
    cells.put(top, left + wide - len(read[1]), read[1], accent(VALIDATION, look))
    good = [one[np.isfinite(one)] for one in (tile.value, tile.slope)]
    both = np.concatenate(good)
    if not len(both) or rows < 1:
        return
    low, high = float(both.min()), float(both.max())
    low, high = (low - 0.1 * (high - low or 1), high + 0.1 * (high - low or 1))
    span = (float(tile.z[0]), float(tile.z[-1]))
    dim, bar = accent(DIM, look), "|" if look.ascii else "│"
    if low < 0 < high:
        row = top + 1 + round(high / (high - low) * (4 * rows - 1)) // 4  # the cell of a curve's dot that is 0
        cells.put(row, left, ("-" if look.ascii else "╌") * wide, dim)
    if z is not None:
        for row in range(rows):
            cells.cell(top + 1 + row, left + _column(tile, z, wide), bar, dim)
    bare, each = look.is_plain, []
    for values in (tile.slope, tile.value):
        finite = np.isfinite(values)
        dots = np.zeros((rows * 4, wide * 2), bool)
        if finite.any():
            dots = line_dots(tile.z[finite], values[finite], span, (low, high), wide * 2, rows * 4)
        each.append((dots.reshape(rows, 4, wide, 2) * DOTS[None, :, None, :]).sum(axis=(1, 3)))
    for row, column in np.argwhere(each[0] | each[1]).tolist():
        # Where both lie in a cell they take turns, so that neither hides the other.
        bits = [int(one[row, column]) for one in each]
        is_value = column // 2 % 2 == 0 if all(bits) else bool(bits[1])
        is_dots = not look.ascii and (is_value or not bare)
        glyph = chr(0x2800 + (bits[0] | bits[1])) if is_dots else "*" if is_value else "o"
        cells.cell(top + 1 + row, left + column, glyph, accent(TRAIN if is_value else VALIDATION, look))
