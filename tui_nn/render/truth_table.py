"""A truth table: a row for each combination of the inputs, and what every unit makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, NamedTuple

import numpy as np
from rich.style import Style
from rich.text import Text

from tui_nn.plurals import plural
from tui_nn.render.amount import within
from tui_nn.render.canvas import fitting, too_small
from tui_nn.render.cell_block import cell_lines, ground_glyph, tall_line
from tui_nn.render.drawing import Drawing, Spot
from tui_nn.render.look import Look
from tui_nn.render.palette import BAD, DIM, GOOD, accent, ground

Array = np.ndarray[Any, np.dtype[Any]]

TALLEST = 12  # lines of a row, in a large box
ON = 0.6  # how strong the ground of a 1 is
NAMED, WRAPPED = 22, 6  # cells that the name of a function may make a column wide; where it is on several lines


class TruthForm(NamedTuple):
    """What is shown: z, digits of a, whole names, blanks between columns, the answers."""

    with_z: bool
    digits: int
    is_whole: bool
    gap: int
    says: bool


FORMS = (  # the first in which all units have room, else the last
    TruthForm(with_z=True, digits=3, is_whole=True, gap=2, says=True),
    TruthForm(with_z=False, digits=3, is_whole=True, gap=2, says=True),
    TruthForm(with_z=False, digits=3, is_whole=True, gap=1, says=True),
    TruthForm(with_z=False, digits=2, is_whole=False, gap=1, says=True),
    TruthForm(with_z=False, digits=2, is_whole=False, gap=1, says=False),
)


class TruthColumns(NamedTuple):
    """Columns that belong together: lines above the rows, and the rows."""

    heads: list[Text]
    rows: list[Text]

    @property
    def wide(self) -> int:
        return max(line.cell_len for line in (*self.heads, *self.rows))


@dataclass(frozen=True)
class TruthUnit:
    """A unit: z (rows,), None where it has none, and a (rows,); on (rows,): where that counts as 1.

    function: the name of what it computes. short: its own name, where there is little room; as `name` where empty.
    """

    name: str
    z: Array | None
    a: Array
    on: Array
    function: str
    short: str = ""


@dataclass(frozen=True)
class TruthTable:
    """inputs: their names. rows: their values, as text. units: layer by layer, the outputs last.

    answers, targets: as text, a row each; the target is empty where no sample says it. right: None there. note: what
    counts as 1.
    """

    inputs: Sequence[str]
    rows: Sequence[Sequence[str]]
    units: Sequence[TruthUnit]
    answers: Sequence[str]
    targets: Sequence[str]
    right: Sequence[bool | None]
    note: str


def truth_table(
    table: TruthTable, width: int, height: int, look: Look | None = None, at: tuple[int, int] | None = None
) -> Drawing:
    """Spots are (row, unit). at: what must be in sight.

    Without room for z only a is shown; then with fewer digits, names on several lines and no answers, which targets and
    signs say too; then fewer units.
    """
    look = look or Look()
    row, unit = at or (0, 0)
    for form in FORMS:
        left, right = _left(table, look), _right(table, look, form)
        columns = [_column(one, look, form, height - 2 - len(table.rows)) for one in table.units]
        wide = [column.wide + form.gap for column in columns]
        room = width - left.wide - right.wide - form.gap
        if sum(wide) <= room:
            break
    first, last = _window(wide, room, unit)
    heads = max(len(column.heads) for column in columns)
    lines = height - heads - 1
    if last <= first or lines < 1:
        return Drawing(too_small(width, height))
    top = max(0, min(row - lines // 2, len(table.rows) - lines))
    shown = range(top, min(top + lines, len(table.rows)))
    tall = max(1, min(TALLEST, lines // len(shown)))
    grows = look.depth != "none" or tall > 1
    wider = grows * (room - sum(wide[first:last])) // (last - first)
    between = " " * form.gap
    cells = [wide[number] - form.gap + wider for number in range(first, last)]
    text = []
    for line in range(heads):
        named = [_head(columns[number], line, cell) for number, cell in zip(range(first, last), cells, strict=True)]
        text.append(
            Text(between).join([_head(left, line, left.wide), *named, _head(right, line, right.wide, is_centred=False)])
        )
    for line in shown:
        blocks = [tall_line(_padded(left.rows[line], left.wide), tall)]
        for number, cell in zip(range(first, last), cells, strict=True):
            blocks.append(_cell(columns[number].rows[line], table.units[number].on[line], cell, tall, look))
        blocks.append(tall_line(_padded(right.rows[line], right.wide), tall))
        text += [Text(between).join(parts) for parts in zip(*blocks, strict=True)]
    spots: dict[tuple[int, int], Spot] = {}
    start = left.wide + form.gap
    for number, cell in enumerate(cells, start=first):
        spots |= {(one, number): Spot(start, heads + (one - top) * tall, cell, tall) for one in shown}
        start += cell + form.gap
    hidden = []
    for more, what in ((len(columns) - (last - first), "unit"), (len(table.rows) - len(shown), "row")):
        hidden += [plural(more, f"more {what}")] * (more > 0)
    text.append(Text(fitting(width, *hidden, table.note), accent(DIM, look)))
    for one in text:
        one.truncate(width)
    return Drawing(Text("\n", no_wrap=True, end="").join(text[:height]), spots)


def _left(table: TruthTable, look: Look) -> TruthColumns:
    widths = [max(len(name), *(len(row[at]) for row in table.rows)) for at, name in enumerate(table.inputs)]
    names = " ".join(name.rjust(wide) for name, wide in zip(table.inputs, widths, strict=True))
    rows = [" ".join(value.rjust(wide) for value, wide in zip(row, widths, strict=True)) for row in table.rows]
    return TruthColumns([Text(names, accent(DIM, look))], [*map(Text, rows)])


def _column(unit: TruthUnit, look: Look, form: TruthForm, most: int) -> TruthColumns:
    """most: lines that its function may have."""
    a = [f"{value:.{form.digits}f}" for value in unit.a]
    parts = [a] if unit.z is None or not form.with_z else [[_z(value) for value in unit.z], a]
    name = unit.name if form.is_whole else unit.short or unit.name
    heads = [name] if len(parts) == 1 else [name.replace("a", "z", 1) if "a" in name else "z", name]
    widths = [max(len(head), *map(len, part)) for head, part in zip(heads, parts, strict=True)]
    dim = accent(DIM, look)
    named = [unit.function if len(unit.function) <= NAMED else unit.function[: NAMED - 3] + "..."]
    if not form.is_whole:
        named = wrap(unit.function, WRAPPED, max_lines=max(1, most), placeholder="...", break_long_words=False)
    lines = [Text(" ".join(head.rjust(wide) for head, wide in zip(heads, widths, strict=True)), dim)]
    lines += [Text(one, Style(bold=look.depth != "none")) for one in named if one]
    rows = [
        Text(" ".join(part[row].rjust(wide) for part, wide in zip(parts, widths, strict=True)))
        for row in range(len(unit.a))
    ]
    return TruthColumns(lines, rows)


def _head(block: TruthColumns, line: int, wide: int, *, is_centred: bool = True) -> Text:
    """In so many cells; blank where the block has no such line."""
    made = block.heads[line].copy() if line < len(block.heads) else Text()
    made.pad_left(is_centred * (wide - made.cell_len + 1) // 2)
    return _padded(made, wide)


def _cell(said: Text, on: bool, wide: int, tall: int, look: Look) -> list[Text]:
    """So many cells and lines, on the ground of 1 or of 0."""
    value = ON if on else 0.0
    style = ground(value, 1.0, look) + Style(bold=True if on and look.depth != "none" else None)
    return cell_lines(said.plain, wide, tall, style, ground_glyph(value, 1.0, look))


def _z(value: float) -> str:
    return within(value, 7, 2)


def _right(table: TruthTable, look: Look, form: TruthForm) -> TruthColumns:
    """Answer, target, and whether they are the same."""
    parts = [("says", table.answers)] * form.says + [("y", table.targets)]
    wide = [max(len(head), *map(len, part)) for head, part in parts]
    head = " ".join(one.rjust(cells) for (one, _), cells in zip(parts, wide, strict=True))
    signs = {True: "ok", False: "no", None: ""} if look.ascii else {True: "√", False: "×", None: ""}
    rows = []
    for row, right in enumerate(table.right):
        said = " ".join(part[row].rjust(cells) for (_, part), cells in zip(parts, wide, strict=True))
        rows.append(Text(f"{said} ").append(signs[right], accent(GOOD if right else BAD, look)))
    return TruthColumns([Text(head, accent(DIM, look))], rows)


def _window(wide: Sequence[int], room: int, must: int) -> tuple[int, int]:
    """[first, last) of the columns that fit, `must` among them; the first ones, if they have it."""
    first = last = 0
    while last < len(wide) and sum(wide[first : last + 1]) <= room:
        last += 1
    while last <= must < len(wide):
        last += 1
        while first < last - 1 and sum(wide[first:last]) > room:
            first += 1
    return (first, last) if sum(wide[first:last]) <= room else (0, 0)


def _padded(line: Text, wide: int) -> Text:
    line = line.copy()
    line.pad_right(wide - line.cell_len)
    return line
