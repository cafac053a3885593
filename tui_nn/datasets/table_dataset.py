"""A data set that was made from a table, and knows how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tui_nn.datasets.answers import TableAnswers, answers_of, missing_answers
from tui_nn.datasets.choice import ColumnChoice, TableSettings, chosen, left_out, unknown_names
from tui_nn.datasets.encoding import Input, Unknown, encode, names_of
from tui_nn.datasets.inputs import by_features
from tui_nn.datasets.meaning import as_input
from tui_nn.datasets.table import Column, Table
from tui_nn.datasets.text.wrong import together, wrong
from tui_nn.engine.data import Dataset
from tui_nn.errors import DataError, Finding, brief
from tui_nn.plurals import plural

Array = np.ndarray[Any, np.dtype[Any]]

MOST_NAMED = 8  # classes of a sentence


@dataclass(frozen=True)
class TableDataset(Dataset):
    """table: its rows, as many as x has; rows that were dropped are gone. inputs: what each column of x comes from.

    choice: what was made of every column, in all rows of the source. dropped: a sentence about the rows that were, or
    "". doubt: how else the answers may be meant, with the setting for it, or "". kept: which rows of the source x has,
    as a mask; None for all.
    """

    table: Table | None = None
    inputs: tuple[Input, ...] = ()
    unknown: Unknown = "error"
    choice: ColumnChoice | None = None
    dropped: str = ""
    doubt: str = ""
    kept: Array | None = None


def dataset_of(
    table: Table, settings: TableSettings, name: str, inputs: Sequence[Input] | None = None,
    choice: ColumnChoice | None = None,
) -> TableDataset:  # fmt: skip
    """The data set of a table. `inputs` are those of a network that is asked about it; they are chosen else.

    choice: what each column is for, where that was found out already.

    Raises DataError with the places of up to ten cells that cannot be used.
    """
    if inputs is not None:
        columns = dict.fromkeys(name for one in inputs for name in one.columns)
        categories = [one.column for one in inputs if one.kind == "category"]
        settings = replace(settings, inputs=list(columns), features=None, ignore=(), categories=categories)
    else:
        unknown_names(settings, table)
    choice = chosen(table, settings) if choice is None else choice
    inputs = choice.inputs if inputs is None else tuple(inputs)
    answers = answers_of(table, choice.targets, settings.task)
    table, answers, dropped, kept = _without_gaps(table, choice, inputs, answers, settings)
    x = encode(table, inputs, settings.unknown)
    picture = settings.picture or _picture(table, inputs)
    unit_scale = table.unit_scale
    if settings.picture is not None:
        x, unit_scale = _pixels(table.name, x, settings.picture)
    test = None
    if table.test is not None:
        aside = _like(answers_of(table.test, choice.targets, settings.task), answers, table.name)
        test = encode(table.test, inputs, settings.unknown).astype(x.dtype, copy=False), aside
    return TableDataset(
        name, x, answers.y, answers.classes, names_of(inputs), picture, _line(table, choice, inputs, answers, dropped),
        test, unit_scale, answers.names if not answers.classes or len(answers.names) == 1 else (), None,
        answers.multi_label, table, inputs, settings.unknown, choice, dropped, answers.doubt, kept,
    )  # fmt: skip


def with_features(data: Dataset, settings: TableSettings, inputs: Sequence[Input] | None = None) -> Dataset:
    """Data that are no table, with the inputs that `data.features` lists, or with those of a network that has such.

    Raises DataError for pictures, and as `dataset_of` does.
    """
    if settings.features is None and not any(one.kind == "formula" for one in inputs or ()):
        return data
    if data.picture is not None or len(data.features) != data.x.shape[1]:
        what = "holds pictures" if data.picture is not None else "has inputs without names"
        raise DataError(f"data.features: {data.name} {what}; formulas need columns with names.")
    table = _table(data.name, data.features, data.x)
    used = tuple(inputs or by_features(table, settings, ()) or ())
    test = None if data.test is None else (encode(_table(data.name, data.features, data.test[0]), used), data.test[1])
    return TableDataset(
        data.name, encode(table, used), data.y, data.classes, names_of(used), None, f"{data.name}: {made_of(used)}",
        test, 1.0, data.targets, None, data.multi_label, table, used, weights=data.weights,
    )  # fmt: skip


def _table(name: str, features: Sequence[str], x: Array) -> Table:
    return Table(name, tuple(Column(one, "number", x[:, at]) for at, one in enumerate(features)))


def _without_gaps(
    table: Table, choice: ColumnChoice, inputs: Sequence[Input], answers: TableAnswers, settings: TableSettings
) -> tuple[Table, TableAnswers, str, Array | None]:
    """The table and its answers without the rows that are dropped, a sentence about these, and a mask of the others."""
    targets = choice.targets
    hows = [
        settings.missing if isinstance(settings.missing, str) else settings.missing.get(table.names[at], "error")
        for at in targets
    ]
    gone, no_answer = np.zeros(len(table), bool), answers.gone
    for one in inputs:
        for name in one.columns if one.missing == "drop" else ():
            missing = as_input(table.column(name)).missing
            gone |= False if missing is None else missing
    if no_answer.any():
        if "drop" not in hows:
            raise _both(table, inputs, settings, missing_answers(table, targets, no_answer, hows[0]))
        gone |= no_answer
    if not gone.any():
        return table, answers, "", None
    if gone.all():
        raise _nothing_left(table)
    have = "has a missing value and is" if gone.sum() == 1 else "have a missing value and are"
    said = f"{gone.sum():,} of {len(table):,} rows {have} left out"
    if answers.classes:
        counts = np.bincount(answers.y[gone & ~no_answer], minlength=len(answers.classes))
        by_class = [f"{name} {count:,}" for name, count in zip(answers.classes, counts, strict=True) if count]
        by_class += [f"{no_answer.sum():,} without an answer"] if no_answer.any() else []
        said += f": {_listed(by_class)}"
    y, classes = answers.y[~gone], answers.classes
    if classes and len(left := np.unique(y)) < len(classes):  # no class without a sample
        classes = tuple(classes[label] for label in left)
        y = np.searchsorted(left, y).astype(np.intp)
    return table.take(~gone), replace(answers, y=y, classes=classes), said, ~gone


def _both(table: Table, inputs: Sequence[Input], settings: TableSettings, findings: list[Finding]) -> DataError:
    """The error about answers that are missing, and about the inputs along with it."""
    try:
        encode(table, inputs, settings.unknown)
    except DataError as error:
        findings = sorted([*findings, *error.findings], key=lambda found: (found.line, found.column))
    return together(table.name, findings)


def _nothing_left(table: Table) -> DataError:
    message = "no rows are left: every row has a missing cell."
    if table.lines is None:
        return DataError(f"{table.name}: {message}")
    return wrong(table.name, int(table.lines[0]), 1, message)


def _picture(table: Table, inputs: Sequence[Input]) -> tuple[int, int] | None:
    return table.column(inputs[0].column).picture if [one.kind for one in inputs] == ["picture"] else None


def _pixels(name: str, x: Array, picture: tuple[int, int]) -> tuple[Array, float]:
    """The pixels, as bytes where they are such, and their largest value. Raises DataError for another number."""
    rows, columns = picture
    if rows * columns != x.shape[1]:
        raise DataError(
            f"data.picture: {rows} x {columns} is {rows * columns} pixels; {name} has {plural(x.shape[1], 'input')}."
        )
    if not len(x) or x.dtype == np.uint8 or not (x.min() >= 0 and x.max() <= 255 and (x == np.floor(x)).all()):
        return x, 255.0 if x.dtype == np.uint8 else 1.0
    return x.astype(np.uint8), 255.0 if x.max() > 16 else max(float(x.max()), 1.0)


def _like(found: TableAnswers, known: TableAnswers, name: str) -> Array:
    """The answers of the rows set aside, as labels of the same classes."""
    if not known.classes:
        return found.y
    unknown = [one for one in found.classes if one not in known.classes]
    if unknown:
        raise DataError(f"{name}: class '{unknown[0]}' is in the test part alone.")
    return np.array([known.classes.index(one) for one in found.classes], np.intp)[found.y]


def _line(table: Table, choice: ColumnChoice, inputs: Sequence[Input], answers: TableAnswers, dropped: str) -> str:
    """One sentence: what was made of the columns."""
    target = ", ".join(f"'{table.names[at]}'" for at in choice.targets)
    if answers.classes:
        counts = np.bincount(answers.y, minlength=len(answers.classes))
        shares = [f"{brief(one)} {count:,}" for one, count in zip(answers.classes, counts, strict=True)]
        what = f"{len(answers.classes)} classes: {_listed(shares)}"
    elif answers.multi_label:
        counts = answers.y.sum(axis=0).astype(int)
        shares = [f"{brief(one)} {count:,}" for one, count in zip(answers.names, counts, strict=True)]
        what = f"{len(answers.names)} labels, yes in {_listed(shares)} of {len(answers.y):,}"
    else:
        what = f"from {answers.y.min():g} to {answers.y.max():g}"
    made = made_of(inputs)
    words = f"{table.name}: {plural(len(table), 'row')}, target {target} ({what}), {made}"
    gone = left_out(choice.roles)
    return words + (f"; left out: {gone}" if gone else "") + (f"; {dropped}" if dropped else "")


def made_of(inputs: Sequence[Input]) -> str:
    """`7 inputs from 4 number and 3 category columns and 2 formulas`."""
    kinds: dict[str, int] = {}
    for one in inputs:
        kinds[one.kind] = kinds.get(one.kind, 0) + 1
    formulas = kinds.pop("formula", 0)
    columns = " and ".join(f"{count} {kind}" for kind, count in kinds.items())
    parts = [f"{columns} column{'s' if len(inputs) - formulas > 1 else ''}"] if kinds else []
    parts += [f"{formulas} formula{'s' if formulas > 1 else ''}"] if formulas else []
    return f"{plural(sum(len(one.names) for one in inputs), 'input')} from {' and '.join(parts)}"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
