"""Maxout units of one input: the straight lines that each is made of, and the convex bend that the largest makes."""

from __future__ import annotations

from typing import Any

import numpy as np
from rich.text import Text

from tui_nn.render.canvas import boxed, too_small
from tui_nn.render.curve import Series, curve
from tui_nn.render.look import Look
from tui_nn.render.palette import VALIDATION

Array = np.ndarray[Any, np.dtype[Any]]

LINES = 8  # of a unit's plot: below that a bend cannot be seen
COLUMNS = 36  # of a unit's plot, its numbers included


def pieces(
    theta: Array, count: int, span: tuple[float, float], width: int, height: int, look: Look | None = None, x: str = "x"
) -> Text:
    """theta (units x count, 2), bias and slope of every piece; span: the ends of the input that is drawn.

    Each unit has a plot: its pieces dim, the largest of them bright. As many units as fit are drawn, from the first.
    """
    look = look or Look()
    units = len(theta) // count
    across = max(1, min(units, width // COLUMNS))
    down = max(1, min(-(-units // across), height // LINES))
    if width < COLUMNS // 2 or height < LINES:
        return too_small(width, height)
    at = np.linspace(*span, 65)
    lines: list[Text] = []
    for row in range(down):
        plots = []
        for unit in range(row * across, min((row + 1) * across, units)):
            values = theta[unit * count : (unit + 1) * count] @ np.stack([np.ones_like(at), at])
            series = [Series("", at, piece, faint=True) for piece in values]
            title = f"unit {unit + 1} of {units}, {count} pieces"
            series.append(Series(title, at, values.max(axis=0), VALIDATION))
            plots.append(curve(series, width // across, height // down, look, x).split("\n", allow_blank=True))
        for cells in zip(*plots, strict=False):
            lines.append(Text(no_wrap=True))
            for cell in cells:
                cell.truncate(width // across, pad=True)
                lines[-1].append_text(cell)
    return boxed(lines, width, height)
