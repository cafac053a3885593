"""Tables: .csv and .tsv files with one sample a row, and one column that holds the answer.

No library says in which line and column a table is wrong, and some read a short row without a word; so a strict
pass over the cells says it here, as file:line:column.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tui_nn.engine.data import Dataset
from tui_nn.errors import DataError, did_you_mean

USUAL_TARGETS = ("label", "target", "class", "y")
MOST_CLASSES = 50  # whole numbers with more distinct values than this are a quantity, not a class
MOST_ERRORS = 10


def load_table(path: Path, target: str | None = None) -> Dataset:
    """The data set of a table. `target` is a column's name, or its number from 1; by default a column with a usual
    name (label, target, class, y), else the last.

    Text, or whole numbers with few different values, in the target column are classes; other numbers a regression.
    Raises DataError with file, line and column of up to ten cells that cannot be used.
    """
    rows, lines = _read(path)
    header = rows[0] if not all(_is_number(cell) for cell in rows[0]) else []
    # A table of text targets without a header has numbers in its first row too.
    if header and len(rows) > 1 and _like_data(rows[0], rows[1]):
        header = []
    body, body_lines = (rows[1:], lines[1:]) if header else (rows, lines)
    names = [name.strip() for name in header] or [f"column {number}" for number in range(1, len(rows[0]) + 1)]
    if not body:
        raise DataError(f"{path}: has a header and no rows.")
    if len(names) < 2:
        raise DataError(f"{path}: has one column; expected inputs and a target.")
    column = _target(path, names, target)
    errors = _find_errors(path, body, body_lines, names, column)
    if errors:
        raise DataError("\n".join(errors))
    inputs = [index for index in range(len(names)) if index != column]
    x = np.array([[float(row[index]) for index in inputs] for row in body], np.float32)
    features = tuple(names[index] for index in inputs)
    answers = [row[column].strip() for row in body]
    if all(_is_number(answer) for answer in answers):
        numbers = np.array([float(answer) for answer in answers])
        if not (np.equal(numbers, np.round(numbers)).all() and len(np.unique(numbers)) <= MOST_CLASSES):
            return Dataset(path.stem, x, numbers.reshape(-1, 1), (), features)
        kinds, labels = np.unique(numbers, return_inverse=True)
        return Dataset(path.stem, x, labels.astype(np.intp), tuple(f"{kind:.0f}" for kind in kinds), features)
    texts, labels = np.unique(answers, return_inverse=True)
    return Dataset(path.stem, x, labels.astype(np.intp), tuple(str(text) for text in texts), features)


def _read(path: Path) -> tuple[list[list[str]], list[int]]:
    """All rows that are not empty, with the number of the line each ends on."""
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            try:
                for row in reader:
                    if row:
                        rows.append(row)
                        lines.append(reader.line_num)
            except csv.Error as error:
                raise DataError(f"{path}:{reader.line_num}: {error}.") from None
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from None
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}.") from None
    if not rows:
        raise DataError(f"{path}: is empty.")
    return rows, lines


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _like_data(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether the first row has numbers where the second has them, so that it is no header."""
    numeric = [index for index, cell in enumerate(second) if _is_number(cell)]
    return bool(numeric) and len(first) == len(second) and all(_is_number(first[index]) for index in numeric)


def _target(path: Path, names: Sequence[str], target: str | None) -> int:
    if target is None:
        lowered = [name.lower() for name in names]
        return next((lowered.index(usual) for usual in USUAL_TARGETS if usual in lowered), len(names) - 1)
    if target in names:
        return names.index(target)
    if target.isdigit() and 1 <= int(target) <= len(names):
        return int(target) - 1
    raise DataError(f"{path}: has no column '{target}'.{did_you_mean(target, names)}")


def _find_errors(
    path: Path, body: Sequence[Sequence[str]], lines: Sequence[int], names: Sequence[str], target: int
) -> list[str]:
    errors: list[str] = []
    for row, line in zip(body, lines, strict=True):
        if len(row) != len(names):
            errors.append(f"{path}:{line}: has {len(row)} cells; expected {len(names)}.")
        else:
            for index, cell in enumerate(row):
                problem = _problem(cell.strip(), is_target=index == target)
                if problem:
                    errors.append(f'{path}:{line}:{index + 1}: column "{names[index]}": {problem}')
        if len(errors) >= MOST_ERRORS:
            return [*errors[:MOST_ERRORS], f"{path}: and perhaps more."]
    return errors


def _problem(cell: str, *, is_target: bool) -> str:
    if not cell:
        return "is empty. Fill it in, or leave the row out."
    if not _is_number(cell):
        return "" if is_target else f'"{cell}" is not a number.'
    if not math.isfinite(float(cell)):
        return f'"{cell}" is not a finite number. Fill it in, or leave the row out.'
    return ""
