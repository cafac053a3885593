"""Which hidden units vote for a class: their weights into its output, the strongest first, with their pictures.

z of an output is a sum over the units before it, weight times activation; a unit with a large weight that is active
for a sample speaks for the class, one with a negative weight against it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from rich.text import Text

from tui_nn.render.canvas import boxed, fitting, too_small
from tui_nn.render.look import Look
from tui_nn.render.palette import DIM, accent, levels, pair, pixels, pool

Array = np.ndarray[Any, np.dtype[Any]]


def votes(
    row: Array,
    name: str,
    pictures: Array | None,
    activity: Array | None,
    width: int,
    height: int,
    look: Look | None = None,
) -> Text:
    """row: (units + 1,), a row of the output's Theta, bias first. pictures: (units, rows, columns) or None.

    activity: (units,), the mean activation of each unit for samples of this class; the vote is then weight x activity.
    """
    look = look or Look()
    if width < 24 or height < 4:
        return too_small(width, height)
    weights = row[1:]
    vote = weights * activity if activity is not None else weights
    order = np.argsort(-np.abs(np.nan_to_num(vote)), kind="stable")
    what = "weight x mean activation" if activity is not None else "weight"
    head = Text(fitting(width, f"for {name}: {what}", f"bias {row[0]:+.3g}", "strongest first"), no_wrap=True)
    strips: list[Text] = []
    if pictures is not None and height >= 12:
        strips = _strip(pictures, order, vote, width, (height - 2) // 2, look)
    scale = float(np.abs(vote[np.isfinite(vote)]).max(initial=0)) or 1.0
    lines = []
    bar_room = max(4, (width - 30) // 2)
    for unit in order[: height - 1 - len(strips)]:
        value = float(vote[unit])
        length = round(abs(value) / scale * bar_room) if np.isfinite(value) else 0
        glyph = ("#" if value > 0 else "=") if look.ascii or look.depth == "none" else "█"
        level = int(levels(np.array([value]), scale, look)[0])
        style = pair(level, 0, look.depth, look.light) if look.depth != "none" else ""
        line = Text(f"unit {unit + 1:>4} {value:+9.3g} ", no_wrap=True)
        left, right = (length, 0) if value < 0 else (0, length)
        line.append(" " * (bar_room - left)).append(glyph * left, style)
        line.append("|" if look.ascii else "│", accent(DIM, look)).append(glyph * right, style)
        line.append(" " * (bar_room - right + 1))
        if activity is not None:
            line.append(f"a {activity[unit]:.2f}", accent(DIM, look))
        lines.append(line)
    return boxed([head, *strips, *lines], width, height)


def _strip(pictures: Array, order: Array, vote: Array, width: int, height: int, look: Look) -> list[Text]:
    rows, columns = pictures.shape[1:]
    factor = max(1, -(-rows // max(1, 2 * (height - 1))))
    tall, wide = -(-rows // factor), -(-columns // factor)
    bands = [Text(no_wrap=True) for _ in range(-(-tall // 2))]
    words = Text(no_wrap=True)
    step = max(wide, 6) + 1
    for unit in order[: max(1, (width + 1) // step)]:
        image = pool(pictures[unit], tall, wide)
        scale = float(np.abs(image[np.isfinite(image)]).max(initial=0)) or 1.0
        for band, line in zip(bands, pixels(image, scale, look), strict=True):
            band.append_text(line).append(" " * (step - wide))
        sign = "+" if vote[unit] > 0 else "-"
        words.append(f"{unit + 1}{sign}".ljust(step), accent(DIM, look))
    return [*bands, words]
