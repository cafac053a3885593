"""Shares as bars, one a row, and what is left of each or comes to it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from tui_nn.render.canvas import boxed, fitting, too_small
from tui_nn.render.drawing import Drawing, Spot
from tui_nn.render.look import Look
from tui_nn.render.palette import BAD, DIM, GOOD, accent
from tui_nn.render.short_names import short_names

TALLEST = 14  # lines of a bar
NUMBERS, COUNT = 7, 6  # cells of a share, and of a number of samples
LEAST_BAR = 4  # cells of a bar that is seen


@dataclass(frozen=True)
class ShareRow:
    """share: from 0 to 1, NaN where there are no samples. after: what it becomes, None where it stays."""

    name: str
    samples: int
    share: float
    after: float | None = None


def shares(
    rows: Sequence[ShareRow], of: str, after: str, width: int, height: int, look: Look | None = None, at: int = 0
) -> Drawing:
    """The last row is that of all, and always there. of: what is counted; after: what changed. Where there is no room
    for all rows, those around row `at` are shown. Spots: (row, 0).
    """
    look = look or Look()
    label = min(max(3, *(len(row.name) for row in rows)), max(3, width // 4))
    changed = rows[-1].after is not None
    # Shares come before how many there are, and before how far one of two is from the other.
    for has_count, has_change in ((True, changed), (False, changed), (False, False)):
        left = label + 1 + COUNT * has_count + NUMBERS * (1 + changed + has_change)
        if width >= left + LEAST_BAR:
            break
    if width < left or height < 3:
        return Drawing(too_small(width, height))
    dim = accent(DIM, look)
    columns = f"{'':<{label}} " + (f"{'n':>{COUNT - 1}} " if has_count else "") + f"{'right':>{NUMBERS - 1}}"
    columns += f" {'off':>{NUMBERS - 1}}" if changed else ""
    lines = [Text(fitting(width, columns, *([after] if changed else []), of, gap="  "), dim, no_wrap=True)]
    names = short_names([row.name for row in rows], label)
    room = height - 2
    first = max(0, min(at - room + 1, len(rows) - 1 - room))
    tall = max(1, min(TALLEST, (height - 1) // (min(len(rows), room + 1))))
    spots = {}
    for number in [*range(first, min(len(rows) - 1, first + room)), len(rows) - 1]:
        row = rows[number]
        if number < len(rows) - 1:
            spots[number, 0] = Spot(0, len(lines), label)
        line = Text(f"{names[number]:<{label}} ", dim if number == len(rows) - 1 else "", no_wrap=True)
        line.append(f"{row.samples:>{COUNT - 1}} " if has_count else "")
        line.append(_percent(row.share))
        if row.after is not None:
            line.append(_percent(row.after))
            line.append(_change(row.after - row.share) if has_change else "", accent(BAD, look))
        share = bar(row, width - left, look)
        beside = Text(" " * (line.cell_len + 1), no_wrap=True).append_text(bar(row, width - left, look, "█"))
        lines += [line.append(" ").append_text(share), *[beside] * (tall - 2), *[Text()] * (tall > 1)]
    return Drawing(boxed(lines, width, height), spots)


def _percent(share: float) -> str:
    return ("-" if math.isnan(share) else f"{100 * share:.1f}").rjust(NUMBERS - 1) + " "


def _change(by: float) -> str:
    return ("" if math.isnan(by) or not by else f"{100 * by:+.1f}").rjust(NUMBERS - 1) + " "


def bar(row: ShareRow, width: int, look: Look, block: str = "▆") -> Text:
    """What stays, then what is lost, or gained. block: a blank above parts it from the bar before."""
    if math.isnan(row.share) or width < 2:
        return Text()
    after = row.share if row.after is None or math.isnan(row.after) else row.after
    low, high = (round(share * (width - 1)) for share in sorted((row.share, after)))
    plain = look.is_plain
    kept, moved = ("#", "-" if after < row.share else "+") if plain else (block, block)
    bar = Text(kept * low, accent(GOOD, look), no_wrap=True)
    return bar.append(moved * (high - low), accent(BAD if after < row.share else GOOD, look))
