"""What one column of a data set holds, measured for whoever shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_nn.datasets.choice import Role
from tui_nn.datasets.encoding import Input
from tui_nn.datasets.meaning import is_day_first, moment
from tui_nn.datasets.table import Column

Array = np.ndarray[Any, np.dtype[Any]]

BINS, FINE = 8, 4  # of a histogram in a line, and how many finer ones there are in each of them
LONG, DIGITS = 10, 6  # characters of a number that is written as it is, and digits of a longer one
MOST_SHOWN = 4  # texts of a column in a line
MOST_WORDS = 100  # texts of a column that are counted one by one
MOST_VALUES = 12  # different values of a column of numbers that are counted one by one


@dataclass(frozen=True)
class ColumnSummary:
    """What is in a column, in a line.

    values: the range, or the most frequent texts. missing: rows without a value, of `rows`. counts: a histogram of
    BINS bins from the smallest to the largest value, or how many rows have each of the most frequent texts.
    """

    values: str
    missing: int
    rows: int
    counts: tuple[int, ...]


@dataclass(frozen=True)
class ColumnDetail:
    """What is in a column, by class where there are such.

    names: the texts, or the values, that are counted one by one, the most frequent first, values by size; () for
    bins of one width from low to high. counts (n,): rows with each. by_class (classes, n): the same of each class.
    facts: (name, number) pairs, of numbers alone. different: how many values there are. means (classes,): of numbers,
    NaN where a class has none.
    """

    names: tuple[str, ...]
    counts: Array
    by_class: Array
    low: float
    high: float
    different: int
    facts: tuple[tuple[str, float], ...] = ()
    means: Array | None = None


def use_of(role: Role, one: Input | None) -> str:
    """ "target", "input" with what it becomes, or "left out" with the reason."""
    if one is None or role.role != "input":
        return role.role if not role.why else f"{role.role}: {role.why}"
    words = [f"{len(one.names)} inputs"] if len(one.names) > 1 else []
    words += [f"missing: {one.missing}"] if role.column.missing is not None else []
    words += [role.why] if role.why else []
    return f"input: {', '.join(words)}" if words else "input"


def summary_of(column: Column) -> ColumnSummary:
    """A column in a line."""
    rows = len(column)
    if column.kind == "picture":
        down, across = column.picture or (1, column.values.shape[1])
        return ColumnSummary(f"{down} x {across} pixels", 0, rows, ())
    if not column.words:
        known = _known(column)
        low, high = (known.min(), known.max()) if len(known) else (0, 0)
        values = f"{_brief(low)} to {_brief(high)}" if len(known) else ""
        return ColumnSummary(values, column.gaps, rows, _coarse(_histogram(known.astype(np.float64))))
    counts = _word_counts(column)
    order = np.argsort(-counts, kind="stable")
    if column.kind == "date":
        times = _times(column)
        values = f"{column.words[int(np.nanargmin(times))]} to {column.words[int(np.nanargmax(times))]}"
        known = np.repeat(times, counts)
        return ColumnSummary(values, column.gaps, rows, _coarse(_histogram(known[~np.isnan(known)])))
    shown = ", ".join(f"{column.words[at][:20]} {counts[at]:,}" for at in order[:MOST_SHOWN])
    more = f", {len(order) - MOST_SHOWN:,} more" if len(order) > MOST_SHOWN else ""
    return ColumnSummary(shown + more, column.gaps, rows, tuple(counts[order[:BINS]].tolist()))


def detail_of(column: Column, labels: Array | None, classes: int, answers: Array | None) -> ColumnDetail:
    """All that is told of a column. labels (m,): the class of each row, -1 for none; None without classes.

    answers (m,): those of a regression, NaN where a row has none; None for others.
    """
    if column.kind == "picture":
        return ColumnDetail((), np.zeros(0, int), np.zeros((classes, 0), int), 0.0, 0.0, 0)
    if column.words and column.kind != "date":
        counts = _word_counts(column)
        order = np.argsort(-counts, kind="stable")[:MOST_WORDS]
        place = np.full(len(counts) + 1, -1)
        place[order] = np.arange(len(order))
        return ColumnDetail(
            tuple(column.words[at] for at in order.tolist()), counts[order],
            _by_class(place[column.values], len(order), labels, classes), 0.0, 0.0, len(column.words),
        )  # fmt: skip
    numbers = np.append(_times(column), np.nan)[column.values] if column.words else column.numbers
    return _of_numbers(column, numbers, labels, classes, answers)


def _of_numbers(
    column: Column, numbers: Array, labels: Array | None, classes: int, answers: Array | None
) -> ColumnDetail:
    is_known = np.isfinite(numbers)
    known = numbers[is_known]
    if not len(known):
        return ColumnDetail((), np.zeros(0, int), np.zeros((classes, 0), int), 0.0, 0.0, 0)
    low, high = float(known.min()), float(known.max())
    values = np.unique(known)
    place = np.full(len(numbers), -1)
    names: tuple[str, ...] = ()
    if column.kind != "date" and len(values) <= MOST_VALUES:
        place[is_known] = np.searchsorted(values, known)
        names = tuple("true" if one else "false" for one in values.tolist())
        if column.kind != "truth value":
            names = tuple(_brief(one) for one in values.tolist())
    else:
        place[is_known] = _bin_of(known, low, high)
    bins = len(names) or BINS * FINE
    counts = np.bincount(place[is_known], minlength=bins)
    facts: tuple[tuple[str, float], ...] = ()
    means = None
    if column.kind == "number":
        quarter, median, three = np.quantile(known, (0.25, 0.5, 0.75))
        size = float(np.abs(known).max()) or 1.0  # sums and squares of large numbers are infinite
        mean, deviation = size * float((known / size).mean()), size * float((known / size).std())
        facts = (
            ("mean", mean), ("deviation", deviation), ("smallest", low),
            ("25 %", float(quarter)), ("median", float(median)), ("75 %", float(three)), ("largest", high),
        )  # fmt: skip
        if answers is not None:
            facts += _correlation(numbers, answers)
        if labels is not None:
            means = _means(numbers, labels, classes)
    return ColumnDetail(
        names, counts, _by_class(place, bins, labels, classes), low, high, len(values), facts, means
    )  # fmt: skip


def _known(column: Column) -> Array:
    known = column.values if column.missing is None else column.values[~column.missing]
    return known[np.isfinite(known)] if known.dtype.kind == "f" else known


def _brief(value: Any) -> str:
    """A number with the digits that it has, as time stamps differ in the last ones; of a computed one, with six."""
    text = str(value).removesuffix(".0")
    if len(text) <= LONG:
        return text
    return f"{value:.{DIGITS}g}" if abs(value) < 10**DIGITS else f"{value:.0f}"


def _word_counts(column: Column) -> Array:
    counts: Array = np.bincount(column.values[column.values >= 0], minlength=len(column.words))
    return counts


def _times(column: Column) -> Array:
    """(words,) seconds for each date of a column, NaN for what is none."""
    first = is_day_first(column.words) is not False
    moments = [moment(word, first) for word in column.words]
    return np.array([np.nan if one is None else (one - type(one).min).total_seconds() for one in moments])


def _bin_of(known: Array, low: float, high: float) -> Array:
    """Which of all fine bins from low to high each value is in; the last one has both of its ends."""
    bins = BINS * FINE
    half = high / 2 - low / 2  # the distance of two large numbers need not be one
    if not half > 0:
        return np.zeros(len(known), int)
    share = (known / 2 - low / 2) / half
    return np.asarray(np.minimum((share * bins).astype(int), bins - 1))


def _histogram(known: Array) -> Array:
    """The fine histogram of these numbers."""
    if not len(known):
        return np.zeros(0, int)
    if known.min() == known.max():
        return np.array([len(known)])
    return np.bincount(_bin_of(known, float(known.min()), float(known.max())), minlength=BINS * FINE)


def _coarse(fine: Array) -> tuple[int, ...]:
    counts = fine.reshape(BINS, FINE).sum(axis=1) if len(fine) == BINS * FINE else fine
    return tuple(counts.tolist())


def _by_class(place: Array, bins: int, labels: Array | None, classes: int) -> Array:
    """(classes, bins) rows of each class in each bin; place (m,) is -1 for what is in none."""
    if labels is None:
        return np.zeros((0, bins), int)
    both = (place >= 0) & (labels >= 0)
    counts: Array = np.bincount(labels[both] * bins + place[both], minlength=classes * bins)
    return counts.reshape(classes, bins)


def _means(numbers: Array, labels: Array, classes: int) -> Array:
    both = np.isfinite(numbers) & (labels >= 0)
    counts = np.bincount(labels[both], minlength=classes)
    shares = numbers[both] / np.maximum(counts, 1)[labels[both]]  # the sum of large numbers is infinite
    means = np.bincount(labels[both], shares, minlength=classes)
    return np.asarray(np.where(counts > 0, means, np.nan))


def _correlation(numbers: Array, answers: Array) -> tuple[tuple[str, float], ...]:
    """Pearson's, over rows that have both; nothing where either is always the same."""
    both = np.isfinite(numbers) & np.isfinite(answers)
    first, second = numbers[both], answers[both]
    if len(first) < 2 or first.min() == first.max() or second.min() == second.max():
        return ()
    first, second = _unit(first), _unit(second)
    return (("correlation", float(np.clip(first @ second, -1, 1))),)


def _unit(values: Array) -> Array:
    """About its mean, and of length 1; squares of large numbers would be infinite."""
    size = np.abs(values).max() or 1.0
    centred = values / size - (values / size).mean()
    return np.asarray(centred / np.sqrt(np.square(centred).sum()))


def numbers_of(column: Column) -> Array | None:
    """(m,) a column as an axis has it, NaN where it is missing; None for texts and pictures."""
    if column.kind == "picture":
        return None
    if column.words:
        return np.append(_times(column), np.nan)[column.values] if column.kind == "date" else None
    return column.numbers
