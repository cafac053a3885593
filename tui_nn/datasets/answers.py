"""The answers of a table: classes by their names, or numbers, one column of them or several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from tui_nn.datasets.cells import gaps, number_column
from tui_nn.datasets.meaning import check_writing, meant, odd_words, truths
from tui_nn.datasets.table import Column, Table
from tui_nn.datasets.text.wrong import MOST_ERRORS, together
from tui_nn.errors import MOST_KNOWN, DataError, Finding

Array = np.ndarray[Any, np.dtype[Any]]

MOST_CLASSES = 50  # whole numbers with more distinct values than this are a quantity, not a class
MOST_UNREPEATED = 20  # so many texts may be classes though each is in one row only
FEW_CLASSES, REPEATED = 8, 2  # and so are more than these few, unless each is in so many rows on average
MISSING_ANSWERS = ("", "?")  # "none", "-" and "NA" are answers
CLASSES, LABELS, NUMBERS = (f'data.task = "{task}"' for task in ("classification", "multi-label", "regression"))


class NoClassesError(DataError):
    """The texts of this target hardly repeat. others: columns that can be the target, as they stand in the table."""

    def __init__(self, message: str, column: str, others: Sequence[str]) -> None:
        super().__init__(message)
        self.column = column
        self.others = tuple(others)


@dataclass(frozen=True)
class TableAnswers:
    """y: labels (m,), -1 where the answer is missing, or numbers (m, q), NaN there.

    multi_label: these are 0 and 1, each an answer of its own. doubt: how else they may be meant, with the setting for
    it, or "".
    """

    y: Array
    classes: tuple[str, ...]
    names: tuple[str, ...]
    doubt: str = ""
    multi_label: bool = False

    @property
    def gone(self) -> Array:
        """(m,) which rows have no answer."""
        return np.asarray(self.y < 0 if self.y.ndim == 1 else np.isnan(self.y).any(axis=1))


def answers_of(table: Table, targets: Sequence[int], task: str | None) -> TableAnswers:
    """The answers in these columns. task: "classification", "multi-label", "regression", or None to find out.

    Raises DataError with the places of cells that are no answer.
    """
    names = tuple(table.names[at] for at in targets)
    if len(targets) > 1 or task == "multi-label":
        return _several(table, targets, names, task)
    (at,) = targets
    column = table.columns[at]
    if column.kind == "picture":
        raise DataError(f"{table.name}: column '{column.name}' holds pictures; they cannot be a target.")
    if task == "regression":
        return TableAnswers(_numbers(table, targets), (), names)
    if task is None and _is_quantity(table, at):
        known = column.values[~column.missing] if column.missing is not None else column.values
        many = column.kind == "number" and bool(np.equal(known, np.round(known)).all())
        hardly = _hardly_repeat(len(np.unique(known)), len(known)) if many else False
        what = "whole numbers that hardly repeat" if hardly else f"more than {MOST_CLASSES} whole numbers"
        doubt = f"{what} were taken for a quantity; {CLASSES} makes them classes"
        return TableAnswers(_numbers(table, targets), (), names, doubt if many else "")
    if task is None:
        check_writing(table, at, column, CLASSES)
    y, classes = _classes(table, at)
    if task is None and _hardly_repeat(len(classes), rows := int((y >= 0).sum()), MOST_UNREPEATED):
        others = [one.name for one in table.columns if _can_be_target(one)]
        said = ", ".join(f"'{one}'" for one in others[:MOST_KNOWN])
        raise NoClassesError(
            f"{table.name}: column '{column.name}', the target, has {len(classes):,} different texts in {rows:,} "
            f"rows, which are no classes. {f'Name another with data.target: {said}; or set' if others else 'Set'} "
            f"{CLASSES}.",
            column.name,
            others,
        )
    doubt = f"whole numbers were taken for classes; {NUMBERS} makes them a quantity" if column.kind == "number" else ""
    return TableAnswers(y, classes, names, doubt)


def _can_be_target(column: Column) -> bool:
    if meant(column).kind in ("picture", "date"):
        return False
    texts, rows = len(column.words), len(column) - column.gaps
    return column.kind == "number" or not _hardly_repeat(texts, rows, MOST_UNREPEATED)


def _is_quantity(table: Table, at: int) -> bool:
    """Numbers that are not all whole, or too many different ones; with a few odd cells, which are an error then."""
    column = table.columns[at]
    if column.kind == "number":
        known = column.values if column.missing is None else column.values[~column.missing]
        whole = bool(np.equal(known, np.round(known)).all())
        values = len(np.unique(known))
        return not whole or values > MOST_CLASSES or _hardly_repeat(values, len(known))
    if column.kind != "text" or not (odd := odd_words(column, table.numbers)):
        return False
    return len(column.words) > MOST_CLASSES or any(map(table.numbers.is_number, odd))  # which are too large


def _hardly_repeat(values: int, rows: int, few: int = FEW_CLASSES) -> bool:
    """Whether there are more than a few different values, and each is in hardly more than one row."""
    return values > few and values * REPEATED > rows


def _classes(table: Table, at: int) -> tuple[Array, tuple[str, ...]]:
    """Labels and the names of classes, in the order of the alphabet, or of their size if all are numbers."""
    texts = table.texts(at)
    dropped = np.array([word in MISSING_ANSWERS for word in texts.words], bool)
    if table.columns[at].missing is not None and table.columns[at].kind == "number":
        dropped |= np.isin(np.arange(len(texts.words)), texts.values[table.columns[at].missing])
    kept = [word for word, gone in zip(texts.words, dropped.tolist(), strict=True) if not gone]
    if all(map(table.numbers.is_number, kept)):
        classes = sorted(kept, key=lambda word: (table.numbers.value(word), word))
    else:
        classes = sorted(kept)
    number = {word: label for label, word in enumerate(classes)}
    labels = np.array([number.get(word, -1) for word in texts.words] + [-1], np.intp)
    return labels[texts.values], tuple(classes)


def _numbers(table: Table, targets: Sequence[int]) -> Array:
    findings: list[Finding] = []
    columns = [number_column(table, at, findings).numbers for at in targets]
    if findings:
        raise together(table.name, findings)
    return np.column_stack(columns)


def _several(table: Table, targets: Sequence[int], names: tuple[str, ...], task: str | None) -> TableAnswers:
    """A single 1 a row is a class, called as its column; several answers 0 and 1 are labels; others are numbers."""
    y = _yes_and_no(table, targets) if task != "regression" else None
    if y is None and task in (None, "regression"):
        return TableAnswers(_numbers(table, targets), (), names)
    if y is None:
        _refuse_odd(table, targets, task)
    gone = np.isnan(y).any(axis=1)
    one_hot = bool((y[~gone].sum(axis=1) == 1).all())
    if task == "multi-label" or (task is None and not one_hot):
        return TableAnswers(y, (), names, multi_label=True)
    if not one_hot:
        row = int(np.flatnonzero(~gone & (np.nan_to_num(y).sum(axis=1) != 1))[0])
        message = f"{', '.join(names)} are not one class: expected a single 1 a row. {LABELS} takes each by itself."
        raise together(table.name, [table.place(row, targets[0]).wrong(message)])
    doubt = f"a single 1 in each row was taken for a class; {LABELS} takes each column by itself"
    return TableAnswers(np.where(gone, -1, np.nan_to_num(y).argmax(axis=1)).astype(np.intp), names, names, doubt)


def _yes_and_no(table: Table, targets: Sequence[int]) -> Array | None:
    """(m, q) 0 and 1, NaN where it is missing, if all columns hold such, or words for them like true and false."""
    columns = []
    for at in targets:
        column = table.columns[at]
        if column.kind == "picture":
            return None
        if column.kind not in ("number", "truth value") and (values := truths(meant(column))) is not None:
            columns.append(np.append(values, np.nan)[meant(column).values])
        elif column.kind in ("number", "truth value"):
            columns.append(column.numbers)
        else:
            return None
    y = np.column_stack(columns)
    return y if np.isin(y[~np.isnan(y)], (0, 1)).all() else None


def _refuse_odd(table: Table, targets: Sequence[int], task: str | None) -> NoReturn:
    """Raise DataError for the first cells that are neither 0 nor 1, nor words for such."""
    numbers = _numbers(table, targets)
    rows, places = np.nonzero(~np.isnan(numbers) & ~np.isin(numbers, (0, 1)))
    findings = []
    for row, place in list(zip(rows.tolist(), places.tolist(), strict=True))[:MOST_ERRORS]:
        name = table.names[targets[place]]
        message = f'column "{name}": {numbers[row, place]:g} is neither 0 nor 1, as data.task = "{task}" needs.'
        findings.append(table.place(row, targets[place]).wrong(message))
    raise together(table.name, findings)


def missing_answers(table: Table, targets: Sequence[int], gone: Array, how: str) -> list[Finding]:
    """One finding for each of the first rows without an answer, which cannot be made up."""
    if how == "error":
        place = next((at for at in targets if _gaps(table.columns[at]).any()), targets[0])
        return gaps(table, place, gone)
    message = 'is missing, and a missing target cannot be filled in. Use data.missing = "drop".'
    return [
        table.place(row, targets[0]).wrong(f'column "{table.names[targets[0]]}": {message}')
        for row in np.flatnonzero(gone)[:MOST_ERRORS].tolist()
    ]


def _gaps(column: Column) -> Array:
    return np.zeros(len(column), bool) if column.missing is None else column.missing
