"""The numbers of a column, and what is wrong with cells that are none."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.datasets.meaning import as_input
from tui_nn.datasets.table import Column, Table
from tui_nn.datasets.text.numbers import problem
from tui_nn.datasets.text.wrong import MOST_ERRORS
from tui_nn.errors import Finding

Array = np.ndarray[Any, np.dtype[Any]]

REMEDY = 'data.missing = "drop", "mean" or "median"'


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
