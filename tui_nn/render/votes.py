"""Which hidden units vote for a class: their weights into its output, the strongest first, with their pictures.

z of an output is a sum over the units before it, weight times activation; a unit with a large weight that is active
for a sample speaks for the class, one with a negative weight against it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from rich.style import Style
from rich.text import Text

from tui_nn.render.amount import aligned, signed
from tui_nn.render.canvas import boxed, fitting, wording
from tui_nn.render.drawing import Drawing, Spot
from tui_nn.render.look import Look
from tui_nn.render.palette import DIM, accent, levels, pair
from tui_nn.render.tiles import tiles, tiling

Array = np.ndarray[Any, np.dtype[Any]]

NARROW = 30  # cells below which activations are left out
SOME = 4  # pictures that are to be seen at once


def votes(
    row: Array,
    name: str,
    pictures: Array | None,
    activity: Array | None,
    width: int,
    height: int,
    look: Look | None = None,
    what: str = "",
    at: int | None = None,
) -> Drawing:
    """row: (units + 1,), a row of the output's Theta, bias first. pictures: (units, rows, columns) or None.

    activity: (units,), the mean activation of each unit for samples of this class; the vote is then weight x activity.
    what: what the votes are, where that is not it. at: the unit with the cursor, from 0. Spots: units from 0.
    """
    look = look or Look()
    weights = row[1:]
    vote = weights * activity if activity is not None else weights
    order = np.argsort(-np.abs(np.nan_to_num(vote)), kind="stable")
    what = what or ("weight x mean activation" if activity is not None else "weight")
    named = wording(width, f"for {name}: {what}", f"for {name}")
    head = Text(fitting(width, named, f"bias {signed(row[0])}", "strongest first"), no_wrap=True)
    strips: list[Text] = []
    if pictures is not None and height >= 12:
        # Pictures may take half of the room, and what the lines of all units leave.
        strips = _strip(pictures, order, vote, width, max((height - 2) // 2, height - 1 - len(order)), look)
    lines: list[Text] = []
    spots = {}
    bars = max(2, width - 30 if width >= NARROW else width - 15)
    # The axis stands where the longest bars of both signs have room.
    known = vote[np.isfinite(vote)]
    against, speaks = (float(np.max(sign * known, initial=0.0)) for sign in (-1, 1))
    before = round(bars * against / ((against + speaks) or 1.0))
    behind = bars - before
    room = height - 1 - len(strips)
    tall = max(1, room // max(1, len(order)))
    thick = tall - max(1, tall // 4) if tall > 2 else tall  # blank lines keep high bars apart
    axis = "|" if look.ascii else "│"
    said = aligned(vote.tolist(), 3 if width >= NARROW else 2, "+")
    page = max(1, room // tall)
    first = 0 if at is None else max(0, order.tolist().index(at) - page + 1)
    for unit in order[first : first + page].tolist():
        spots[unit] = Spot(0, 1 + len(strips) + len(lines), min(width - 1, 20), tall)
        value = float(vote[unit]) + 0.0  # a vote of -0 has no sign
        share = value / speaks * behind if value > 0 else -value / against * before if value < 0 else 0.0
        length = round(share) if np.isfinite(value) else 0
        glyph = ("#" if value > 0 else "=") if look.is_plain else "█"
        # Its length says how large it is: in the colour of a small value it would not be seen.
        level = int(levels(np.sign([value]), 1.0, look)[0])
        style = pair(level, 0, look.depth, look.light) if look.depth != "none" else Style.null()
        left, right = (length, 0) if value < 0 else (0, length)
        for number in range(thick):
            is_middle = number == (thick - 1) // 2
            label = f"unit {unit + 1:>4} {said[unit]:>9} " if width >= NARROW else f"{unit + 1:>4} {said[unit]:>8} "
            line = Text(label if is_middle else " " * len(label), no_wrap=True)
            line.append(" " * (before - left)).append(glyph * left, style)
            line.append(axis, accent(DIM, look)).append(glyph * right, style)
            if is_middle and activity is not None and width >= NARROW:
                line.append(" " * (behind - right + 1)).append(f"a {activity[unit]:.2f}", accent(DIM, look))
            lines.append(line)
        lines += [Text(" " * (len(label) + before), no_wrap=True).append(axis, accent(DIM, look))] * (tall - thick)
    return Drawing(boxed([head, *strips, *lines], width, height), spots)


def _strip(pictures: Array, order: Array, vote: Array, width: int, height: int, look: Look) -> list[Text]:
    """One row of pictures, as large as lets some be seen."""
    drawn = tiling(pictures.shape[1:], min(SOME, len(order)), 1, width, height, look, narrowest=5, is_signed=True)
    shown = order[: drawn.across]
    words = [Text(f"{unit + 1}{'+' if vote[unit] > 0 else '-'}", accent(DIM, look)) for unit in shown]
    return tiles([pictures[unit][None] for unit in shown], words, drawn, look)[0]
