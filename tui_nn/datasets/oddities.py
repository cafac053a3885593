"""What looks odd about the values of columns, and is kept as it is: said, for nobody can know what was meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

import numpy as np

from tui_nn.datasets.table import Column
from tui_nn.plurals import plural

Array = np.ndarray[Any, np.dtype[Any]]

MOST_WORDS = 1000  # of a column, that are compared
# Numbers that people write for "not known".
SENTINELS = (-9.0, -99.0, -999.0, -9999.0, -99999.0, 99.0, 999.0, 9999.0, 99999.0, 999999.0, 1e20)
FAR = 2.0  # times the range of all other values, that such a number lies away from them


def oddities(columns: Iterable[Column]) -> list[str]:
    """One sentence for each column of these that has such."""
    found = []
    for column in columns:
        if column.words and (pair := _twins(column)):
            found.append(f"'{column.name}' has '{pair[0]}' and '{pair[1]}': two values, which look the same")
        elif column.kind == "number" and (often := _sentinel(column)):
            value, rows = often
            found.append(
                f"'{column.name}' is {value:g} in {plural(rows, 'row')}, far from all others: is it missing there?"
            )
    return found


def _twins(column: Column) -> tuple[str, str] | None:
    """Two words that differ in capitals, blanks, or characters that nobody sees."""
    if len(column.words) > MOST_WORDS:
        return None
    known: dict[str, str] = {}
    for word in column.words:
        seen = unicodedata.normalize("NFKC", word).casefold()
        seen = "".join(mark for mark in seen if unicodedata.category(mark) not in ("Cf", "Cc"))
        other = known.setdefault(" ".join(seen.split()), word)
        if other != word:
            return other, word
    return None


def _sentinel(column: Column) -> tuple[float, int] | None:
    """A number that stands for "not known", and in how many rows; None if there is none."""
    values = column.values if column.missing is None else column.values[~column.missing]
    if len(values) < 3:
        return None
    for end in {float(values.min()), float(values.max())}.intersection(SENTINELS):
        others = values[values != end]
        rows = len(values) - len(others)
        if rows < 2 or not len(others):
            continue
        low, high = float(others.min()), float(others.max())
        if min(abs(end - low), abs(end - high)) > FAR * max(high - low, 1.0):
            return end, rows
    return None
