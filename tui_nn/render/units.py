"""What each hidden unit looks for: its incoming weights as a picture of the input."""

from __future__ import annotations

from typing import Any

import numpy as np
from rich.text import Text

from tui_nn.render.canvas import boxed, fitting, too_small
from tui_nn.render.look import Look
from tui_nn.render.palette import DIM, accent, pixels, pool

Array = np.ndarray[Any, np.dtype[Any]]

SMALLEST = 8  # pixels a side: below that a picture says nothing


def units(
    theta: Array, picture: tuple[int, int], width: int, height: int, look: Look | None = None, pieces: int = 1
) -> Text:
    """theta (s_1 x pieces, rows x columns + 1), bias left out: numbered tiles, each to its own largest |weight|.

    The pieces of a unit (maxout) stand side by side in one tile, on one scale. Pictures are pooled until as many as
    possible fit; how many are shown is said.
    """
    look = look or Look()
    rows, columns = picture
    count_of_units = len(theta) // pieces
    pictures = theta[:, 1:].reshape(count_of_units, pieces, rows, columns)
    factor = 1
    while not _fits_all(count_of_units, rows, columns, pieces, factor, width, height):
        if min(rows, columns) // (factor + 1) < SMALLEST:
            break
        factor += 1
    tile_rows, tile_columns = -(-rows // factor), -(-columns // factor)
    lines_a_tile = -(-tile_rows // 2) + 1
    tile_width = pieces * (tile_columns + 1) - 1
    across = (width + 1) // (tile_width + 1)
    down = (height - 1) // lines_a_tile
    if across < 1 or down < 1:
        return too_small(width, height)
    shown = min(count_of_units, across * down)
    lines: list[Text] = []
    for start in range(0, shown, across):
        tiles = range(start, min(start + across, shown))
        numbers = Text(no_wrap=True)
        bands = [Text(no_wrap=True) for _ in range(lines_a_tile - 1)]
        for unit in tiles:
            parts = [pool(piece, tile_rows, tile_columns) for piece in pictures[unit]]
            scale = max(float(np.abs(part[np.isfinite(part)]).max(initial=0)) for part in parts) or 1.0
            numbers.append(str(unit + 1).ljust(tile_width + 1)[: tile_width + 1], accent(DIM, look))
            for part in parts:
                for band, line in zip(bands, pixels(part, scale, look), strict=True):
                    band.append_text(line).append(" ")
        lines += [numbers, *bands]
    signs = "+ #, - =" if look.depth == "none" or look.ascii else "blue +, orange -"
    count = f"{shown} of {count_of_units} units" if shown < count_of_units else f"{shown} units"
    if pieces > 1:
        count += f" of {pieces} pieces"
    lines.append(Text(fitting(width, count, signs, "each to its own scale"), accent(DIM, look)))
    return boxed(lines, width, height)


def _fits_all(count: int, rows: int, columns: int, pieces: int, factor: int, width: int, height: int) -> bool:
    tile_rows, tile_columns = -(-rows // factor), -(-columns // factor)
    across = (width + 1) // (pieces * (tile_columns + 1))
    down = (height - 1) // (-(-tile_rows // 2) + 1)
    return across * down >= count
