"""Where the nodes of a network stand: which layers and units are shown, in which rows and columns of cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tui_nn.render.look import Look
from tui_nn.render.network.parts import Place, UnitColumn
from tui_nn.render.network.sizes import Size, fitting, needs

AIRY = 6  # nodes are at most a share of this of the height apart: few ones spread, and stay a layer


@dataclass(frozen=True)
class Placed:
    """A column in its place.

    index: which. x, end: its cells. units: those that are shown, and the rows of their top cells. rows: cells that a
    node is high; pixels (rows, columns) and width of its picture, or of its lines. folded: units that are not shown.
    """

    index: int
    x: int
    end: int
    units: list[int]
    tops: list[int]
    rows: int
    pixels: tuple[int, int]
    picture_width: int
    name_width: int
    bar_width: int
    number_width: int
    bias_row: int | None
    folded: int
    fold_row: int

    @property
    def middles(self) -> list[float]:
        """The rows where edges meet the nodes."""
        return [top + self.rows / 2 for top in self.tops]


def arranged(columns: Sequence[UnitColumn], width: int, height: int, look: Look, cursor: Place | None) -> list[Placed]:
    """The columns from left to right. Pictures are as large as lets most units be seen; layers fold before nodes do."""
    wanted = [needs(column, look) for column in columns]
    for indices in _subsets(len(columns), cursor):
        found = fitting(tuple(wanted[index] for index in indices), width, height)
        if found is not None:
            break
    sizes = found or []
    gaps = len(indices) - 1
    free = width - sum(size.width for size in sizes)
    placed, x = [], 0
    for number, (index, size) in enumerate(zip(indices, sizes, strict=True)):
        placed.append(_placed(columns[index], index, x, size, height, cursor))
        x += size.width + (free * (number + 1) // gaps - free * number // gaps if gaps else 0)
    return placed


def _subsets(count: int, cursor: Place | None) -> list[list[int]]:
    """All columns; then without those in the middle that are furthest from the cursor. The ends are always there."""
    found = [list(range(count))]
    near = cursor.column if cursor is not None else count - 1
    while len(found[-1]) > 2:
        inner = found[-1][1:-1]
        furthest = max(inner, key=lambda index: abs(index - near))
        found.append([index for index in found[-1] if index != furthest])
    return found


def _placed(column: UnitColumn, index: int, x: int, size: Size, height: int, cursor: Place | None) -> Placed:
    count, bias = len(column.names), int(column.has_bias)
    units = _chosen(column, size.shown, _wanted(index, cursor))
    folded = count - len(units)
    free = height - bias - len(units) * size.rows - bool(folded)
    most = max(size.rows, 2, height // AIRY)
    between = min(most, free // max(1, len(units) + bias + bool(folded) - 1)) if free > 0 else 0
    used = bias + len(units) * size.rows + bool(folded) + between * (len(units) + bias + bool(folded) - 1)
    top = max(0, height - used) // 2
    first = top + bias * (1 + between)
    tops = [first + number * (size.rows + between) for number in range(len(units))]
    name, bar, number = size.labels
    return Placed(
        index, x, x + size.width, units, tops, size.rows, size.pixels, size.picture, name, bar, number,
        top if bias else None, folded, first + len(units) * (size.rows + between),
    )  # fmt: skip


def _wanted(index: int, cursor: Place | None) -> int | None:
    """The unit of a column that the cursor stands on, or whose edge it stands on."""
    if cursor is not None and cursor.column == index:
        return cursor.unit
    if cursor is not None and cursor.source is not None and cursor.column == index + 1:
        return cursor.source - 1
    return None


def _chosen(column: UnitColumn, shown: int, wanted: int | None) -> list[int]:
    """The strongest units in their order, and the one that is wanted."""
    strength = np.nan_to_num(np.asarray(column.strength, np.float64))
    order = np.argsort(-strength, kind="stable")[:shown].tolist()
    if wanted is not None and 0 <= wanted < len(strength) and wanted not in order:
        order[-1] = wanted
    return sorted(order)
