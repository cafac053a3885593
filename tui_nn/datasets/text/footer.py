"""A last line that is no row: the sums or means of the columns above, as spreadsheets end tables."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from tui_nn.datasets.table import Table
from tui_nn.datasets.text.wrong import wrong

Array = np.ndarray[Any, np.dtype[Any]]

FEWEST_ROWS = 3  # above the last
CLOSE = 1e-6  # as a share: sums are written with fewer digits than they have
WORDS = re.compile(
    r"(?:(?:grand|sub|column)[ _-]?)?totals?|sums?|means?|averages?|avg|all|overall|summe|gesamt|insgesamt|mittelwert|"
    r"total g[eé]n[eé]ral|somme|moyenne|totale|suma",
    re.IGNORECASE,
)


def footer_of(table: Table) -> str:
    """What is odd about the last row, which may be none; empty if nothing is.

    Raises DataError where it is a sum of the others: it says so and the numbers agree, or it has no text at all and
    all of its numbers do.
    """
    last = len(table) - 1
    if last < FEWEST_ROWS:
        return ""
    numbers = [at for at, column in enumerate(table.columns) if column.kind == "number" and not _is_gap(column, last)]
    words = {
        at: column.words[column.values[last]] for at, column in enumerate(table.columns) if _has_text(column, last)
    }
    named = {at: word for at, word in words.items() if WORDS.fullmatch(word.rstrip(":. "))}
    once = [at for at in named if int((table.columns[at].values == table.columns[at].values[last]).sum()) == 1]
    if not once and (words or len(numbers) < 2 or len(numbers) == len(table.columns)):
        return ""
    found = [at for at in numbers if _ends_with_total(table.columns[at].numbers)]
    if not (found if once else len(found) == len(numbers)):
        return f'the last row begins with "{named[once[0]]}": is it one?' if once else ""
    place = table.place(last, once[0] if once else found[0])
    what = f'"{named[once[0]]}", with the sum' if once else "the sum"
    raise wrong(
        table.name, place.line, place.column,
        f'ends the table with {what} or mean of column "{table.names[found[0]]}": remove this line.',
    )  # fmt: skip


def _is_gap(column: Any, row: int) -> bool:
    return column.missing is not None and bool(column.missing[row])


def _has_text(column: Any, row: int) -> bool:
    return bool(column.words) and column.values[row] >= 0


def _ends_with_total(values: Array) -> bool:
    """Whether the last number is the sum or the mean of those above, which are not all the same."""
    above = values[:-1][~np.isnan(values[:-1])]
    if len(above) < FEWEST_ROWS or np.ptp(above) == 0:
        return False
    last, size = float(values[-1]), CLOSE * float(np.abs(above).sum())
    return last != 0 and bool(abs(last - above.sum()) <= size or abs(last - above.mean()) <= size / len(above))
