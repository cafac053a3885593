"""The nodes of a network: the picture of a unit, and beside it name, bar and number."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from rich.style import Style
from rich.text import Text

from tui_nn.render.cells import Cells
from tui_nn.render.look import Look
from tui_nn.render.network.layout import Placed
from tui_nn.render.network.parts import Column, Place
from tui_nn.render.palette import BAD, DIM, GOOD, LEVELS, accent, activation_scale, glyphs, levels, pixels, pool, shade
from tui_nn.render.short_names import short_names

Array = np.ndarray[Any, np.dtype[Any]]


def draw_column(sheet: Cells, one: Placed, room: int, column: Column, look: Look, cursor: Place | None) -> None:
    """A column with its heading, which has `room` cells: it may reach into the gap that follows."""
    lit = cursor.unit if cursor is not None and cursor.source is None and cursor.column == one.index else None
    dim, reverse = accent(DIM, look), Style(reverse=True)
    sheet.put(0, one.x, next((title for title in column.title if len(title) <= room), ""), dim)
    if one.bias_row is not None:
        sheet.put(1 + one.bias_row, one.end - 2, "1", reverse if lit == -1 else dim)
    names = short_names(list(column.names), one.name_width)
    for unit, top in zip(one.units, one.tops, strict=True):
        for row, words in enumerate(column.lines):
            sheet.put(1 + top + row, one.x, words, reverse if lit == unit else dim if row else Style.null())
        if column.lines:
            continue
        if one.picture_width:
            for row, line in enumerate(_picture(column, unit, one, look)):
                sheet.put(1 + top + row, one.x, line)
        _label(sheet, 1 + top, one, column, unit, names[unit], look, lit == unit)
    if one.folded:
        more = f"{one.folded:,}"
        sheet.centre(1 + one.fold_row, one.x, one.end, (f"{more} more", f"+{more}", "+"), dim)


def _picture(column: Column, unit: int, one: Placed, look: Look) -> list[Text]:
    """The picture of a unit, in whole pixels where it has few, by its nearest or mean values where it has many."""
    assert column.pictures is not None
    image = np.asarray(column.pictures[unit], np.float64)
    rows, columns = one.pixels
    if column.is_plane:
        middle, scale = activation_scale(image, column.limits)
        down, across = np.arange(rows) * len(image) // rows, np.arange(columns) * image.shape[1] // columns
        return _half(image[down[:, None], across] - middle, scale, look)
    image = pool(image, rows, columns)
    factor = max(1, min(rows // image.shape[0], columns // image.shape[1]))
    image = image.repeat(factor, axis=0).repeat(factor, axis=1)
    return _half(image, float(np.abs(image[np.isfinite(image)]).max(initial=0)) or 1.0, look)


def _half(image: Array, scale: float, look: Look) -> list[Text]:
    """As `pixels`, but an odd row at the end has nothing behind it: it keeps neighbours apart."""
    if len(image) % 2 == 0:
        return pixels(image, scale, look)
    lines = pixels(image[:-1], scale, look) if len(image) > 1 else []
    if look.depth == "none" or look.ascii:
        return [*lines, Text(glyphs(image[-1], scale))]
    line = Text(no_wrap=True)
    for level in levels(image[-1], scale, look).tolist():
        line.append("▀", shade(level, look))
    return [*lines, line]


def _label(sheet: Cells, y: int, one: Placed, column: Column, unit: int, name: str, look: Look, lit: bool) -> None:
    """Name, bar and number, as much of it as there is room for; beside a picture, in the middle of its height."""
    x = one.x + one.picture_width + bool(one.picture_width)
    y += (one.rows - 1) // 2
    style = Style.null()
    if column.answer == unit:
        good = column.wanted is None or column.wanted == unit
        style = accent(GOOD if good else BAD, look) + Style(bold=look.depth != "none")
    elif column.wanted != unit:
        style = accent(DIM, look)
    if lit and not one.name_width:
        sheet.put(y, one.x, ">", Style(reverse=True))
    if one.name_width:
        sheet.put(y, x, name.rjust(one.name_width), Style(reverse=True) if lit else style)
        x += one.name_width + 1
    if column.a is None:
        return
    value = float(column.a[unit])
    if one.bar_width:
        sheet.put(y, x, _bar(value, column, one.bar_width, look))
        x += one.bar_width + 1
    if one.number_width:
        sheet.put(y, x, _number(value, one.number_width).rjust(one.number_width), style)
        x += one.number_width + 1
    if column.answer == unit:
        sheet.put(y, x, "<" if look.ascii or look.depth == "none" else "◀", style)


def _bar(value: float, column: Column, width: int, look: Look) -> Text:
    """As long as the value is large on its range, in the colour of its sign."""
    low, high = column.limits
    ends = [abs(end) for end in (low, high) if math.isfinite(end)]
    assert column.a is not None
    finite = np.abs(column.a[np.isfinite(column.a)])
    scale = max(ends) if math.isfinite(low) and math.isfinite(high) else float(finite.max(initial=0))
    share = min(1.0, abs(value) / scale) if scale > 0 and math.isfinite(value) else 0.0
    n = LEVELS[look.depth]
    style = shade(n if value >= 0 else -n, look)
    empty = Text(("." if look.ascii else "·") * width, accent(DIM, look), no_wrap=True)
    if look.ascii or look.depth == "none":
        filled = round(share * width)
        return Text(("#" if value >= 0 else "=") * filled, style, no_wrap=True).append_text(empty[filled:])
    eighths = round(share * width * 8)
    text = "█" * (eighths // 8) + ("", *"▏▎▍▌▋▊▉")[eighths % 8]
    return Text(text, style, no_wrap=True).append_text(empty[len(text) :])


def _number(value: float, width: int) -> str:
    """With two decimals, or as many as there is room for."""
    for text in (f"{value:.2f}", f"{value:.2f}".replace("-0.", "-."), f"{value:.1f}", f"{value:.0f}", f"{value:.0e}"):
        if len(text) <= width:
            return text
    return "+" if value > 0 else "-"
