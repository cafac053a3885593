"""What the texts of a column mean: truth values, dates, categories, numbers with a few odd cells, or free text."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from tui_nn.datasets.table import Column, Table
from tui_nn.datasets.text.almost import written_oddly
from tui_nn.datasets.text.numbers import MISSING_TEXTS, PLAIN, NumberForm, problem
from tui_nn.datasets.text.wrong import together

Array = np.ndarray[Any, np.dtype[Any]]

TRUTHS = ({"true": 1, "false": 0}, {"yes": 1, "no": 0}, {"t": 1, "f": 0}, {"y": 1, "n": 0})
MOST_CATEGORIES = 100
REPEATED = 2  # so many rows there are at least for each category, on average
FEW_ODD, FEW_ODD_SHARE = 10, 0.05  # cells that are no numbers, in a column that is of numbers otherwise
DATE = re.compile(r"\d{4}-\d\d?-\d\d?(?:[T ]\d\d?:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?")
ORDERED = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})")  # day first with points, else it has to be found out


def as_input(column: Column) -> Column:
    """A column of texts with the words for "missing" taken for such."""
    if column.kind not in ("text", "category"):
        return column
    empty = np.array([word.lower() in MISSING_TEXTS for word in column.words], bool)
    if not empty.any():
        return column
    words = tuple(word for word, gone in zip(column.words, empty.tolist(), strict=True) if not gone)
    places = np.where(empty, -1, np.cumsum(~empty) - 1).astype(np.int32)
    values = np.where(column.values < 0, -1, places[column.values]).astype(np.int32)
    return replace(column, values=values, words=words, missing=values < 0)


def meant(column: Column) -> Column:
    """The column of texts as what they mean, seen as an input: its kind is narrower, its values are the same."""
    if column.kind != "text":
        return column
    column = as_input(column)
    words = {word.lower() for word in column.words}
    if any(words == pair.keys() for pair in TRUTHS):
        return replace(column, kind="truth value")
    if column.words and all(map(is_date, column.words)):
        return replace(column, kind="date")
    counted = len(column) - column.gaps
    if len(column.words) <= MOST_CATEGORIES and len(column.words) * REPEATED <= max(counted, 2 * REPEATED):
        return replace(column, kind="category")
    return column


def odd_words(column: Column, form: NumberForm = PLAIN) -> list[str]:
    """The words of a column of numbers that are none, where they are few; [] for a column of texts."""
    if column.kind in ("number", "picture"):
        return []
    numbers = np.array([not problem(word, form) for word in column.words], bool)
    if not numbers.any():
        return []
    counts = np.bincount(column.values[column.values >= 0], minlength=len(column.words))
    odd, all_cells = int(counts[~numbers].sum()), int(counts.sum())
    if odd > max(FEW_ODD_SHARE * all_cells, min(FEW_ODD, all_cells / 2)):
        return []
    return [word for word, is_number in zip(column.words, numbers.tolist(), strict=True) if not is_number]


def check_writing(table: Table, place: int, column: Column, remedy: str) -> None:
    """Raise DataError for a column of texts that are numbers with units, currencies and the like, with the first."""
    if column.kind not in ("text", "category"):
        return
    counts = np.bincount(column.values[column.values >= 0], minlength=len(column.words))
    found = written_oddly(column.words, counts, table.numbers)
    if found is None:
        return
    code, how = found
    row = int(np.flatnonzero(column.values == code)[0])
    message = f'column "{column.name}": "{column.words[code][:40]}" {how}; or {remedy}.'
    raise together(table.name, [table.place(row, place).wrong(message)])


def truths(column: Column) -> Array | None:
    """(words,) 1 and 0 for words that are truth values, whichever pair; None if one is none."""
    known = {word: value for pair in TRUTHS for word, value in pair.items()}
    found = [known.get(word.lower()) for word in column.words]
    return None if None in found else np.array(found, np.float64)


def is_date(word: str) -> bool:
    """Whether a word is a day, perhaps with a time."""
    return bool(DATE.fullmatch(word) or ORDERED.fullmatch(word)) and moment(word, True) is not None


def moment(word: str, day_first: bool) -> datetime.datetime | None:
    """When a date is; None for none. day_first: how 1/2/2020 is read."""
    try:
        found = ORDERED.fullmatch(word)
        if found:
            one, mark, two, year = found.groups()
            day, month = (one, two) if day_first or mark == "." else (two, one)
            if int(month) > 12:
                day, month = month, day
            return datetime.datetime(int(year), int(month), int(day))
        year, month, day = (int(part) for part in re.split("[T ]", word)[0].split("-"))
        clock = word[len(re.split("[T ]", word)[0]) + 1 :]
        hour, minute = (int(part[:2]) for part in clock.split(":")[:2]) if clock else (0, 0)
        return datetime.datetime(year, month, day, hour, minute)
    except ValueError:
        return None


def is_day_first(words: Sequence[str]) -> bool | None:
    """How 1/2/2020 is read, by what all words have in common; None where both ways fit."""
    found = [match for word in words if (match := ORDERED.fullmatch(word))]
    if not found or any(match[2] == "." for match in found):
        return True
    first, second = max(int(match[1]) for match in found), max(int(match[3]) for match in found)
    return None if max(first, second) <= 12 else first > 12
