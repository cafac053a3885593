"""The nodes of a network: the picture of a unit, and beside it name, bar and number."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from rich.style import Style

from tui_nn.render.amount import fixed, within
from tui_nn.render.canvas import wording
from tui_nn.render.cells import Cells
from tui_nn.render.drawing import Spot
from tui_nn.render.network.layout import Placed
from tui_nn.render.network.parts import Place, UnitColumn
from tui_nn.render.network.sizes import shortened
from tui_nn.render.palette import BAD, DIM, GOOD, LEVELS, accent, activation_scale, largest_size, pool, shade

Array = np.ndarray[Any, np.dtype[Any]]


def draw_column(sheet: Cells, one: Placed, room: int, column: UnitColumn, cursor: Place | None) -> dict[int, Spot]:
    """A column with its heading, which has `room` cells: it may reach into the gap that follows.

    Gives where each unit stands that is shown, -1 being the constant 1.
    """
    lit = cursor.unit if cursor is not None and cursor.source is None and cursor.column == one.index else None
    dim, spots = accent(DIM, sheet.look), {}
    sheet.put(0, one.x, wording(room, *column.title, ""), dim)
    if one.bias_row is not None:
        _word(sheet, 1 + one.bias_row, one.end - 2, "1", dim, lit == -1)
        spots[-1] = Spot(one.end - 2, 1 + one.bias_row)
    names = shortened(tuple(column.names), one.name_width)
    for unit, top in zip(one.units, one.tops, strict=True):
        spots[unit] = Spot(one.x, 1 + top, one.end - one.x, one.rows)
        for row, words in enumerate(column.lines):
            _word(sheet, 1 + top + row, one.x, words, dim if row else Style.null(), lit == unit and not row)
        if column.lines:
            continue
        if one.picture_width:
            sheet.picture(1 + top, one.x, *_picture(column, unit, one))
        _label(sheet, 1 + top, one, column, unit, names[unit], lit == unit)
    if one.folded:
        more = f"{one.folded:,}"
        sheet.centre(1 + one.fold_row, one.x, one.end, (f"{more} more", f"+{more}", "+"), dim)
    return spots


def _word(sheet: Cells, y: int, x: int, text: str, style: Style, lit: bool) -> None:
    """Reversed where the cursor is; without colours in brackets, as far as there is room."""
    if lit and sheet.look.depth == "none":
        sheet.put(y, x - 1, "[", style)
        sheet.put(y, x + len(text), "]", style)
    sheet.put(y, x, text, Style(reverse=True) if lit and sheet.look.depth != "none" else style)


def _picture(column: UnitColumn, unit: int, one: Placed) -> tuple[Array, float]:
    """The picture of a unit and its scale: in whole pixels where it has few, else by nearest or mean values."""
    assert column.pictures is not None
    image = np.asarray(column.pictures[unit], np.float64)
    rows, columns = one.pixels
    if column.is_plane:
        middle, scale = activation_scale(image, column.limits)
        down, across = np.arange(rows) * len(image) // rows, np.arange(columns) * image.shape[1] // columns
        return image[down[:, None], across] - middle, scale
    image = pool(image, rows, columns)
    factor = max(1, min(rows // image.shape[0], columns // image.shape[1]))
    image = image.repeat(factor, axis=0).repeat(factor, axis=1)
    return image, largest_size(image) or 1.0


def _label(sheet: Cells, y: int, one: Placed, column: UnitColumn, unit: int, name: str, lit: bool) -> None:
    """Name, bar and number, as much of it as there is room for; beside a picture, in the middle of its height."""
    look = sheet.look
    x = one.x + one.picture_width + bool(one.picture_width)
    y += (one.rows - 1) // 2
    style = Style.null()
    if column.answer == unit:
        good = column.wanted is None or column.wanted == unit
        style = accent(GOOD if good else BAD, look) + Style(bold=look.depth != "none")
    elif column.wanted != unit:
        style = accent(DIM, look)
    if one.name_width:
        _word(sheet, y, x, name.rjust(one.name_width), style, lit)
        x += one.name_width + 1
    elif lit:
        _word(sheet, y, max(0, one.x - 1), ">", Style.null(), sheet.look.depth != "none")
    if column.a is None:
        return
    value = float(column.a[unit])
    if one.bar_width:
        _bar(sheet, y, x, value, column, one.bar_width)
        x += one.bar_width + 1
    if one.number_width:
        sheet.put(y, x, _number(value, one.number_width).rjust(one.number_width), style)
        x += one.number_width + 1
    if column.answer == unit:
        sheet.put(y, x, "<" if look.is_plain else "◄", style)


def _bar(sheet: Cells, y: int, x: int, value: float, column: UnitColumn, width: int) -> None:
    """As long as the value is large on its range, in the colour of its sign."""
    look, (low, high) = sheet.look, column.limits
    assert column.a is not None
    is_bounded = math.isfinite(low) and math.isfinite(high)
    scale = max(abs(low), abs(high)) if is_bounded else largest_size(column.a)
    share = min(1.0, abs(value) / scale) if scale > 0 and math.isfinite(value) else 0.0
    n = LEVELS[look.depth]
    style = shade(n if value >= 0 else -n, look)
    if look.is_plain:
        text = ("#" if value >= 0 else "=") * round(share * width)
    else:
        eighths = round(share * width * 8)
        text = "█" * (eighths // 8) + ("", *"▏▎▍▌▋▊▉")[eighths % 8]
    sheet.put(y, x, ("." if look.ascii else "·") * width, accent(DIM, look))
    sheet.put(y, x, text, style)


def _number(value: float, width: int) -> str:
    """With two decimals, or as many as there is room for."""
    without_zero = fixed(value, 2).replace("-0.", "-.")
    text = without_zero if len(without_zero) == width else within(value, width, 2)
    return text if len(text) <= width else "+" if value > 0 else "-"
