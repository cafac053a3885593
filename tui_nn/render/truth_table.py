"""A truth table: a row for each combination of the inputs, and what every unit makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.style import Style
from rich.text import Text

from tui_nn.render.canvas import fitting, too_small
from tui_nn.render.cell_block import tall_line
from tui_nn.render.drawing import Drawing, Spot
from tui_nn.render.look import Look
from tui_nn.render.palette import BAD, DIM, GOOD, accent, ground

Array = np.ndarray[Any, np.dtype[Any]]

TALLEST = 12  # lines of a row, in a large box
ON = 0.6  # how strong the ground of a 1 is
NAMED = 22  # cells that the name of a function may make a column wide


@dataclass(frozen=True)
class TruthUnit:
    """A unit: z (rows,), None where it has none, and a (rows,); on (rows,): where that counts as 1.

    function: the name of what it computes.
    """

    name: str
    z: Array | None
    a: Array
    on: Array
    function: str


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
    """Spots are (row, unit). at: what must be in sight. Without room for z only a is shown, then fewer units."""
    look = look or Look()
    left, right = _left(table, look), _right(table, look)
    room = width - _wide(left) - _wide(right) - 4
    row, unit = at or (0, 0)
    columns = [_column(one, look, with_z=True) for one in table.units]
    if sum(_wide(column) + 2 for column in columns) > room:
        columns = [_column(one, look, with_z=False) for one in table.units]
    first, last = _window([_wide(column) + 2 for column in columns], room, unit)
    heads = 1 + any(one.function for one in table.units)
    lines = height - heads - 1
    if last <= first or lines < 1:
        return Drawing(too_small(width, height))
    top = max(0, min(row - lines // 2, len(table.rows) - lines))
    shown = range(top, min(top + lines, len(table.rows)))
    has_ground = look.depth != "none"
    tall = max(1, min(TALLEST, lines // len(shown))) if has_ground else 1
    wider = has_ground * (room - sum(_wide(column) + 2 for column in columns[first:last])) // (last - first)
    grown = [_grown(columns[number], table.units[number], wider, look) for number in range(first, last)]
    blocks = [left, *grown, right]
    text = []
    for line in (*range(heads), *(2 + one for one in shown)):
        joined = Text("  ", no_wrap=True).join([_padded(block[line], _wide(block)) for block in blocks])
        text += tall_line(joined, tall) if line > 1 else [joined]
    spots: dict[tuple[int, int], Spot] = {}
    start = _wide(left) + 2
    for number, column in enumerate(grown, start=first):
        spots |= {(one, number): Spot(start, heads + (one - top) * tall, _wide(column), tall) for one in shown}
        start += _wide(column) + 2
    hidden = []
    for more, what in ((len(columns) - (last - first), "unit"), (len(table.rows) - len(shown), "row")):
        hidden += [f"{more} more {what}{'s' * (more > 1)}"] * (more > 0)
    text.append(Text(fitting(width, *hidden, table.note), accent(DIM, look)))
    for one in text:
        one.truncate(width)
    return Drawing(Text("\n", no_wrap=True, end="").join(text[:height]), spots)


def _left(table: TruthTable, look: Look) -> list[Text]:
    widths = [max(len(name), *(len(row[at]) for row in table.rows)) for at, name in enumerate(table.inputs)]
    names = " ".join(name.rjust(wide) for name, wide in zip(table.inputs, widths, strict=True))
    rows = [" ".join(value.rjust(wide) for value, wide in zip(row, widths, strict=True)) for row in table.rows]
    return [Text(names, accent(DIM, look)), Text(), *map(Text, rows)]


def _column(unit: TruthUnit, look: Look, with_z: bool) -> list[Text]:
    a = [f"{value:.3f}" for value in unit.a]
    parts = [a] if unit.z is None or not with_z else [[_z(value) for value in unit.z], a]
    heads = [unit.name] if len(parts) == 1 else [unit.name.replace("a", "z", 1) if "a" in unit.name else "z", unit.name]
    widths = [max(len(head), *map(len, part)) for head, part in zip(heads, parts, strict=True)]
    dim, on = accent(DIM, look), Style(bold=look.depth != "none") + accent(GOOD, look)
    lines = [Text(" ".join(head.rjust(wide) for head, wide in zip(heads, widths, strict=True)), dim)]
    name = unit.function if len(unit.function) <= NAMED else unit.function[: NAMED - 3] + "..."
    lines.append(Text(name, Style(bold=look.depth != "none")))
    for row in range(len(unit.a)):
        line = Text(" ".join(part[row].rjust(wide) for part, wide in zip(parts, widths, strict=True)))
        line.stylize(on if unit.on[row] else dim)
        lines.append(line)
    return lines


def _grown(column: Sequence[Text], unit: TruthUnit, wider: int, look: Look) -> list[Text]:
    """So many cells wider; where there are grounds for it, a row has that of 1 or of 0."""
    wide = _wide(column) + wider
    lines = []
    for number, line in enumerate(column):
        made = line.copy()
        made.pad_left(wider // 2)
        made.pad_right(wide - made.cell_len)
        if number > 1 and look.depth != "none":
            made.stylize(ground(ON if unit.on[number - 2] else 0.0, 1.0, look))
        lines.append(made)
    return lines


def _z(value: float) -> str:
    return f"{value:.2f}" if abs(value) < 1000 else f"{value:.1e}"


def _right(table: TruthTable, look: Look) -> list[Text]:
    """Answer, target, and whether they are the same."""
    wide = [max(len(head), *map(len, part)) for head, part in (("says", table.answers), ("y", table.targets))]
    lines = [Text(f"{'says':>{wide[0]}} {'y':>{wide[1]}}", accent(DIM, look)), Text()]
    signs = {True: "ok", False: "no", None: ""} if look.ascii else {True: "√", False: "×", None: ""}
    for answer, target, right in zip(table.answers, table.targets, table.right, strict=True):
        line = Text(f"{answer:>{wide[0]}} {target:>{wide[1]}} ")
        lines.append(line.append(signs[right], accent(GOOD if right else BAD, look)))
    return lines


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


def _wide(block: Sequence[Text]) -> int:
    return max(line.cell_len for line in block)


def _padded(line: Text, wide: int) -> Text:
    line = line.copy()
    line.pad_right(wide - line.cell_len)
    return line
