"""Columns of a table as inputs of a network: what each becomes is plain data, and travels with the network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from tui_nn.datasets.meaning import as_input, is_day_first, moment, truths
from tui_nn.datasets.table import Column, Table
from tui_nn.datasets.text.numbers import problem
from tui_nn.datasets.text.wrong import MOST_ERRORS, together
from tui_nn.errors import DataError, Finding, did_you_mean

Array = np.ndarray[Any, np.dtype[Any]]

Missing = Literal["error", "drop", "mean", "median", "most_frequent", "indicator"]
Unknown = Literal["error", "ignore"]
InputKind = Literal["number", "truth value", "category", "picture", "date"]
REMEDY = 'data.missing = "drop", "mean" or "median"'
DAY, CLOCK = ("year", "month", "day", "weekday"), ("hour", "minute")  # parts of a date


@dataclass(frozen=True)
class Input:
    """What one column becomes.

    kind: "number", "truth value" (0 and 1), "category" (one input a category), "picture" (one a pixel) or "date" (one a
    part). categories: the texts of categories, in order, or the names of the parts. missing: what is done about a row
    without a value; "indicator" adds an input that says so. size: how many inputs a picture makes. day_first: how
    1/2/2020 is read.
    """

    column: str
    kind: InputKind = "number"
    categories: tuple[str, ...] = ()
    missing: Missing = "error"
    size: int = 1
    day_first: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the inputs: `age`, or `sex=female`, `sex=male`; then `age?`, 1 where it is missing."""
        names = [self.column]
        if self.kind == "category":
            names = [f"{self.column}={category}" for category in self.categories]
        elif self.kind == "date":
            names = [f"{self.column}.{part}" for part in self.categories]
        elif self.kind == "picture":
            names = [f"{self.column} {number}" for number in range(1, self.size + 1)]
        return (*names, f"{self.column}?") if self.missing == "indicator" else tuple(names)


def names_of(inputs: Sequence[Input]) -> tuple[str, ...]:
    """The names of all inputs, in order."""
    return tuple(name for one in inputs for name in one.names)


def encode(table: Table, inputs: Sequence[Input], unknown: Unknown = "error") -> Array:
    """Rows (m, n), in the order of `inputs`: float64, NaN for what has to be filled in; a picture alone stays as it is.

    Columns are found by name. A category that is none of the input's is an error with its place, or all zeros where
    `unknown` is "ignore". Raises DataError with up to ten cells.
    """
    absent = [one.column for one in inputs if one.column not in table.places]
    if absent:
        near = did_you_mean(absent[0], table.names)
        raise DataError(f"{table.name}: has no column '{absent[0]}', which is an input.{near}")
    if len(inputs) == 1 and inputs[0].kind == "picture":
        return _picture(table, inputs[0])
    if shared := _shared(table, inputs):
        return shared[0]
    x = np.empty((len(table), sum(len(one.names) for one in inputs)))
    findings: list[Finding] = []
    at = 0
    for one in inputs:
        out = x[:, at : at + len(one.names)]
        at += len(one.names)
        _put(table, table.index(one.column), one, unknown, out, findings)
    if findings:
        raise together(table.name, sorted(findings, key=lambda found: (found.line, found.column)))
    return x


def _shared(table: Table, inputs: Sequence[Input]) -> list[Array]:
    """The block of numbers that the inputs are side by side in memory, as an array of numpy has them; [] if not."""
    columns = [table.column(one.column) for one in inputs]
    if not columns or any(one.kind != "number" or one.missing != "error" for one in inputs):
        return []
    base = columns[0].values.base
    if (
        base is None
        or base.ndim != 2
        or any(one.kind != "number" or one.values.base is not base or one.missing is not None for one in columns)
    ):
        return []
    start = columns[0].values.__array_interface__["data"][0]
    step, width = base.strides[1], base.itemsize
    for number, column in enumerate(columns):
        if column.values.__array_interface__["data"][0] != start + number * step or column.values.itemsize != width:
            return []
    first = (start - base.__array_interface__["data"][0]) // step if step else 0
    block = base[:, first : first + len(columns)]
    return [block] if block.shape == (len(table), len(columns)) else []


def _picture(table: Table, one: Input) -> Array:
    values = table.column(one.column).values
    if values.ndim != 2 or values.shape[1] != one.size:
        found = values.shape[1] if values.ndim == 2 else 1
        raise DataError(f"{table.name}: has pictures of {found} pixels; the network was trained on {one.size}.")
    return values


def _put(table: Table, place: int, one: Input, unknown: Unknown, out: Array, findings: list[Finding]) -> None:
    """Write the inputs of one column, or add what is wrong with it to `findings`."""
    column = table.columns[place]
    values = out[:, :-1] if one.missing == "indicator" else out
    if one.kind == "picture":
        values[...] = _picture(table, one)
        return
    if one.kind == "category":
        column = as_input(table.texts(place))
        _one_hot(table, place, column, one, unknown, values, findings)
    elif one.kind == "truth value":
        column = _truths(table, place, column, values, findings)
    elif one.kind == "date":
        column = as_input(table.texts(place))
        _parts(table, place, column, one, values, findings)
    else:
        column = number_column(table, place, findings)
        values[:, 0] = column.numbers
    gone = column.missing
    if one.missing == "indicator":
        out[:, -1] = 0.0 if gone is None else gone
    if gone is None or not gone.any():
        return
    values[gone] = 0.0 if one.kind == "category" and one.missing == "indicator" else np.nan
    if one.missing == "error":
        findings += gaps(table, place, gone)


def gaps(table: Table, place: int, gone: Array) -> list[Finding]:
    """One finding for each of the first cells that are missing."""
    column, rows = table.columns[place], np.flatnonzero(gone)[:MOST_ERRORS]
    written = table.texts(place).take(rows).texts()
    found = []
    for row, word in zip(rows.tolist(), written, strict=True):
        message = f"is empty. Fill it in, or use {REMEDY}."
        if word:
            message = f'"{word}" is not a number. If it stands for a missing value, use {REMEDY}.'
            if word.lower() == "nan":
                message = f'"{word}" is not a finite number. Fill it in, or use {REMEDY}.'
        found.append(table.place(row, place).wrong(f'column "{column.name}": {message}'))
    return found


def number_column(table: Table, place: int, findings: list[Finding]) -> Column:
    """A column as numbers; cells that are none are added to `findings`."""
    column = table.columns[place]
    if column.kind == "number":
        return column
    column, form = as_input(table.texts(place)), table.numbers
    wrong = {code: message for code, word in enumerate(column.words) if (message := problem(word, form))}
    numbers = np.array(
        [0.0 if code in wrong else form.value(word) for code, word in enumerate(column.words)] + [np.nan]
    )
    if wrong:
        rows = np.flatnonzero(np.isin(column.values, list(wrong)))[:MOST_ERRORS]
        for row in rows.tolist():
            message = wrong[int(column.values[row])]
            findings.append(table.place(row, place).wrong(f'column "{column.name}": {message}'))
    return Column(column.name, "number", numbers[column.values], missing=column.missing)


def _one_hot(
    table: Table, place: int, column: Column, one: Input, unknown: Unknown, out: Array, findings: list[Finding]
) -> None:
    known = {category: at for at, category in enumerate(one.categories)}
    places = np.array([known.get(word, -1) for word in column.words] + [-1], np.intp)
    found = places[column.values]
    out[...] = 0.0
    rows = np.flatnonzero(found >= 0)
    out[rows, found[rows]] = 1.0
    if unknown == "ignore":
        return
    for row in np.flatnonzero((found < 0) & (column.values >= 0))[:MOST_ERRORS].tolist():
        word = column.words[column.values[row]]
        near = did_you_mean(word, one.categories)
        message = f'column "{one.column}": "{word[:40]}" was not in the training data.{near}'
        findings.append(table.place(row, place).wrong(message))


def _truths(table: Table, place: int, column: Column, out: Array, findings: list[Finding]) -> Column:
    if column.kind in ("number", "truth value") and not column.words:
        out[:, 0] = column.numbers
        return column
    column = as_input(table.texts(place))
    values = truths(column)
    if values is None:
        known = [truths(Column(column.name, "text", column.values[:0], (word,))) is not None for word in column.words]
        odd = [code for code, is_known in enumerate(known) if not is_known]
        for row in np.flatnonzero(np.isin(column.values, odd))[:MOST_ERRORS].tolist():
            word = column.words[column.values[row]]
            message = f'column "{column.name}": "{word[:40]}" is no truth value, as in the training data.'
            findings.append(table.place(row, place).wrong(message))
        return column
    out[:, 0] = np.append(values, np.nan)[column.values]
    return column


def _parts(table: Table, place: int, column: Column, one: Input, out: Array, findings: list[Finding]) -> None:
    """Year, month, ... of each row; Monday is weekday 1."""
    known = np.full((len(column.words) + 1, len(one.categories)), np.nan)
    odd = []
    for code, word in enumerate(column.words):
        when = moment(word, one.day_first)
        if when is None:
            odd.append(code)
        else:
            parts = {name: getattr(when, name) for name in ("year", "month", "day", "hour", "minute")}
            known[code] = [(parts | {"weekday": when.isoweekday()})[part] for part in one.categories]
    out[...] = known[column.values]
    for row in np.flatnonzero(np.isin(column.values, odd))[:MOST_ERRORS].tolist() if odd else []:
        word = column.words[column.values[row]]
        findings.append(table.place(row, place).wrong(f'column "{column.name}": "{word[:40]}" is no date.'))


def date_input(column: Column, missing: Missing) -> Input:
    """How the parts of a column of dates become inputs. Raises DataError where day and month could be either."""
    first = is_day_first(column.words)
    if first is None:
        raise DataError(
            f'column "{column.name}": in "{column.words[0]}" day and month may be either; write dates as 2020-12-31.'
        )
    times = any(":" in word for word in column.words)
    return Input(column.name, "date", DAY + CLOCK if times else DAY, missing, day_first=first)
