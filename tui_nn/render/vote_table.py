"""What every unit says for every class as a matrix: rows are classes, columns units with their pictures above them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.text import Text

from tui_nn.render.amount import within
from tui_nn.render.canvas import boxed, fitting
from tui_nn.render.cell_block import cell_lines, centred
from tui_nn.render.drawing import Drawing, Spot
from tui_nn.render.look import Look
from tui_nn.render.palette import DIM, accent, ground, largest_size, pixels, pool
from tui_nn.render.short_names import short_names

Array = np.ndarray[Any, np.dtype[Any]]

CELL = 6  # cells of a number, a blank included
LOWEST = 3  # lines of a picture, below which it says little
WIDEST = 14  # pixels of a picture
TALLEST = 6  # lines of a row


def vote_table(
    names: Sequence[str],
    values: Array,
    order: Sequence[int],
    pictures: Array | None,
    width: int,
    height: int,
    look: Look | None = None,
    what: Sequence[str] = ("",),
    at: tuple[int, int] | None = None,
) -> Drawing:
    """values: (classes, units + 1), the bias first, which stays at the left. order: of the units, from 1.

    pictures: (units, rows, columns), or None. at: (class from 0, unit) with the cursor; what has no room is left out
    and counted, and its page is shown. The ground of a number is its colour. Spots: (class from 0, unit).
    """
    look = look or Look()
    label = min(max(map(len, names)), max(3, width // 5))
    band, block = _band(pictures, height - len(names) - 2)
    step = CELL if pictures is None or not band else max(CELL, -(-pictures.shape[2] // block) + 1)
    page = max(1, (width - label - 1 - CELL) // step)
    place = 0 if at is None or at[1] == 0 else list(order).index(at[1])
    shown = list(order)[place // page * page : place // page * page + page]
    rows = max(1, height - 2 - band)
    first = max(0, min((at[0] if at is not None else 0) - rows + 1, len(names) - rows))
    columns = {0: label + 1} | {unit: label + 1 + CELL + number * step for number, unit in enumerate(shown)}
    lines = [Text(no_wrap=True) for _ in range(band)]
    if pictures is not None and band:
        for unit in shown:
            _put(lines, columns[unit], _painted(pictures[unit - 1], band, block, look))
    tall = 1 if look.depth == "none" else max(1, min(TALLEST, (height - 2 - band) // len(names)))
    across = step - 1 if tall > 1 else CELL - 1  # under its picture
    head = Text(" " * (label + 1) + f"{'bias':>{CELL - 1}}", accent(DIM, look), no_wrap=True)
    for unit in shown:
        head.pad_right(columns[unit] - head.cell_len)
        head.append(centred(f"{unit:>{CELL - 1}}", across))
    lines.append(head)
    scale = largest_size(values) or 1.0
    spots = {}
    called = short_names(list(names), label)
    for row in range(first, min(len(names), first + rows)):
        high = [Text(" " * (label + 1), no_wrap=True) for _ in range(tall)]
        high[(tall - 1) // 2] = Text(f"{called[row]:>{label}} ", no_wrap=True)
        for unit in (0, *shown):
            wide = across if unit else CELL - 1
            drawn = cell_lines(_written(float(values[row, unit])), wide, tall, ground(values[row, unit], scale, look))
            for line, part in zip(high, drawn, strict=True):
                line.pad_right(columns[unit] - line.cell_len)
                line.append_text(part)
            spots[row, unit] = Spot(columns[unit], len(lines), wide, tall)
        lines += high
    left_out = len(order) - len(shown)
    more = [f"{len(shown)} of {len(order)} units"] if left_out else []
    lines.append(Text(fitting(width, *what, *more), accent(DIM, look)))
    return Drawing(boxed(lines, width, height), spots)


def _written(value: float) -> str:
    return within(value, CELL - 1, 1).rjust(CELL - 1)


def _band(pictures: Array | None, room: int) -> tuple[int, int]:
    """Lines of the pictures, 0 where there is no room for any; and the block of pixels that becomes one."""
    if pictures is None:
        return 0, 1
    rows, columns = pictures.shape[1:]
    block = max(1, -(-columns // WIDEST), -(-rows // max(1, 2 * room)))
    lines = (-(-rows // block) + 1) // 2
    return (lines, block) if min(LOWEST, -(-rows // 2)) <= lines <= room else (0, 1)


def _painted(picture: Array, band: int, block: int, look: Look) -> list[Text]:
    pooled = pool(picture.astype(float), -(-picture.shape[0] // block), -(-picture.shape[1] // block))
    scale = largest_size(pooled) or 1.0
    return pixels(pooled, scale, look)[:band]


def _put(lines: Sequence[Text], column: int, drawn: Sequence[Text]) -> None:
    for line, one in zip(lines, drawn, strict=False):
        line.pad_right(column - line.cell_len)
        line.append_text(one)
