"""A table read strictly, cell by cell: what is wrong is named by file, line and column, up to ten cells.

A column is counted in cells, as a person and a spreadsheet do. A row that spans lines is named by its first.
"""

from __future__ import annotations

import csv
import math
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tui_nn.errors import DataError, Finding

Array = np.ndarray[Any, np.dtype[Any]]

MOST_ERRORS = 10
# float() reads more than a table should hold: nan, infinity, 1_000, digits of other scripts.
NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*")
LARGEST_FLOAT = float(np.finfo(np.float32).max)
MISSING = ("", "?", "na", "n/a", "nan", "null", "none", "-")
REMEDY = 'data.missing = "drop", "mean" or "median"'


@dataclass(frozen=True)
class TableLayout:
    """How a table is laid out. target: index of the column with the answers. header: lines that it takes, or 0."""

    names: Sequence[str]
    target: int
    delimiter: str
    header: int

    @property
    def first_line(self) -> int:
        """Where the samples begin."""
        return self.header + 1


@dataclass(frozen=True)
class Body:
    """The samples of a table. x: (m, n) float64, NaN where a cell is missing and shall be filled. answers: m texts."""

    x: Array
    answers: Sequence[str]


def is_number(cell: str) -> bool:
    """Whether a cell is a decimal number; nan and inf are none."""
    return NUMBER.fullmatch(cell) is not None


def wrong(path: Path, line: int, column: int, message: str) -> DataError:
    """The error about one place of a table."""
    return DataError(f"{path}:{line}:{column}: {message}", [Finding(message, str(path), line, column)])


def read_strictly(path: Path, form: TableLayout, missing: str) -> Body:
    """All samples, or DataError with up to ten cells that cannot be used.

    missing: what becomes of a row with a missing cell: "error", "drop", or NaN for "mean" and "median", and for "keep",
    which asks nothing of the answers.
    """
    values = array("d")
    answers: list[str] = []
    findings: list[Finding] = []
    for line, row in _rows(path, form, findings):
        if len(row) != len(form.names):
            column = min(len(row), len(form.names)) + 1
            findings.append(_at(path, line, column, f"has {len(row)} cells; expected {len(form.names)}."))
        else:
            _take(path, form, missing, line, row, values, answers, findings)
        if len(findings) >= MOST_ERRORS:
            break
    if findings:
        lines = [f"{found.file}:{found.line}:{found.column}: {found.message}" for found in findings[:MOST_ERRORS]]
        more = [f"{path}: and possibly more."] if len(findings) >= MOST_ERRORS else []
        raise DataError("\n".join([*lines, *more]), findings[:MOST_ERRORS])
    return Body(np.array(values, np.float64).reshape(len(answers), len(form.names) - 1), answers)


def _at(path: Path, line: int, column: int, message: str) -> Finding:
    return Finding(message, str(path), line, column)


def _take(
    path: Path,
    form: TableLayout,
    missing: str,
    line: int,
    row: Sequence[str],
    values: array[float],
    answers: list[str],
    findings: list[Finding],
) -> None:
    """Add a row to `values` and `answers`, or what is wrong with it to `findings`."""
    cells = [cell.strip() for cell in row]
    gone = [index for index, cell in enumerate(cells) if cell.lower() in MISSING]
    if missing == "error":
        gone = [index for index in gone if cells[index] == "" or index != form.target]
    elif missing == "drop" and gone:
        return
    before = len(findings)
    numbers: list[float] = []
    for index, cell in enumerate(cells):
        problem = _problem(cell, index == form.target, index in gone, missing)
        if problem:
            findings.append(_at(path, line, index + 1, f'column "{form.names[index]}": {problem}'))
        elif index != form.target:
            numbers.append(math.nan if index in gone else float(cell))
    if len(findings) == before:
        values.extend(numbers)
        answers.append(cells[form.target])


def _problem(cell: str, is_target: bool, gone: bool, missing: str) -> str:
    """What is wrong with a cell, with the remedy; empty if it can be used."""
    if gone and is_target and missing not in ("error", "keep"):
        return 'is missing, and a missing target cannot be filled in. Use data.missing = "drop".'
    if gone and missing != "error":
        return ""
    if not cell:
        return f"is empty. Fill it in, or use {REMEDY}."
    if is_number(cell):
        return "" if abs(float(cell)) <= LARGEST_FLOAT else f'"{cell}" is too large for a float32.'
    if cell.lower().lstrip("+-") in ("nan", "inf", "infinity"):
        return f'"{cell}" is not a finite number. Fill it in, or use {REMEDY}.'
    if is_target:
        return ""
    if gone:
        return f'"{cell}" is not a number. If it stands for a missing value, use {REMEDY}.'
    comma = " Use a decimal point." if is_number(cell.replace(",", ".", 1)) else ""
    return f'"{cell[:40]}" is not a number.{comma}'


def _rows(path: Path, form: TableLayout, findings: list[Finding]) -> Iterator[tuple[int, list[str]]]:
    """The rows below the header that are not empty, with the line on which each begins.

    A misplaced quote, or text that is not UTF-8, ends them: it is added to `findings`.
    """
    line = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=form.delimiter, strict=True)
            try:
                for row in reader:
                    if row and line >= form.header:
                        yield line + 1, row
                    line = reader.line_num
            except csv.Error as error:
                findings.append(_at(path, line + 1, _bad_quote(path, line, form.delimiter), f"{error}."))
    except UnicodeDecodeError:
        findings.append(_not_text(path, form.delimiter))
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}.") from None


def _bad_quote(path: Path, before: int, delimiter: str) -> int:
    """The cell, from 1, with the last opening quote on the line after the first `before` lines."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        text = next((line for number, line in enumerate(file) if number == before), "")
    cell = opened = 1
    inside = False
    for character in text:
        if character == '"':
            inside = not inside
            opened = cell if inside else opened
        elif character == delimiter and not inside:
            cell += 1
    return opened


def _not_text(path: Path, delimiter: str) -> Finding:
    """The first place that is not UTF-8."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                column = line[: error.start].count(delimiter.encode()) + 1
                byte = f"0x{line[error.start]:02x}"
                return _at(path, number, column, f"is not UTF-8 text: byte {byte}. Save it as UTF-8.")
    return _at(path, 1, 1, "is not UTF-8 text. Save it as UTF-8.")
