"""Which samples each part has: by class, by chance, by groups that stay together, in order of time, by a column, or by
place; and folds, each of which validates once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_nn.datasets.divisions import Division
from tui_nn.datasets.meaning import as_input, is_day_first, moment
from tui_nn.datasets.table import NUMBERS, Table
from tui_nn.datasets.table_dataset import TableDataset
from tui_nn.engine.data import Dataset
from tui_nn.errors import DataError, did_you_mean
from tui_nn.plurals import plural

Array = np.ndarray[Any, np.dtype[Any]]

PARTS = {
    "train": 0, "training": 0, "validation": 1, "valid": 1, "val": 1, "dev": 1, "test": 2, "testing": 2,
}  # fmt: skip


@dataclass(frozen=True)
class Rows:
    """Row numbers of each part, from 0. test: empty where there is none."""

    train: Array
    validation: Array
    test: Array


def divided(dataset: Dataset, how: Division, validation: float, test: float, order: Array) -> Rows:
    """Which rows each part has. validation, test: shares. order: of all rows, drawn. Raises DataError."""
    samples = len(order)
    if how.kind in ("column", "first"):
        parts = _by_column(dataset, how.column) if how.kind == "column" else _by_place(dataset.name, how, samples)
        return Rows(*(np.flatnonzero(parts == number) for number in range(3)))
    if how.kind == "time":
        order = np.argsort(_times(dataset, how.column), kind="stable")
    groups = _groups(dataset, how.column) if how.kind == "groups" else None
    aside = _take(order, groups, round(test * samples), from_end=how.kind == "time")
    rest = order[~np.isin(order, aside)]
    if how.folds:
        labels = dataset.y if how.kind == "stratified" and dataset.classes else None
        chosen, kept = _fold(dataset.name, rest, how, groups, labels)
    else:
        chosen = _take(rest, groups, round(validation * samples), from_end=how.kind == "time")
        kept = rest[~np.isin(rest, chosen)]
    return Rows(kept, chosen, aside)


def _take(order: Array, groups: Array | None, count: int, *, from_end: bool) -> Array:
    """So many rows, as near to it as whole groups allow; one group at least stays."""
    if not count:
        return order[:0]
    if groups is None:
        return order[len(order) - count :] if from_end else order[:count]
    taken, names = 0, list(dict.fromkeys(groups[order].tolist()))
    chosen: list[int] = []
    for name in names[:-1]:
        size = int((groups[order] == name).sum())
        if abs(taken + size - count) < abs(taken - count):
            chosen.append(name)
            taken += size
    return order[np.isin(groups[order], chosen)]


def _fold(name: str, rest: Array, how: Division, groups: Array | None, labels: Array | None) -> tuple[Array, Array]:
    """The rows that validate in this fold, and those that train."""
    units = len(rest) if groups is None else len(np.unique(groups[rest]))
    least = how.folds + (how.kind == "time")
    if units < least:
        what = "samples" if groups is None else "groups"
        raise DataError(f"data set '{name}': {how.folds} folds need at least {least} {what}; it has {units}.")
    if how.kind == "time":
        # What comes later is never learnt from. Blocks are equal; what is left over belongs to the first.
        block = units // (how.folds + 1)
        begins = units - (how.folds - how.fold + 1) * block
        return rest[begins : begins + block], rest[:begins]
    if groups is not None:
        number = _balanced(groups[rest], how.folds)
    else:
        # Dealt out in turn, class by class: each fold has its share of every class.
        place = np.argsort(labels[rest], kind="stable") if labels is not None else np.arange(len(rest))
        number = np.empty(len(rest), int)
        number[place] = np.arange(len(rest)) % how.folds
    return rest[number == how.fold - 1], rest[number != how.fold - 1]


def _balanced(groups: Array, folds: int) -> Array:
    """A fold for each row, its group's: the largest group goes where least has gone, and so on."""
    names, sizes = np.unique(groups, return_counts=True)
    filled, fold_of = [0] * folds, {}
    for index in np.argsort(-sizes, kind="stable"):
        fold = filled.index(min(filled))
        fold_of[names[index].item()] = fold
        filled[fold] += int(sizes[index])
    return np.array([fold_of[name] for name in groups.tolist()])


def _by_place(name: str, how: Division, samples: int) -> Array:
    others = samples - how.samples
    most = others if how.validation is None else how.validation
    if others < 0 or most > others:
        raise DataError(
            f"data set '{name}' has {plural(samples, 'sample')}: too few for {how.samples:,} that train"
            + (f" and {how.validation:,} that validate." if how.validation is not None else ".")
        )
    parts = np.full(samples, 2)
    parts[: how.samples + most] = 1
    parts[: how.samples] = 0
    return parts


def _by_column(dataset: Dataset, column: str) -> Array:
    words, codes, where = _texts(dataset, column)
    known = [PARTS.get(word.strip().lower(), -1) for word in words]
    parts = np.array([*known, -1])[codes]
    for row in np.flatnonzero(parts < 0)[:1].tolist():
        found = f"'{words[codes[row]]}'" if codes[row] >= 0 else "nothing"
        raise DataError(f"{where(row)}: found {found}; expected train, validation or test.")
    return parts


def _groups(dataset: Dataset, column: str) -> Array:
    _, codes, where = _texts(dataset, column)
    for row in np.flatnonzero(codes < 0)[:1].tolist():
        raise DataError(f"{where(row)}: has no group.")
    return codes


def _times(dataset: Dataset, column: str) -> Array:
    """A number for each row that rises with time."""
    table = _table(dataset)
    if table is None:
        return dataset.x[:, _feature(dataset, column)].astype(np.float64)
    found = table.column(column)
    if found.kind in NUMBERS:
        times = found.numbers
        words: tuple[str, ...] = ()
    else:
        found = as_input(table.texts(table.index(column)))
        words = found.words
        first = is_day_first(words)
        if first is None:
            raise DataError(
                f'column "{column}": in "{words[0]}" day and month may be either; write dates as 2020-12-31.'
            )
        moments = [moment(word, first) for word in words]
        known = [np.nan if when is None else (when - type(when).min).total_seconds() for when in moments]
        times = np.array([*known, np.nan])[found.values]
    for row in np.flatnonzero(np.isnan(times))[:1].tolist():
        word = words[found.values[row]] if words and found.values[row] >= 0 else ""
        cell = f"'{word}' is no date and no number" if word else "has no time"
        raise DataError(f"{table.place(row, table.index(column))}: {cell}.")
    return times


def _texts(dataset: Dataset, column: str) -> tuple[tuple[str, ...], Array, Callable[[int], str]]:
    """The words of a column, which of them each row has (-1 for none), and where a row's cell stands."""
    table = _table(dataset)
    if table is None:
        values, codes = np.unique(dataset.x[:, _feature(dataset, column)], return_inverse=True)
        return tuple(f"{value:g}" for value in values.tolist()), codes.reshape(-1), lambda row: f"row {row + 1}"
    place = table.index(column)
    found = as_input(table.texts(place))
    return found.words, found.values, lambda row: str(table.place(row, place))


def _table(dataset: Dataset) -> Table | None:
    return dataset.table if isinstance(dataset, TableDataset) else None


def _feature(dataset: Dataset, column: str) -> int:
    if column not in dataset.features:
        raise DataError(f"data set '{dataset.name}' has no column '{column}'.{did_you_mean(column, dataset.features)}")
    return dataset.features.index(column)
