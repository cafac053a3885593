"""Columns of a table as inputs of a network: what each becomes is plain data, and travels with the network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from tui_nn.datasets.cells import gaps, number_column
from tui_nn.datasets.features import computed
from tui_nn.datasets.meaning import as_input, is_day_first, moment, truths
from tui_nn.datasets.table import Column, Table
from tui_nn.datasets.text.wrong import MOST_ERRORS, together
from tui_nn.errors import DataError, Finding, did_you_mean

Array = np.ndarray[Any, np.dtype[Any]]

Missing = Literal["error", "drop", "mean", "median", "most_frequent", "indicator"]
Unknown = Literal["error", "ignore"]
InputKind = Literal["number", "truth value", "category", "picture", "date", "formula"]
DAY, CLOCK = ("year", "month", "day", "weekday"), ("hour", "minute")  # parts of a date


@dataclass(frozen=True)
class Input:
    """What one column becomes.

    kind: "number", "truth value" (0 and 1), "category" (one input a category), "picture" (one a pixel), "date" (one a
    part) or "formula", whose text stands for the column's name. categories: the texts of categories, in order, or the
    names of the parts. missing: what is done about a row without a value; "indicator" adds an input that says so. size:
    how many inputs a picture makes. day_first: how 1/2/2020 is read. sources: the columns of a formula, in the order of
    its circuit's inputs.
    """

    column: str
    kind: InputKind = "number"
    categories: tuple[str, ...] = ()
    missing: Missing = "error"
    size: int = 1
    day_first: bool = True
    sources: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it is made of."""
        return self.sources if self.kind == "formula" else (self.column,)

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
    absent = [(name, one) for one in inputs for name in one.columns if name not in table.places]
    if absent:
        name, one = absent[0]
        use = f"which '{one.column}' is made of" if one.kind == "formula" else "which is an input"
        raise DataError(f"{table.name}: has no column '{name}', {use}.{did_you_mean(name, table.names)}")
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
        if one.kind == "formula":
            _compute(table, one, out, findings)
        else:
            _put(table, table.index(one.column), one, unknown, out, findings)
    if findings:
        raise together(table.name, sorted(findings, key=lambda found: (found.line, found.column)))
    return x


def _shared(table: Table, inputs: Sequence[Input]) -> list[Array]:
    """The block of numbers that the inputs are side by side in memory, as an array of numpy has them; [] if not."""
    if not inputs or any(one.kind != "number" or one.missing != "error" for one in inputs):
        return []
    columns = [table.column(one.column) for one in inputs]
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


def _compute(table: Table, one: Input, out: Array, findings: list[Finding]) -> None:
    """Write the values of a formula, or add what is wrong with a cell that it is made of to `findings`."""
    out[:, 0] = computed(table, one.column, one.sources, findings)
    if one.missing == "indicator":
        out[:, -1] = np.isnan(out[:, 0])
    if one.missing == "error":
        known = {(found.line, found.column) for found in findings}
        for name in one.sources:
            gone = table.column(name).missing
            missing = [] if gone is None else gaps(table, table.index(name), gone)
            findings += [found for found in missing if (found.line, found.column) not in known]


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
