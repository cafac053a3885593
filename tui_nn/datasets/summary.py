"""What each column of a table holds and what was made of it, for whoever shows it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_nn.datasets.choice import Role
from tui_nn.datasets.encoding import Input
from tui_nn.datasets.table import Column
from tui_nn.datasets.table_dataset import TableDataset

Array = np.ndarray[Any, np.dtype[Any]]

BINS = 8
MOST_SHOWN = 4  # texts of a column


@dataclass(frozen=True)
class ColumnSummary:
    """values: the range, or the most frequent texts. counts: a histogram, or how many rows have each of these texts.

    use: "target", "input" with what it becomes, or "left out" with the reason.
    """

    name: str
    kind: str
    values: str
    missing: int
    counts: tuple[int, ...]
    use: str


def summaries(data: TableDataset) -> list[ColumnSummary]:
    """One of each column of the table, in its order, then one of each formula."""
    if data.choice is None:
        return []
    inputs = {one.column: one for one in data.inputs if one.kind != "formula"}
    columns = [_summary(role, inputs.get(role.column.name)) for role in data.choice.roles]
    starts = itertools.accumulate((len(one.names) for one in data.inputs), initial=0)
    formulas = [(one, data.x[:, at]) for one, at in zip(data.inputs, starts, strict=False) if one.kind == "formula"]
    return columns + [_computed(one, values) for one, values in formulas]


def _computed(one: Input, values: Array) -> ColumnSummary:
    gone = np.isnan(values)
    column = Column(one.column, "number", values, missing=gone if gone.any() else None)
    known = values[~gone]
    ends = f"{known.min():.6g} to {known.max():.6g}" if len(known) else ""
    use = f"input: missing: {one.missing}" if column.gaps else "input"
    return ColumnSummary(one.column, "formula", ends, column.gaps, _numbers(column)[1], use)


def _summary(role: Role, one: Input | None) -> ColumnSummary:
    column = role.column
    use = role.role if not role.why else f"{role.role}: {role.why}"
    if one is not None and role.role == "input":
        words = [f"{len(one.names)} inputs"] if len(one.names) > 1 else []
        words += [f"missing: {one.missing}"] if column.gaps else []
        words += [role.why] if role.why else []
        use = f"input: {', '.join(words)}" if words else "input"
    if column.kind == "picture":
        rows, columns = column.picture or (1, column.values.shape[1])
        return ColumnSummary(column.name, column.kind, f"{rows} x {columns} pixels", 0, (), use)
    values, counts = _numbers(column) if not column.words else _texts(column)
    return ColumnSummary(column.name, column.kind, values, column.gaps, counts, use)


def _numbers(column: Column) -> tuple[str, tuple[int, ...]]:
    known = column.values if column.missing is None else column.values[~column.missing]
    if not len(known):
        return "", ()
    low, high = known.min(), known.max()
    counts = np.histogram(known.astype(np.float64), BINS)[0] if high > low else np.array([len(known)])
    return f"{_brief(low)} to {_brief(high)}", tuple(counts.tolist())


def _brief(value: Any) -> str:
    """A number with the digits that it has: time stamps differ in the last ones."""
    return str(value).removesuffix(".0")


def _texts(column: Column) -> tuple[str, tuple[int, ...]]:
    counts = np.bincount(column.values[column.values >= 0], minlength=len(column.words))
    order = np.argsort(-counts, kind="stable")
    shown = ", ".join(f"{column.words[at][:20]} {counts[at]:,}" for at in order[:MOST_SHOWN])
    more = f", {len(order) - MOST_SHOWN:,} more" if len(order) > MOST_SHOWN else ""
    return shown + more, tuple(counts[order[:BINS]].tolist())
