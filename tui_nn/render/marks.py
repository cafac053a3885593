"""Moments marked in a curve: a dotted line where something was changed, with what it was where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_nn.render.palette import DIM

Array = np.ndarray[Any, np.dtype[Any]]

NAMED = 3  # changes at one place
TRIED = 3  # rows, from the top, in which there may be room for a label


@dataclass(frozen=True)
class Mark:
    """x: where. labels: what happened there. style: a colour of the palette. before: words before these, given room."""

    x: float
    labels: tuple[str, ...]
    style: str = DIM
    before: str = ""


@dataclass(frozen=True)
class DrawnMark:
    """cells: (row, column) -> character."""

    style: str
    cells: dict[tuple[int, int], str]


def placed(
    marks: Sequence[Mark], low: float, high: float, owner: Array, ascii_only: bool, cursor: int | None = None
) -> list[DrawnMark]:
    """Where marks stand among the cells of a curve from x = low to high: in those that belong to no line (owner < 0).

    No label stands in the column of the cursor, which is drawn over it.
    Those in one column share a line; where they are too many they are counted, or the last one stands behind dots.
    """
    rows, columns = owner.shape
    found: dict[int, list[Mark]] = {}
    for mark in marks:
        if mark.labels and low <= mark.x <= high:
            found.setdefault(round((mark.x - low) / (high - low) * (columns - 1)), []).append(mark)
    free = owner < 0
    free[:, [*found, *([] if cursor is None else [cursor])]] = False
    drawn = []
    for column, here in found.items():
        line = ":" if ascii_only else "┊"
        cells = {(row, column): line for row in range(rows) if owner[row, column] < 0}
        labels = list(dict.fromkeys(label for mark in here for label in mark.labels))
        counted = f"{len(labels)} changes"
        words = ", ".join(labels) if len(labels) <= NAMED else counted
        whole = ", ".join([*dict.fromkeys(mark.before for mark in here if mark.before), words])
        last = f"{'...' if ascii_only else '…'}, {labels[-1]}"
        tried = (whole, words, last, counted) if len(labels) > 1 else (whole, words)
        cells |= next(filter(None, (_label(f" {one} ", column, free) for one in tried)), {})
        drawn.append(DrawnMark(here[-1].style, cells))
    return drawn


def _label(words: str, column: int, free: Array) -> dict[tuple[int, int], str]:
    """The label right or left of its line, where a whole one has room; nothing else."""
    length = len(words)
    for row in range(min(TRIED, len(free))):
        for start in (column + 1, column - length):
            room = free[row, max(start, 0) : start + length]
            if start >= 0 and len(room) == length and room.all():
                free[row, start : start + length] = False
                return {(row, start + place): letter for place, letter in enumerate(words) if letter != " "}
    return {}
