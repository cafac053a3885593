"""Tables: .csv and .tsv files with one sample a row, and one column that holds the answer.

No library says in which line and column a table is wrong, and some read a short row without a word. So a table is read
fast, by numpy, and as soon as anything about it is odd it is read again cell by cell, strictly (see `cells`).
"""

from __future__ import annotations

import csv
import itertools
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from tui_nn.csvtext import plain
from tui_nn.datasets.cells import (
    LARGEST_FLOAT,
    MISSING,
    Body,
    TableLayout,
    is_number,
    read_strictly,
    rows_of,
    text_of,
    together,
    wrong,
)  # fmt: skip
from tui_nn.datasets.limits import MOST_INPUTS, check_size, opened
from tui_nn.engine.data import Dataset
from tui_nn.errors import DataError, Finding, did_you_mean

Array = np.ndarray[Any, np.dtype[Any]]

USUAL_TARGETS = ("label", "target", "class", "y")
MOST_CLASSES = 50  # whole numbers with more distinct values than this are a quantity, not a class
BLOCK = 2**20  # bytes
LONGEST_LINE = 2**24  # bytes
COPIES = 2  # of the numbers of a table, while it is read
DELIMITERS = (",", "\t", ";", "|")


def load_table(path: Path, target: str | None = None, missing: str = "error") -> Dataset:
    """The data set of a table. `target` is a column's name, or its number from 1; by default a column with a usual
    name (label, target, class, y), else the last.

    Text, or whole numbers with few different values, in the target column are classes; other numbers a regression.
    missing: "error"; "drop" leaves out rows with a missing cell; "mean" and "median" keep it as NaN, to be filled
    from the training part. Raises DataError with file, line and column of up to ten cells that cannot be used.
    """
    form = _form(path, target)
    body = _read_fast(path, form) or read_strictly(path, form, missing)
    if not len(body.x):
        raise wrong(path, form.first_line, 1, "no rows are left: every row has a missing cell.")
    features = tuple(name for index, name in enumerate(form.names) if index != form.target)
    targets = (form.names[form.target],)
    if all(is_number(answer) for answer in body.answers):
        numbers = np.array([float(answer) for answer in body.answers])
        if not (np.equal(numbers, np.round(numbers)).all() and len(np.unique(numbers)) <= MOST_CLASSES):
            return Dataset(path.stem, body.x, numbers.reshape(-1, 1), (), features, targets=targets)
        kinds, labels = np.unique(numbers, return_inverse=True)
        classes = tuple(f"{kind:.0f}" for kind in kinds)
    else:
        texts, labels = np.unique(np.array(list(map(plain, body.answers)), object).astype(str), return_inverse=True)
        classes = tuple(str(text) for text in texts)
    return Dataset(path.stem, body.x, labels.astype(np.intp), classes, features, targets=targets)


def _form(path: Path, target: str | None) -> TableLayout:
    """How the table is laid out, from its first two rows. Raises DataError for a table that has none."""
    lines, size = _measured(path)
    with text_of(path, "replace") as file:
        first = file.readline()
    delimiter = _delimiter(path, first)
    if first.count(delimiter) > MOST_INPUTS:
        raise wrong(path, 1, 1, f"has {first.count(delimiter) + 1:,} cells; at most {MOST_INPUTS:,} inputs are read.")
    findings: list[Finding] = []
    rows, ends = [], [0]
    for _, end, row in itertools.islice(rows_of(path, delimiter, findings), 2):
        rows.append(row)
        ends.append(end)
    if findings:
        raise together(path, findings)
    if not rows:
        raise wrong(path, 1, 1, "is empty.")
    has_header = _has_header(path, rows, ends)
    if has_header and len(rows) < 2:
        raise wrong(path, ends[1] + 1, 1, "has a header and no rows.")
    names = [plain(name.strip()) if has_header else "" for name in rows[0]]
    names = [name or f"column {number}" for number, name in enumerate(names, start=1)]
    if len(names) < 2:
        raise wrong(path, 1, 1, "has one column; expected inputs and a target.")
    known: set[str] = set()
    for index, name in enumerate(names):
        if name in known:
            raise wrong(path, ends[1], index + 1, f'two columns are called "{name}". Rename one.')
        known.add(name)
    cells = min(lines * len(names), size // 2 + 1)  # a cell takes two bytes at least
    check_size(path, lines, len(names) - 1, COPIES * 8 * cells)
    return TableLayout(names, _target(path, names, target), delimiter, ends[1] if has_header else 0)


def _measured(path: Path) -> tuple[int, int]:
    """(lines, bytes), from one pass over the file. Raises DataError for a line that is far too long, and for UTF-16."""
    lines = size = since = 0
    with opened(path) as file:
        for block in iter(lambda: file.read(BLOCK), b""):
            if not size and (block[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in block[:2]):
                raise wrong(path, 1, 1, "is UTF-16 text, or no text at all. Save it as UTF-8.")
            ends = block.count(b"\n") or block.count(b"\r")
            lines += ends
            size += len(block)
            since = 0 if ends else since + len(block)
            if since > LONGEST_LINE:
                raise wrong(path, lines + 1, 1, f"is a line of more than {LONGEST_LINE >> 20} MiB; expected a table.")
    return lines + 1, size


def _delimiter(path: Path, line: str) -> str:
    """The usual one of the suffix, unless the first line has none of it and another one instead."""
    usual = "\t" if path.suffix.lower() == ".tsv" else ","
    if usual in line:
        return usual
    return max(DELIMITERS, key=lambda delimiter: (line.count(delimiter), delimiter == usual))


def _has_header(path: Path, rows: Sequence[Sequence[str]], ends: Sequence[int]) -> bool:
    """Whether the first row names the columns. Raises DataError if it is half names and half numbers."""
    first = rows[0]
    if all(is_number(cell) for cell in first):
        return False
    if len(rows) < 2 or len(first) != len(rows[1]):
        return True
    # A table of text targets without a header has numbers in its first row too.
    numeric = [index for index, cell in enumerate(rows[1]) if is_number(cell)]
    numbers = [first[index].strip() for index in numeric if is_number(first[index])]
    if not numbers:
        return True
    if len(numbers) == len(numeric):
        return False
    counted = [str(number) for number in range(len(numbers) + 1)]
    if len(numbers) > 1 and numbers in (counted[:-1], counted[1:]):
        return True  # columns of pixels are often just counted
    odd = next(index for index in numeric if not is_number(first[index]))
    raise wrong(
        path, ends[1], odd + 1, f'"{first[odd]}" is not a number, unlike others in the first line: name all columns.'
    )


def _target(path: Path, names: Sequence[str], target: str | None) -> int:
    if target is None:
        lowered = [name.lower() for name in names]
        return next((lowered.index(usual) for usual in USUAL_TARGETS if usual in lowered), len(names) - 1)
    if target in names:
        return names.index(target)
    if target.isdigit() and 1 <= int(target) <= len(names):
        return int(target) - 1
    raise DataError(f"{path}: has no column '{target}'.{did_you_mean(target, names)}")


def _read_fast(path: Path, form: TableLayout) -> Body | None:
    """The table read by numpy, or None if anything at all is not plain: then it needs the strict reader.

    All columns are read, for with a selection of them numpy accepts short rows. Quotes are left to the strict reader.
    """
    texts: dict[str, int] = {}  # answers are read as numbers too: how many other ones came before
    try:
        with text_of(path) as file:
            _skip(file, form.header)
            if any('"' in block for block in iter(lambda: file.read(BLOCK), "")):
                return None
        with text_of(path) as file:
            _skip(file, form.header)
            table = np.loadtxt(
                file, np.float64, comments=None, delimiter=form.delimiter, ndmin=2,
                converters={form.target: lambda answer: texts.setdefault(answer, len(texts))},
            )  # fmt: skip
    except (ValueError, OSError):
        return None
    if table.shape[1] != len(form.names):
        return None
    known = [answer.strip() for answer in texts]
    answers = [known[int(index)] for index in table[:, form.target]]
    x = np.delete(table, form.target, axis=1)
    if not (np.abs(x) <= LARGEST_FLOAT).all() or any(_is_odd(answer) for answer in known):
        return None
    return Body(x, answers)


def _skip(file: TextIO, lines: int) -> None:
    for _ in range(lines):
        file.readline()


def _is_odd(answer: str) -> bool:
    """Whether the strict reader has to look at it: empty, without end, or a number to float() alone (nan, 1_000)."""
    if not answer or len(answer) > csv.field_size_limit():
        return True
    try:
        return not abs(float(answer)) <= LARGEST_FLOAT or not is_number(answer)
    except ValueError:
        return False


def load_inputs(
    path: Path, features: Sequence[str], inputs: int, target: str | None = None, missing: str = "error"
) -> Array:
    """The inputs of a table, (m, inputs), in the order of `features`; a column with answers may be there or not.

    missing: "error", or "keep", which makes a NaN of a missing cell. Raises DataError for a column that is not there,
    and for cells as `load_table` does.
    """
    form = _form(path, None)
    columns, named = len(form.names), bool(form.header and features)
    wanted = set(features)
    others = [index for index, name in enumerate(form.names) if name not in wanted]
    if named and len(others) == columns - inputs and others:
        form = replace(form, target=others[0])  # whatever it is called, it is no input
    elif columns == inputs:
        form = replace(form, target=0)  # where there are no answers the first input is read in their place
    elif columns == inputs + 1:
        form = _form(path, target)
    else:
        raise DataError(
            f"{path}: has {columns} columns; expected the {inputs} inputs that the network was trained on, with or "
            "without the target."
        )
    body = _read_fast(path, form) or read_strictly(path, form, missing)
    names = [name for index, name in enumerate(form.names) if index != form.target]
    x = body.x
    if columns == inputs:
        first = [_input(path, form, row, cell, missing) for row, cell in enumerate(body.answers)]
        x = np.column_stack([np.array(first), x])
        names = list(form.names)
    if not named or names == list(features):
        return x
    places = {name: index for index, name in enumerate(names)}
    absent = [name for name in features if name not in places]
    if absent:
        raise DataError(f"{path}: has no column '{absent[0]}', which is an input.{did_you_mean(absent[0], names)}")
    return np.ascontiguousarray(x[:, [places[name] for name in features]])


def _input(path: Path, form: TableLayout, row: int, cell: str, missing: str) -> float:
    """A number that was read as text. Raises DataError with its place."""
    if missing == "keep" and cell.lower() in MISSING:
        return math.nan
    if not is_number(cell):
        raise wrong(path, form.first_line + row, 1, f'column "{form.names[0]}": "{cell}" is not a number.')
    return float(cell)
