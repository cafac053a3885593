"""A table read strictly, cell by cell: what is wrong is named by file, line and column, up to ten cells.

A column is counted in cells, as a person and a spreadsheet do. A row that spans lines is named by its first.
"""

from __future__ import annotations

import csv
import io
import math
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tui_nn.datasets.limits import opened
from tui_nn.errors import DataError, Finding

Array = np.ndarray[Any, np.dtype[Any]]

MOST_ERRORS = 10
# float() reads more than a table should hold: nan, infinity, 1_000, digits of other scripts.
NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*")
ONLY_NUMBERS = re.compile(r"[0-9+\-.eE ]*")  # whatever float() makes of these is a number
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
    for line, _, row in rows_of(path, form.delimiter, findings):
        if line <= form.header:
            continue
        if len(row) != len(form.names):
            column = min(len(row), len(form.names)) + 1
            findings.append(_at(path, line, column, f"has {len(row)} cells; expected {len(form.names)}."))
        else:
            _take(path, form, missing, line, row, values, answers, findings)
        if len(findings) >= MOST_ERRORS:
            break
    if findings:
        raise together(path, findings)
    return Body(np.array(values, np.float64).reshape(len(answers), len(form.names) - 1), answers)


def together(path: Path, findings: Sequence[Finding]) -> DataError:
    """The error about several places of a table, the first ten of them."""
    lines = [f"{found.file}:{found.line}:{found.column}: {found.message}" for found in findings[:MOST_ERRORS]]
    more = [f"{path}: and possibly more."] if len(findings) >= MOST_ERRORS else []
    return DataError("\n".join([*lines, *more]), findings[:MOST_ERRORS])


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
    answer = row[form.target].strip()
    if answer.lower() not in MISSING and not _problem(answer, True, False, missing):
        plain = _numbers([*row[: form.target], *row[form.target + 1 :]])
        if plain is not None:
            values.extend(plain)
            answers.append(answer)
            return
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


def _numbers(cells: Sequence[str]) -> list[float] | None:
    """The numbers of cells that are all plain ones, as most rows are; None where each has to be looked at."""
    if not ONLY_NUMBERS.fullmatch("".join(cells)):
        return None
    try:
        numbers = [float(cell) for cell in cells]
    except ValueError:
        return None
    return numbers if all(abs(number) <= LARGEST_FLOAT for number in numbers) else None


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


def rows_of(path: Path, delimiter: str, findings: list[Finding]) -> Iterator[tuple[int, int, list[str]]]:
    """The rows that are not empty, each with the line on which it begins and the one on which it ends.

    A misplaced quote, or text that is not UTF-8, ends them: it is added to `findings`.
    """
    line = 0
    try:
        with text_of(path) as file:
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            try:
                for row in reader:
                    if row:
                        yield line + 1, reader.line_num, row
                    line = reader.line_num
            except csv.Error as error:
                findings.append(_bad_cell(path, line + 1, delimiter, error))
    except UnicodeDecodeError:
        findings.append(_not_text(path, delimiter))
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}.") from None


def text_of(path: Path, errors: str = "strict") -> io.TextIOWrapper:
    """A table to be read as text, its ends of lines as they are. Raises DataError for what is no file to read."""
    return io.TextIOWrapper(opened(path), encoding="utf-8-sig", errors=errors, newline="")


def _bad_cell(path: Path, number: int, delimiter: str, error: csv.Error) -> Finding:
    """Which cell of the row that begins on this line cannot be read: the last quote that is opened, or the longest."""
    with text_of(path, "replace") as file:
        text = next((line for at, line in enumerate(file, start=1) if at == number), "")
    column = opening = 1
    inside = False
    for found in re.finditer(f'["{re.escape(delimiter)}]', text):
        if found[0] == '"':
            inside = not inside
            opening = column if inside else opening
        elif not inside:
            column += 1
    limit = csv.field_size_limit()
    if "field limit" in str(error):
        if inside:
            return _at(path, number, opening, f"a quote is opened here and not closed within {limit:,} characters.")
        lengths = [len(cell) for cell in text.split(delimiter)]
        column = lengths.index(max(lengths)) + 1
        return _at(path, number, column, f"has a cell of more than {limit:,} characters.")
    if "unexpected end" in str(error):
        return _at(path, number, opening, "a quote is opened here and never closed.")
    return _at(path, number, opening, f"{error}.")


def _not_text(path: Path, delimiter: str) -> Finding:
    """The first place that is not UTF-8."""
    with opened(path) as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                column = line[: error.start].count(delimiter.encode()) + 1
                byte = f"0x{line[error.start]:02x}"
                return _at(path, number, column, f"is not UTF-8 text: byte {byte}. Save it as UTF-8.")
    return _at(path, 1, 1, "is not UTF-8 text. Save it as UTF-8.")
