"""Curves with labelled axes, in braille: two by four dots in each cell.

A column of dots shows the smallest and the largest value that falls into it, so a million points cost as much as a
hundred, and no peak is lost.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from rich.text import Text

from tui_nn.render.amount import amount
from tui_nn.render.axes import LABELS, apart, log_ticks, outward, row_of, tick_text, ticks, x_axis
from tui_nn.render.canvas import boxed, too_small
from tui_nn.render.look import Look
from tui_nn.render.marks import DrawnMark, Mark, placed
from tui_nn.render.palette import DIM, TRAIN, accent, faded, on_ground_of

Array = np.ndarray[Any, np.dtype[Any]]

MARKED, AROUND = -1, ~0x100  # a cell with a mark in place of dots, and one beside a label; no dot changes them
DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])
Ends = tuple[tuple[float, float], tuple[float, float]]  # of x and of y
TALL, A_LINE = 10, 8  # cells: of a curve as high as that, two may be lines of its legend; and one of every so many
SPARSE = 6  # cells for each one that has a point, from which on points are drawn as marks
BESIDE = 0.03  # of the range of points, by which axes go on: a point at the end of an axis is not seen
LARGEST = 1e300  # beyond it the distance of two values need not be a number: such are left out, as what is not finite


@dataclass(frozen=True)
class Series:
    """One line: x and y (n,), a colour of the palette, and the mark that names it in the legend.

    faint: drawn dim, behind the others, and left out of the legend, such as the noise around a smoothed line; one
    without a name is left out of it too. is_joined: whether a line goes through the points; others are drawn as
    marks where they are few for their room, else as dots; a line of one point is a mark too. is_mark: each point is a
    label, on a ground of its colour.
    short: what the legend has where the names of all have no room, nothing where the mark says it.
    is_edge: the edge of a band, which other lines hide, and whose value, not that of the band, the legend leaves out.
    in_marks: drawn in its mark in place of dots.
    """

    name: str
    x: Array
    y: Array
    style: str = TRAIN
    marker: str = "●"
    ascii_marker: str = "*"
    faint: bool = False
    is_joined: bool = True
    short: str | None = None
    is_mark: bool = False
    is_edge: bool = False
    in_marks: bool = False


def curve(
    series: Sequence[Series],
    width: int,
    height: int,
    look: Look | None = None,
    x_label: str = "epoch",
    y_label: str = "",
    log_y: bool = False,
    cursor: float | None = None,
    has_values: bool = True,
    ends: Ends | None = None,
    cursor_name: str = "",
    marks: Sequence[Mark] = (),
    has_scale: bool = True,
) -> Text:
    """The series over a common pair of axes. Values that are not finite break a line and are named in the legend.

    cursor: an x at which a vertical line stands; the legend then gives the values there instead of the last ones, and
    the x as `cursor_name` if that is given. has_values: whether the legend gives any. ends: how far the axes
    reach at least. marks: moments at which something happened. has_scale: whether numbers stand beside the y axis.
    """
    look = look or Look()
    if width < LABELS + 12 or height < 6:
        return too_small(width, height)
    columns = width - LABELS - 1
    series = sorted(_told_apart(series, look), key=lambda one: not one.faint)
    finite = [_finite(one, log_y) for one in series]
    where = "" if cursor is None else f"{x_label} {cursor_name or f'{cursor:g}'}"
    lines_of = max(2 if height >= TALL else 1, height // A_LINE)
    legend = _legend(series, y_label, where, (width, lines_of), look, cursor, has_values)
    rows = height - 2 - len(legend)
    if not any(len(x) for x, _ in finite):
        return boxed([*legend, Text(""), Text(" " * LABELS + "nothing has been recorded yet")], width, height)
    x_low, x_high = _x_range(finite)
    y_low = min(float(y.min()) for _, y in finite if len(y))
    y_high = max(float(y.max()) for _, y in finite if len(y))
    if not any(one.is_joined and len(x) for one, (x, _) in zip(series, finite, strict=True)):
        x_low, x_high = _beside(x_low, x_high)
        y_low, y_high = _beside(y_low, y_high)
    if ends is not None:
        x_low, x_high = min(x_low, ends[0][0]), max(x_high, ends[0][1])
        y_low, y_high = min(y_low, ends[1][0]), max(y_high, ends[1][1])
    y_low, y_high = (y_low, y_high) if y_high > y_low else apart(y_low, log_y)
    most = max(3, rows // 3)
    y_low, y_high = outward(y_low, y_high, most)
    y_ticks = log_ticks(y_low, y_high, most) if log_y else ticks(y_low, y_high, most)
    grid = np.zeros((rows, columns), np.int64)
    owner = np.full((rows, columns), -1)
    faint = sum(one.faint for one in series)  # they come first, and edges of bands last
    over = [one for one in series if not one.is_edge]
    taken: set[tuple[int, int]] = set()
    for one, (x, y) in zip(series, finite, strict=True):
        if not one.is_joined and len(x):
            at_x, at_y = _places(x, y, (x_low, x_high), (y_low, y_high), columns, rows)
            taken.update(zip(np.rint(at_y).astype(int).tolist(), at_x.tolist(), strict=True))
    is_label = np.array([one.is_mark for one in series])
    are_few = len(taken) * SPARSE <= rows * columns
    for index, (x, y) in enumerate(finite):
        is_few = not series[index].is_joined and are_few
        if len(x) and (series[index].is_mark or is_few or (len(x) == 1 and not series[index].faint)):
            at_x, at_y = _places(x, y, (x_low, x_high), (y_low, y_high), columns, rows)
            cells = np.rint(at_y).astype(int), at_x
            if series[index].is_mark:
                for aside in (-1, 1):
                    around = cells[0], np.clip(cells[1] + aside, 0, columns - 1)
                    free = (grid[around] != MARKED) | ~is_label[owner[around]]
                    around = around[0][free], around[1][free]
                    grid[around], owner[around] = AROUND, index
            grid[cells], owner[cells] = MARKED, index
        elif len(x):
            draw = line_dots if series[index].is_joined else point_dots
            dots = draw(x, y, (x_low, x_high), (y_low, y_high), columns * 2, rows * 4)
            cells = (dots.reshape(rows, 4, columns, 2) * DOTS[None, :, None, :]).sum(axis=(1, 3))
            grid |= cells
            # Where lines lie on each other they take turns, so that neither hides the other; faint ones and edges
            # have none.
            own_turn = (np.arange(columns) // 2 % len(over) == index) | (owner < faint)
            if series[index].is_edge:
                own_turn = owner < 0
            owner[(cells > 0) & own_turn & (grid != MARKED)] = index
    labels = {row_of(tick, y_low, y_high, rows): tick_text(10**tick if log_y else tick) for tick in y_ticks}
    labels = labels if has_scale else {}
    at = None
    if cursor is not None:
        at = min(columns - 1, max(0, round((cursor - x_low) / (x_high - x_low) * (columns - 1))))
    lines = legend
    marked = placed(marks, x_low, x_high, owner, look.ascii, at)
    for row in range(rows):
        line = Text(labels.get(row, "").rjust(LABELS - 1)[: LABELS - 1] + " ", accent(DIM, look), no_wrap=True)
        line.append("|" if look.ascii else "┤" if row in labels else "│", accent(DIM, look))
        lines.append(line.append_text(_row_text(row, grid[row], owner[row], series, look, at, marked)))
    lines += x_axis(x_low, x_high, columns, x_label, look)
    return boxed(lines, width, height)


def _told_apart(series: Sequence[Series], look: Look) -> Sequence[Series]:
    """Where no colour tells lines apart those of one marker have the one of ASCII, which may be a number."""
    if look.depth != "none":
        return series
    count = Counter(one.marker for one in series if one.name and not one.faint)
    return [replace(one, marker=one.ascii_marker) if count[one.marker] > 1 else one for one in series]


def x_at(series: Sequence[Series], width: int, column: int, log_y: bool = False) -> float | None:
    """The x at a column of cells of a curve `width` cells wide; None beside the axes, or where there is no curve."""
    finite = [_finite(one, log_y) for one in series]
    columns, place = width - LABELS - 1, column - LABELS - 1
    if columns < 2 or not 0 <= place < columns or not any(len(x) for x, _ in finite):
        return None
    low, high = _x_range(finite)
    return low + place / (columns - 1) * (high - low)


def _beside(low: float, high: float) -> tuple[float, float]:
    """A little further out at both ends."""
    room = BESIDE * (high - low)
    return low - room, high + room


def _x_range(finite: Sequence[tuple[Array, Array]]) -> tuple[float, float]:
    low = min(float(x.min()) for x, _ in finite if len(x))
    high = max(float(x.max()) for x, _ in finite if len(x))
    return low, high if high > low else low + max(1.0, 1e-6 * abs(low))


def _finite(one: Series, log_y: bool) -> tuple[Array, Array]:
    x, y = np.asarray(one.x, np.float64), np.asarray(one.y, np.float64)
    good = (np.abs(y) <= LARGEST) & ((y > 0) | (not log_y))
    y = y[good]
    return x[good], np.log10(y) if log_y else y


def line_dots(
    x: Array, y: Array, x_range: tuple[float, float], y_range: tuple[float, float], columns: int, rows: int
) -> Array:
    """A bitmap (rows, columns), row 0 at the top, with neighbouring points joined."""
    at_x, at_y = _places(x, y, x_range, y_range, columns, rows)
    top, bottom = np.full(columns, np.inf), np.full(columns, -np.inf)
    np.minimum.at(top, at_x, at_y)
    np.maximum.at(bottom, at_x, at_y)
    # Where several columns lie between two points, the line goes straight through them.
    every = np.arange(at_x.min(), at_x.max() + 1)
    known, first = np.unique(at_x, return_index=True)
    between = np.interp(every, known, at_y[first])
    top[every], bottom[every] = np.minimum(top[every], between), np.maximum(bottom[every], between)
    # Each column reaches half way to its neighbour, so steep lines have no holes.
    middle = (between[1:] + between[:-1]) / 2
    left, right = every[:-1], every[1:]
    for side in (left, right):
        top[side], bottom[side] = np.minimum(top[side], middle), np.maximum(bottom[side], middle)
    filled = np.zeros((rows, columns), bool)
    high, low = np.rint(top[every]).astype(int), np.rint(bottom[every]).astype(int)
    heights = np.arange(rows)[:, None]
    filled[:, every] = (heights >= high) & (heights <= low)
    return filled


def point_dots(
    x: Array, y: Array, x_range: tuple[float, float], y_range: tuple[float, float], columns: int, rows: int
) -> Array:
    """A bitmap (rows, columns), row 0 at the top, with a dot for each point."""
    at_x, at_y = _places(x, y, x_range, y_range, columns, rows)
    dots = np.zeros((rows, columns), bool)
    dots[np.rint(at_y).astype(int), at_x] = True
    return dots


def _places(
    x: Array, y: Array, x_range: tuple[float, float], y_range: tuple[float, float], columns: int, rows: int
) -> tuple[Array, Array]:
    """The column of each point, and its row as a fraction."""
    at_x = np.rint((x - x_range[0]) / (x_range[1] - x_range[0]) * (columns - 1)).astype(int)
    return at_x, (y_range[1] - y) / (y_range[1] - y_range[0]) * (rows - 1)


def _row_text(
    row: int,
    cells: Array,
    owners: Array,
    series: Sequence[Series],
    look: Look,
    cursor: int | None,
    marked: Sequence[DrawnMark],
) -> Text:
    text = Text(no_wrap=True)
    owned, faint = owners.tolist(), sum(one.faint for one in series)
    glyphs = [
        " " if cell == AROUND else
        series[one].ascii_marker if cell == MARKED and look.ascii else
        series[one].marker if cell == MARKED else chr(0x2800 + cell)
        for cell, one in zip(cells.tolist(), owned, strict=True)
    ]  # fmt: skip
    for number, mark in enumerate(marked):
        for (at, column), letter in mark.cells.items():
            if at == row:
                owned[column], glyphs[column] = -3 - number, letter
    if cursor is not None and owned[cursor] < 0:
        owned[cursor] = -2
    start = 0
    # One segment for each run of cells of one line: a terminal is slow in changing colours.
    for owner, run in itertools.groupby(owned):
        end = start + sum(1 for _ in run)
        if owner <= -3:
            text.append("".join(glyphs[start:end]), accent(marked[-3 - owner].style, look))
        elif owner < 0:
            bar = "|" if look.ascii else "│"
            text.append((" " if owner == -1 else bar) * (end - start), accent(DIM, look) if owner == -2 else "")
        else:
            one = series[owner]
            drawn = "".join(glyphs[start:end])
            if look.ascii or one.in_marks or (look.depth == "none" and owner != faint):
                # Where no colour tells lines apart, all but the first bright one are drawn in their marks.
                dot = "." if look.ascii else "·"
                drawn = (dot if one.faint else one.ascii_marker if look.ascii else one.marker) * (end - start)
            dressed = on_ground_of if one.is_mark else faded if one.faint else accent
            text.append(drawn, dressed(one.style, look))
        start = end
    return text


def _value_at(one: Series, cursor: float | None) -> str:
    if not len(one.y):
        return "-"
    at = len(one.y) if cursor is None else int(np.searchsorted(one.x, cursor, "right"))
    return amount(float(one.y[at - 1])) if at else "-"


def _legend(
    series: Sequence[Series],
    y_label: str,
    where: str,
    box: tuple[int, int],
    look: Look,
    cursor: float | None,
    has_values: bool,
) -> list[Text]:
    """Marks, names and values, at the end or at the cursor; by short names where the long ones have no room.

    None is cut: where not all have room even so, the last ones have no values; and if still not, those without a name
    are counted.
    """
    named = [one for one in series if one.name and not one.faint]
    ends = []
    for one in named:
        diverged = " (diverged)" if len(one.y) and not np.isfinite(one.y).all() else ""
        ends.append(f"{f' {_value_at(one, cursor)}' if has_values and not one.is_edge else ''}{diverged}")
    long, short = [one.name for one in named], [one.name if one.short is None else one.short for one in named]
    none, every = [""] * len(named), len(named)

    def tried(names: Sequence[str], values: Sequence[str], gap: int, where: str = where) -> tuple[list[Text], int]:
        # A name that announces its value, `right by 3:`, does so only with one.
        said = [f"{name}{end}" if end else name.removesuffix(":") for name, end in zip(names, values, strict=True)]
        entries = [(one, f"{' ' * bool(name)}{words}") for one, name, words in zip(named, names, said, strict=True)]
        return _legend_lines(entries, y_label, where, box, look, gap)

    found = [tried(long, ends, gap) for gap in (3, 2)]
    if whole := [lines for lines, shown in found if shown == every]:
        return min(whole, key=len)
    # A curve without a name is worse than one without its value, and than a moment that is not said.
    for valued in range(every, -1, -1):
        for moment, gap in ((where, 3), (where, 2), ("", 2)):
            found.append(tried(short, ends[:valued] + none[valued:], gap, moment))
            if found[-1][1] == every:
                return found[-1][0]
    for shown in range(max(found, key=lambda one: one[1])[1], -1, -1):
        entries: list[tuple[Series | None, str]] = [*zip(named, (f" {one}" for one in short[:shown]), strict=False)]
        counted, fitting = _legend_lines([*entries, (None, f"{every - shown} more")], y_label, where, box, look, 2)
        if fitting > shown:
            return counted
    return max(found, key=lambda one: one[1])[0]


def _legend_lines(
    entries: Sequence[tuple[Series | None, str]], y_label: str, where: str, box: tuple[int, int], look: Look, gap: int
) -> tuple[list[Text], int]:
    """As many as fit whole with so many cells between them, and how many those are; None: words of no series."""
    width, most = box
    where = f" {where}" if where and y_label else where
    # The numbers come before the words: where both have no room, the moment stands on the frame.
    needed = sum(1 + len(words) for _, words in entries[:2]) + gap * (len(entries[:2]) - 1)
    if where and len(y_label + where) + gap + needed > width:
        where = ""
    lines = [Text(y_label + where, accent(DIM, look), no_wrap=True)]
    for shown, (one, words) in enumerate(entries):
        if 1 + len(words) > width:
            return lines, shown
        if lines[-1].plain and len(lines[-1].plain) + gap + 1 + len(words) > width:
            if len(lines) == most:
                return lines, shown
            lines.append(Text(style=accent(DIM, look), no_wrap=True))
        lines[-1].append(" " * gap if lines[-1].plain else "")
        if one is not None:
            lines[-1].append(one.ascii_marker if look.ascii else one.marker, accent(one.style, look))
        lines[-1].append(words)
    return lines, len(entries)
