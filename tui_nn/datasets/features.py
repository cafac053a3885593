"""Inputs by formula: `x1*x2`, `log1p(income)`, of the columns of a table.

Formulas are read as circuits are: nothing is executed. A column whose name is no word is called by it with _ for
everything else: `petal_length_cm` is the column "petal length (cm)".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from tui_nn.datasets.cells import number_column
from tui_nn.datasets.table import Table
from tui_nn.datasets.text.wrong import MOST_ERRORS
from tui_nn.errors import DataError, Finding, did_you_mean
from tui_nn.graph.circuits import Circuit, CircuitError, evaluated, parse

Array = np.ndarray[Any, np.dtype[Any]]

KEY = "data.features"
LONGEST_NAME = 200  # characters of a column's name in a formula
SHOWN = 60  # characters of a formula in an error about a cell


@lru_cache(maxsize=1024)
def circuit_of(formula: str) -> Circuit:
    """The circuit of a formula. Raises CircuitError."""
    return parse(formula, LONGEST_NAME)


def columns_of(formula: str, table: Table) -> tuple[str, ...]:
    """The columns that a formula is made of, in the order of its circuit's inputs; of a name alone that column.

    Raises DataError for what cannot be read, for a name that no column has and for a column that holds no numbers.
    """
    if formula in table.places:
        return (formula,)
    known = called(table)
    try:
        inputs = circuit_of(formula).inputs
    except CircuitError as error:
        if formula in known:  # such as exp, which is a function elsewhere
            return (known[formula],)
        raise DataError(f"{KEY}: '{formula}': {error.line}") from None
    absent = [name for name in inputs if name not in known]
    if absent:
        near = did_you_mean(absent[0], known)
        raise DataError(f"{KEY}: '{formula}': {table.name} has no column '{absent[0]}'.{near}")
    return tuple(known[name] for name in inputs)


def called(table: Table) -> dict[str, str]:
    """How formulas call the columns -> the columns. What two would be called is neither."""
    words: dict[str, list[str]] = {}
    for name in table.names:
        words.setdefault(re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_"), []).append(name)
    return {word: names[0] for word, names in words.items() if len(names) == 1 and word}


def computed(table: Table, formula: str, sources: Sequence[str], findings: list[Finding]) -> Array:
    """(m,) float64, NaN where a source is missing; cells of which there is no finite number go to `findings`."""
    columns = [number_column(table, table.index(name), findings).numbers for name in sources]
    circuit = circuit_of(formula)
    values = np.broadcast_to(evaluated(circuit, dict(zip(circuit.inputs, columns, strict=True))), len(table)).copy()
    gone = np.isnan(columns).any(axis=0)
    values[gone] = np.nan
    for row in np.flatnonzero(~gone & ~np.isfinite(values))[:MOST_ERRORS].tolist():
        at = ", ".join(f"{name} = {column[row]:g}" for name, column in zip(sources, columns, strict=True))
        message = f"'{formula[:SHOWN]}' is no finite number where {at}."
        findings.append(table.place(row, table.index(sources[0])).wrong(message))
    return values
