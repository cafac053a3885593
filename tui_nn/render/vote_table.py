"""What every unit says for every class as a matrix: rows are classes, columns units with their pictures above them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.text import Text

from tui_nn.render.amount import within
from tui_nn.render.canvas import boxed, fitting
from tui_nn.render.cell_block import cell_lines, centred, ground_glyph, grown
from tui_nn.render.drawing import Drawing, Spot
from tui_nn.render.look import Look
from tui_nn.render.pages import page
from tui_nn.render.palette import DIM, accent, ground, largest_size, pixels, pool
from tui_nn.render.short_names import short_names

Array = np.ndarray[Any, np.dtype[Any]]

CELL = 6  # cells of a number, a blank included
LOWEST = 3  # lines of a picture, below which it says little
WIDEST = 14  # pixels of a picture
SEVERAL, SMALLEST = 4, 8  # pictures that are to be seen at once; pixels of each, below which it says little


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
    room = width - label - 1 - CELL
    band, block = _band(pictures, height - len(names) - 2, room)
    least = CELL if pictures is None or not band else max(CELL, -(-pictures.shape[2] // block) + 1)
    place = 0 if at is None or at[1] == 0 else list(order).index(at[1])
    shown = [order[number] for number in page(len(order), max(1, room // least), place)]
    rows = max(1, height - 2 - band)
    first = max(0, min((at[0] if at is not None else 0) - rows + 1, len(names) - rows))
    tall, wide = grown(min(rows, len(names)), len(shown), least - 1, max(1, room - len(shown)), rows)
    bias = CELL - 1
    digits = max(len(_written(value)) for value in values.ravel().tolist())
    columns = {0: label + 1} | {unit: label + 2 + bias + number * (wide + 1) for number, unit in enumerate(shown)}
    lines = [Text(no_wrap=True) for _ in range(band)]
    if pictures is not None and band:
        for unit in shown:
            _put(lines, columns[unit] + (wide - least + 1) // 2, _painted(pictures[unit - 1], band, block, look))
    head = Text(" " * (label + 1) + f"{'bias':>{bias}}", accent(DIM, look), no_wrap=True)
    for unit in shown:
        head.pad_right(columns[unit] - head.cell_len)
        head.append(centred(f"{unit:>{digits}}", wide))
    lines.append(head)
    scale = largest_size(values) or 1.0
    spots = {}
    called = short_names(list(names), label)
    for row in range(first, min(len(names), first + rows)):
        high = [Text(" " * (label + 1), no_wrap=True) for _ in range(tall)]
        high[(tall - 1) // 2] = Text(f"{called[row]:>{label}} ", no_wrap=True)
        for unit in (0, *shown):
            value, across = float(values[row, unit]), wide if unit else bias
            glyph = ground_glyph(value, scale, look)
            drawn = cell_lines(_written(value).rjust(digits), across, tall, ground(value, scale, look), glyph)
            for line, part in zip(high, drawn, strict=True):
                line.pad_right(columns[unit] - line.cell_len)
                line.append_text(part)
            spots[row, unit] = Spot(columns[unit], len(lines), across, tall)
        lines += high
    left_out = len(order) - len(shown)
    more = [f"{len(shown)} of {len(order)} units"] if left_out else []
    lines.append(Text(fitting(width, *what[:1], *more, *what[1:]), accent(DIM, look)))
    return Drawing(boxed(lines, width, height), spots)


def _written(value: float) -> str:
    return within(value, CELL - 1, 1)


def _band(pictures: Array | None, room: int, across: int) -> tuple[int, int]:
    """Lines of the pictures, 0 where there is no room for any; and the block of pixels that becomes one, so that
    some have room beside each other."""
    if pictures is None:
        return 0, 1
    rows, columns = pictures.shape[1:]
    block = max(1, -(-columns // WIDEST), -(-rows // max(1, 2 * room)))
    while across // (-(-columns // block) + 1) < SEVERAL and -(-columns // (block + 1)) >= SMALLEST:
        block += 1
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
