"""Which columns of a table are answers, which are inputs, which are left out, and why: all of it said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from tui_nn.datasets.encoding import Input
from tui_nn.datasets.inputs import by_features, input_of, missing_of
from tui_nn.datasets.meaning import MOST_CATEGORIES, as_input, check_writing, meant, odd_words
from tui_nn.datasets.oddities import oddities
from tui_nn.datasets.settings import TableSettings
from tui_nn.datasets.table import NUMBERS, Column, Table
from tui_nn.errors import DataError, did_you_mean
from tui_nn.plurals import plural

Array = np.ndarray[Any, np.dtype[Any]]

USUAL_TARGETS = ("label", "target", "class", "y")
COUNTER = re.compile(
    r"column 1|unnamed.*|__index_level_\d+__|(.*[ _-])?(id|index|idx|no|nr|number|row|#)|.*[a-z]Id", re.IGNORECASE
)
MOST_ASKED_FOR = 1000  # categories of a column that is asked for by name
EXACT = 2.0**53  # from here on float64 loses digits of whole numbers
HEAD = 1000  # rows that tell of most columns that the others need not be looked at
FEW = 20  # values of a column that can tell the answer, at least as many rows each


@dataclass(frozen=True)
class Role:
    """What was made of a column. role: "target", "input" or "left out". why: empty where there is nothing to say."""

    column: Column
    role: Literal["target", "input", "left out"]
    why: str = ""


@dataclass(frozen=True)
class ColumnChoice:
    """targets: places of columns. how: why this target. roles: of every column. remarks: what looks odd about them."""

    targets: tuple[int, ...]
    how: str
    inputs: tuple[Input, ...]
    roles: tuple[Role, ...]
    remarks: tuple[str, ...]


def chosen(table: Table, settings: TableSettings) -> ColumnChoice:
    """What each column is for. Raises DataError for a name that no column has, and for a column that cannot be used."""
    targets, how = _targets(table, settings)
    ignored = {_index(table, name, "data.ignore") for name in settings.ignore}
    as_categories = {_index(table, name, "data.categories") for name in settings.categories}
    asked = None if settings.inputs is None else [_index(table, name, "data.inputs") for name in settings.inputs]
    features = by_features(table, settings, targets)
    if features is not None:
        asked = list(dict.fromkeys(table.index(name) for one in features for name in one.columns))
    if clash := ignored & set(targets):
        raise DataError(f"data.ignore: '{table.names[min(clash)]}' is the target.")
    wanted = [
        at for at in (range(len(table.columns)) if asked is None else asked) if at not in targets and at not in ignored
    ]
    seen = {at: _seen(table, at, at in as_categories, asked is not None) for at in wanted}
    reasons = {} if asked is not None else _left_out(table, seen)
    not_asked = f"not among {'data.inputs' if features is None else 'data.features'}"
    roles, inputs, alone = [], {}, {one.column for one in features or () if one.kind != "formula"}
    for at, column in enumerate(table.columns):
        if at in targets:
            roles.append(Role(column, "target", how))
        elif at not in seen:
            roles.append(Role(meant(column), "left out", "ignored" if at in ignored else not_asked))
        elif at in reasons:
            roles.append(Role(seen[at], "left out", reasons[at]))
        elif features is not None and column.name not in alone:
            made = [one.column for one in features if column.name in one.columns]
            roles.append(Role(seen[at], "input", f"in {', '.join(made)}"))
        else:
            inputs[at] = input_of(table, at, seen[at], settings)
            roles.append(Role(seen[at], "input", _constant(seen[at])))
    if features is not None:
        placed = {table.names[at]: one for at, one in inputs.items()}
        used = tuple(placed.get(one.column, one) for one in features)
        return ColumnChoice(targets, how, used, tuple(roles), _remarks(table, targets, seen))
    if not inputs:
        more = f" Left out: {_said(roles)}." if reasons else ""
        raise DataError(f"{table.name}: has no column left to learn from.{more} Name them with data.inputs.")
    order = wanted if asked is not None else sorted(inputs)
    return ColumnChoice(
        targets, how, tuple(inputs[at] for at in order if at in inputs), tuple(roles), _remarks(table, targets, seen)
    )


def with_missing(choice: ColumnChoice, settings: TableSettings) -> ColumnChoice:
    """The same choice, but what is done about missing values is what these settings say."""
    seen = {role.column.name: role.column for role in choice.roles}
    inputs = [
        replace(one, missing=missing_of(settings, [seen[name] for name in one.columns], one.column))
        for one in choice.inputs
    ]
    return replace(choice, inputs=tuple(inputs))


def left_out(roles: Sequence[Role]) -> str:
    """`name, ticket (one value a row), id (counts the rows)`; empty where nothing was."""
    return _said([role for role in roles if role.role == "left out"])


def _said(roles: Sequence[Role]) -> str:
    reasons: dict[str, list[str]] = {}
    for role in roles:
        if role.role == "left out":
            reasons.setdefault(role.why, []).append(role.column.name)
    return ", ".join(f"{', '.join(names)} ({why})" for why, names in reasons.items())


def _index(table: Table, name: str | int, key: str) -> int:
    try:
        return table.index(str(name))
    except DataError as error:
        raise DataError(f"{key}: {error}") from None


def _targets(table: Table, settings: TableSettings) -> tuple[tuple[int, ...], str]:
    """The columns with the answers, and why these."""
    target = settings.target
    if target is not None:
        named = [target] if isinstance(target, str | int) else list(target)
        if not named:
            raise DataError("data.target: names no column.")
        return tuple(dict.fromkeys(table.index(str(name)) for name in named)), "data.target says so"
    lowered = [name.lower() for name in table.names]
    usual = next((name for name in USUAL_TARGETS if name in lowered), None)
    last = len(table.columns) - 1
    if usual is None or lowered.index(usual) == last:
        return (last,), "the last column"
    return (lowered.index(usual),), f"by its name; the last column is '{table.names[last]}'"


def _seen(table: Table, at: int, as_category: bool, asked: bool) -> Column:
    """A column as the input that it may be. Raises DataError for numbers with a few odd cells among them."""
    column = table.columns[at]
    if as_category:
        texts = as_input(table.texts(at))
        return Column(column.name, "category", texts.values, texts.words, texts.missing)
    if column.kind != "text":
        return column
    column = meant(column)
    if column.kind in ("text", "category") and odd_words(column, table.numbers):
        return column  # a column of numbers, whose odd cells are named when it is read as such
    check_writing(table, at, column, f'set data.categories = ["{column.name}"], or data.ignore')
    if asked and column.kind == "text":
        if len(column.words) > MOST_ASKED_FOR:
            raise DataError(
                f"{table.name}: column '{column.name}' has {len(column.words):,} different texts: at most "
                f"{MOST_ASKED_FOR:,} categories are taken."
            )
        return Column(column.name, "category", column.values, column.words, column.missing)
    return column


def _left_out(table: Table, seen: Mapping[int, Column]) -> dict[int, str]:
    """Columns that are not learnt from unless they are asked for, with the reason."""
    reasons = {}
    for at, column in seen.items():
        counted = len(column) - column.gaps
        if counted == 0:
            reasons[at] = "empty"
        elif column.kind == "text" and not odd_words(column, table.numbers):
            few = len(column.words) == counted
            reasons[at] = (
                "one value a row"
                if few
                else f"{plural(len(column.words), 'different text')} in {plural(counted, 'row')}"
            )
        elif column.kind == "number" and COUNTER.fullmatch(column.name) and _counts(column):
            reasons[at] = "counts the rows"
        elif column.kind == "number" and COUNTER.fullmatch(column.name) and table.has_names and _all_differ(column):
            reasons[at] = "one value a row"
    return reasons


def _counts(column: Column) -> bool:
    """Whether the values are whole numbers that go up by 1 from row to row."""
    values = column.values
    return len(values) > 2 and float(values[0]).is_integer() and bool((np.diff(values) == 1).all())


def _all_differ(column: Column) -> bool:
    """Whether all values are whole numbers, no two the same."""
    values = column.values
    if column.gaps or not np.equal(np.mod(values, 1), 0).all():
        return False
    return len(values) > 2 and len(np.unique(values)) == len(values)


def _constant(column: Column) -> str:
    known = column.values if column.missing is None else column.values[~column.missing]
    return "has one value only" if column.kind != "picture" and len(known) and bool((known == known[0]).all()) else ""


def _remarks(table: Table, targets: tuple[int, ...], seen: Mapping[int, Column]) -> tuple[str, ...]:
    """Columns that tell the answer, or are one answer in several columns."""
    if len(targets) != 1:
        return ()
    target = table.columns[targets[0]]
    answers = np.unique(target.values, return_inverse=True)[1].reshape(-1)
    remarks = []
    for column in seen.values():
        most = max(FEW, answers.max() + 1)
        if column.kind == "picture" or column.missing is not None or len(np.unique(column.values[:HEAD])) > most:
            continue
        values, codes = np.unique(column.values, return_inverse=True)
        if 1 < len(values) <= most and len(values) * 3 <= len(column):
            pairs = len(np.unique(codes.reshape(-1) * (answers.max() + 1) + answers))
            if pairs == len(values) and len(values) <= 2 * (answers.max() + 1):
                remarks.append(f"'{column.name}' tells '{target.name}': each of its values goes with one answer")
    for at, column in seen.items():
        if column.kind == "number" and len(column) and np.nanmax(np.abs(column.values), initial=0) >= EXACT:
            whole = sum(map(str.isdecimal, table.texts(at).words))
            kept = len(np.unique(column.values.astype(np.float64)))
            if kept < whole:
                remarks.append(f"'{column.name}' has {whole:,} values, of which float64 tells {kept:,} apart")
    remarks += oddities((*seen.values(), target))
    binary = [column for column in (*seen.values(), target) if _is_binary(column)]
    if target in binary and len(binary) > 2 and (sum((c.values for c in binary), np.zeros(1)) == 1).all():
        names = ", ".join(f'"{column.name}"' for column in binary)
        remarks.append(f"{names} are one answer in several columns: set data.target = [{names}]")
    return tuple(remarks)


def _is_binary(column: Column) -> bool:
    if column.kind not in NUMBERS[:2] or column.missing is not None:
        return False
    return all(bool(np.isin(values, (0, 1)).all()) for values in (column.values[:HEAD], column.values))


def unknown_names(settings: TableSettings, table: Table) -> None:
    """Raise DataError for a column that data.missing names and the table does not have."""
    if isinstance(settings.missing, str):
        return
    for name in settings.missing:
        if name not in table.places and name not in (settings.features or ()):
            raise DataError(f"data.missing: {table.name} has no column '{name}'.{did_you_mean(name, table.names)}")


__all__ = ["MOST_CATEGORIES", "ColumnChoice", "Role", "TableSettings", "chosen", "left_out", "unknown_names"]
