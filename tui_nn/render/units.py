"""What each hidden unit looks for: its incoming weights as a picture of the input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.style import Style
from rich.text import Text

from tui_nn.render.canvas import boxed, fitting, too_small
from tui_nn.render.drawing import Drawing, Spot
from tui_nn.render.look import Look
from tui_nn.render.palette import DIM, accent, pixels, pool

Array = np.ndarray[Any, np.dtype[Any]]

SMALLEST = 8  # pixels a side: below that a picture says little
LARGEST = 8  # cells a pixel


def units(
    theta: Array,
    picture: tuple[int, int],
    width: int,
    height: int,
    look: Look | None = None,
    pieces: int = 1,
    order: Sequence[int] | None = None,
    words: Mapping[int, Sequence[str]] | None = None,
    at: int | None = None,
) -> Drawing:
    """theta (s_1 x pieces, rows x columns + 1), bias left out: numbered tiles, each to its own largest |weight|.

    The pieces of a unit (maxout) stand side by side in one tile, on one scale. Pixels are as large as lets all units
    in, pooled as far as a picture still says something; what then has no room is on other pages. order: of the units,
    from 0. words: unit -> what is said beside its number, where there is room. at: the unit with the cursor, whose page
    is shown. Spots: (1, unit from 1).
    """
    look = look or Look()
    count = len(theta) // pieces
    order = range(count) if order is None else order
    pictures = theta[:, 1:].reshape(count, pieces, *picture)
    tile = _tile(count, picture, pieces, width, height)
    if not tile.per_page(width, height):
        return Drawing(too_small(width, height))
    page = tile.per_page(width, height)
    number = 0 if at is None else list(order).index(at) // page
    shown = list(order)[number * page : (number + 1) * page]
    across = tile.across(width)
    lines: list[Text] = []
    spots = {}
    for start in range(0, len(shown), across):
        row = shown[start : start + across]
        for place, unit in enumerate(row):
            spots[1, unit + 1] = Spot(place * (tile.width + 1), len(lines), tile.width, tile.height)
        lines += _row(pictures, row, tile, look, words or {}, at)
    signs = "+ #, - =" if look.depth == "none" or look.ascii else "blue +, orange -"
    said = f"{len(shown)} of {count} units" if len(shown) < count else f"{count} units"
    if pieces > 1:
        said += f" of {pieces} pieces"
    pages = -(-count // page)
    of_pages = [f"page {number + 1} of {pages}"] if pages > 1 else []
    lines.append(Text(fitting(width, said, *of_pages, signs, "each to its own scale"), accent(DIM, look)))
    return Drawing(boxed(lines, width, height), spots, is_marked=True)


@dataclass(frozen=True)
class _Tile:
    """Rows and columns of a picture once it is pooled, how many cells a pixel is wide, pictures side by side."""

    rows: int
    columns: int
    zoom: int
    pieces: int

    @property
    def width(self) -> int:
        return self.pieces * (self.columns * self.zoom + 1) - 1

    @property
    def height(self) -> int:
        """A line of words, then two pixels a line."""
        return -(-self.rows * self.zoom // 2) + 1

    def across(self, width: int) -> int:
        return (width + 1) // (self.width + 1)

    def per_page(self, width: int, height: int) -> int:
        """A line is left for what is said of all."""
        return self.across(width) * ((height - 1) // self.height)


def _tile(count: int, picture: tuple[int, int], pieces: int, width: int, height: int) -> _Tile:
    """The largest with which all have room; else the smallest that says something; else one that has room at all."""
    rows, columns = picture
    tiles = [_Tile(rows, columns, zoom, pieces) for zoom in range(LARGEST, 0, -1)]
    for factor in range(2, max(rows, columns) // SMALLEST + 1):
        tiles.append(_pooled(picture, factor, SMALLEST, pieces))
    found = next((tile for tile in tiles if tile.per_page(width, height) >= count), tiles[-1])
    factor = 1
    while not found.per_page(width, height) and factor < max(rows, columns):
        factor += 1
        found = _pooled(picture, factor, 1, pieces)
    return found


def _pooled(picture: tuple[int, int], factor: int, least: int, pieces: int) -> _Tile:
    """Means over blocks of `factor` pixels a side, of fewer along a side that would have less than `least`."""
    sizes = []
    for size in picture:
        block = min(factor, max(1, size // least))
        sizes.append(-(-size // block))
    return _Tile(sizes[0], sizes[1], 1, pieces)


def _row(
    pictures: Array, row: Sequence[int], tile: _Tile, look: Look, words: Mapping[int, Sequence[str]], at: int | None
) -> list[Text]:
    numbers = Text(no_wrap=True)
    bands = [Text(no_wrap=True) for _ in range(tile.height - 1)]
    plain = look.depth == "none" or look.ascii
    for unit in row:
        said = fitting(tile.width, str(unit + 1), *words.get(unit, ()), gap=" ")
        if unit == at and plain:
            said = f"[{said}]"
        said = said[: tile.width]
        numbers.append(said, accent(DIM, look) + (Style(reverse=True) if unit == at else Style.null()))
        numbers.append(" " * (tile.width + 1 - len(said)))
        parts = [pool(piece, tile.rows, tile.columns) for piece in pictures[unit]]
        scale = max(float(np.abs(part[np.isfinite(part)]).max(initial=0)) for part in parts) or 1.0
        for part in parts:
            large = part.repeat(tile.zoom, axis=0).repeat(tile.zoom, axis=1)
            for band, line in zip(bands, pixels(large, scale, look), strict=False):
                line.pad_right(tile.columns * tile.zoom - line.cell_len)
                band.append_text(line).append(" ")
    return [numbers, *bands]
