"""Units as the pieces that they are made of: straight lines with their envelope, or facets over a plane."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from rich.style import Style
from rich.text import Text

from tui_nn.render.boundary import LETTERS, axes_of, class_colour, letters_at
from tui_nn.render.canvas import boxed, too_small
from tui_nn.render.curve import Series, curve
from tui_nn.render.drawing import Drawing, Spot
from tui_nn.render.look import Look
from tui_nn.render.pages import page
from tui_nn.render.palette import DIM, VALIDATION, accent

Array = np.ndarray[Any, np.dtype[Any]]

LINES = 8  # of a unit's plot: below that a bend cannot be seen
COLUMNS = 36  # of a unit's plot, its numbers included


def pieces(
    values: Array, extent: tuple[float, float], width: int, height: int, look: Look | None = None, x: str = "x",
    chosen: int | None = None,
) -> Drawing:  # fmt: skip
    """values (units, pieces, points) along x: each unit's pieces dim, the largest of them bright.

    As many units as fit, from the first of the page that has the `chosen` one. Spots: units, from 0.
    """
    look = look or Look()
    units, count, points = values.shape
    at = np.linspace(*extent, points)

    def draw(unit: int, wide: int, tall: int) -> list[Text]:
        series = [Series("", at, piece, marker="·", ascii_marker=".", faint=True) for piece in values[unit]]
        title = f"{'>' if unit == chosen else ''}unit {unit + 1} of {units}, {count} pieces"
        series.append(Series(title, at, values[unit].max(axis=0), VALIDATION))
        return list(curve(series, wide, tall, look, x, has_values=False).split("\n", allow_blank=True))

    return _paged(units, draw, width, height, chosen)


def facets(
    values: Array, extent: tuple[float, float, float, float], width: int, height: int, look: Look | None = None,
    chosen: int | None = None,
) -> Drawing:  # fmt: skip
    """values (units, pieces, rows, columns), row 0 at the top: the piece that wins at each place in its colour.

    In truecolor the brighter, the higher the unit is there; without colours each piece has its letter, as classes in
    a boundary, and a bar at the right. Pages and spots as `pieces`.
    """
    look = look or Look()
    axes = Text(axes_of(extent), accent(DIM, look), no_wrap=True)

    def draw(unit: int, wide: int, tall: int) -> list[Text]:
        winner, envelope = values[unit].argmax(axis=0), np.nan_to_num(values[unit].max(axis=0))
        low, high = float(envelope.min()), float(envelope.max())
        heights = (envelope - low) / ((high - low) or 1.0)
        wide, rows = wide - 1, 2 * (tall - 1)
        down = np.arange(rows)[:, None] * len(winner) // rows
        across = np.arange(wide) * winner.shape[1] // wide
        lines = [_caption(unit, values.shape, wide, unit == chosen, look)]
        kinds, heights = winner[down, across], heights[down, across]
        if look.is_plain:
            # Letters are too far apart for a blank to be seen as the end of a unit.
            bar = "|" if look.ascii else "│"
            lines += [Text(letters_at(kinds, row) + bar, no_wrap=True) for row in range(rows // 2)]
        else:
            lines += [_facet_line(kinds[row : row + 2], heights[row : row + 2], look) for row in range(0, rows, 2)]
        return lines

    drawn = _paged(len(values), draw, width, height - 1, chosen)
    return Drawing(
        boxed([*drawn.text.split("\n", allow_blank=True), axes], width, height), drawn.spots, drawn.is_marked
    )


def _caption(unit: int, shape: tuple[int, ...], width: int, is_chosen: bool, look: Look) -> Text:
    """unit 2 of 5: the marks of its pieces."""
    text = Text(f"{'>' if is_chosen else ''}unit {unit + 1} of {shape[0]}:", no_wrap=True)
    for piece in range(shape[1]):
        mark, name = (f" {LETTERS[piece % 26]}", "") if look.is_plain else (" ■", f" {piece + 1}")
        if text.cell_len + len(mark + name) <= width:
            # The darkest of 256 colours are seen in a block, not in a number.
            ink = Style.null() if look.is_plain else Style.parse(class_colour(piece, 1.6, look))
            text.append(mark, ink).append(name)
    return text


def _facet_line(winner: Array, heights: Array, look: Look) -> Text:
    """Two rows of pixels."""
    line = Text(no_wrap=True)
    for (upper, lower), (above, below) in zip(winner.T.tolist(), heights.T.tolist(), strict=True):
        style = f"{class_colour(upper, above, look)} on {class_colour(lower, below, look)}"
        line.append("▀", Style.parse(style))
    return line


def _paged(
    units: int, draw: Callable[[int, int, int], list[Text]], width: int, height: int, chosen: int | None
) -> Drawing:
    """The plots of a page of units, and where each stands."""
    if width < COLUMNS // 2 or height < LINES:
        return Drawing(too_small(width, height))
    across = max(1, min(units, width // COLUMNS))
    down = max(1, min(-(-units // across), height // LINES))
    across = min(across, -(-units // down))
    wide, tall = width // across, height // down
    first = page(units, across * down, chosen or 0).start
    lines: list[Text] = []
    spots = {}
    for row in range(down):
        shown = range(first + row * across, min(first + (row + 1) * across, units))
        plots = [draw(unit, wide, tall) for unit in shown]
        for place, unit in enumerate(shown):
            spots[unit] = Spot(place * wide, len(lines), wide - 1, tall)
        for number in range(tall if plots else 0):
            lines.append(Text(no_wrap=True))
            for plot in plots:
                cell = plot[number].copy() if number < len(plot) else Text()
                cell.truncate(wide, pad=True)
                lines[-1].append_text(cell)
    return Drawing(boxed(lines, width, height), spots, is_marked=True)
