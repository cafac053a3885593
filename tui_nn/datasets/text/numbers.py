"""Which cells are numbers, and which number each is: float() reads more than a table should hold."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

# What stands for a missing value among numbers, in any case; among texts only the first few do, for "none" and "-" are
# answers too.
MISSING_TEXTS = ("", "?", "na", "n/a", "nan", "null", "#n/a", "<na>", "\\n")
MISSING = (*MISSING_TEXTS, "none", "-", "--", ".", "..", "n.a.")
ONLY_NUMBERS = re.compile(r"[0-9+\-.eE ]*")  # whatever float() makes of these is a number
BLANKS = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}"
LARGEST_FLOAT = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class NumberForm:
    """How numbers are written. thousands: what stands between groups of three digits, "" for nothing."""

    decimal: str = "."
    thousands: str = ""

    @property
    def is_plain(self) -> bool:
        """As float() reads them."""
        return self.decimal == "." and not self.thousands

    @property
    def _marks(self) -> str:
        """What may stand between thousands, for a set in a pattern: a blank may be any of them."""
        return BLANKS if self.thousands == " " else re.escape(self.thousands)

    def _ungrouped(self, cell: str) -> str:
        return re.sub(f"[{self._marks}]", "", cell) if self.thousands else cell

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        point = re.escape(self.decimal)
        whole = r"[0-9]+"
        if self.thousands:
            whole = rf"(?:[0-9]{{1,3}}(?:[{self._marks}][0-9]{{3}})+|[0-9]+)"
        return re.compile(rf"\s*[+-]?(?:{whole}{point}?[0-9]*|{point}[0-9]+)(?:[eE][+-]?[0-9]+)?\s*")

    def is_number(self, cell: str) -> bool:
        """Whether a cell is a decimal number; nan and inf are none."""
        return self._pattern.fullmatch(cell) is not None

    def value(self, cell: str) -> float:
        """The number of a cell that is one."""
        cell = self._ungrouped(cell.strip())  # of more than what float() takes for a blank
        return float(cell if self.decimal == "." else cell.replace(self.decimal, "."))

    def whole(self, cell: str) -> int | None:
        """The whole number of a cell, None if it is written as anything else."""
        digits = self._ungrouped(cell.strip())
        return int(digits) if re.fullmatch(r"[+-]?[0-9]+", digits) else None


PLAIN = NumberForm()


def is_missing(cell: str) -> bool:
    """Whether a cell among numbers stands for a missing one."""
    return cell.strip().lower() in MISSING


def floats(cells: Sequence[str], form: NumberForm = PLAIN) -> tuple[Array, bool]:
    """The numbers of cells, float64, NaN where one is missing; and whether all of them are one or the other."""
    if form.is_plain and ONLY_NUMBERS.fullmatch("".join(cells)):
        try:
            values = np.array(list(map(float, cells)))
        except ValueError:
            pass
        else:
            return values, bool((np.abs(values) <= LARGEST_FLOAT).all())
    values = np.empty(len(cells))
    for at, cell in enumerate(cells):
        if form.is_number(cell):
            values[at] = form.value(cell)
            if abs(values[at]) > LARGEST_FLOAT:
                return values, False
        elif is_missing(cell):
            values[at] = np.nan
        else:
            return values, False
    return values, True


def numbers_of(cells: Sequence[bytes], form: NumberForm) -> list[float | None]:
    """The number of each cell, NaN where it is missing, None where it is anything else."""
    found = {cell: _number(cell.decode(), form) for cell in dict.fromkeys(cells)}
    return [found[cell] for cell in cells]


def _number(word: str, form: NumberForm) -> float | None:
    if form.is_number(word):
        return value if abs(value := form.value(word)) <= LARGEST_FLOAT else None
    return math.nan if is_missing(word) else None


def problem(cell: str, form: NumberForm) -> str:
    """What is wrong with a cell that shall be a number, with the remedy; empty if it is one."""
    stripped = cell.strip()
    if form.is_number(stripped):
        return "" if abs(form.value(stripped)) <= LARGEST_FLOAT else f'"{stripped[:40]}" is too large for a float32.'
    if stripped.lower().lstrip("+-") in ("inf", "infinity"):
        return f'"{stripped}" is not a finite number.'
    if form.decimal == "." and NumberForm(",").is_number(stripped):
        return f'"{stripped[:40]}" is not a number. For a decimal comma set data.decimal = ",".'
    return f'"{stripped[:40]}" is not a number.'
