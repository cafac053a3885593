"""What a data set holds and what is made of it: one report, which the command line and the workbench both show."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from tui_nn.datasets.choice import Role
from tui_nn.datasets.divisions import Division
from tui_nn.datasets.encoding import Input
from tui_nn.datasets.summary import ColumnDetail, ColumnSummary, detail_of, numbers_of, summary_of, use_of
from tui_nn.datasets.table import Column, Table
from tui_nn.datasets.table_dataset import TableDataset
from tui_nn.engine.data import Dataset, Part, Splits, spread_rows
from tui_nn.plurals import plural

Array = np.ndarray[Any, np.dtype[Any]]

DRAWN = 5000  # rows of a scatter plot


@dataclass(frozen=True)
class PartReport:
    """name: "training", "validation" or "test". counts: rows of each class, or with each label, () for others."""

    name: str
    rows: int
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Points:
    """x, y (m,) of rows that have both; labels (m,) their classes, all 0 without any. of: how many rows have both."""

    x: Array
    y: Array
    labels: Array
    of: int


class DataReport:
    """A column is measured when it is asked for, once: there may be 100,000 of them, and a window shows forty."""

    def __init__(self, data: Dataset, splits: Splits, division: Division, problem: str = "", added: str = "") -> None:
        """problem: why the experiment cannot use the data as it is, or "". added: the settings of this report, then."""
        self.data, self.problem, self.added = data, problem, added
        self.parts = _parts(splits)
        self.answer_names = splits.classes or splits.labels  # of classes, or of several labels; () for numbers
        self.how = _how(division, has_classes=data.is_classification)
        self._summaries: dict[int, ColumnSummary] = {}

    @property
    def table(self) -> Table | None:
        """The table that the data come from, if they come from one."""
        return self.data.table if isinstance(self.data, TableDataset) and self.data.choice is not None else None

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        """What is made of each column, in the order of the source, then formulas; of no table the answers are last."""
        data = self.data
        if not isinstance(data, TableDataset) or data.choice is None:
            return tuple(_roles(data))
        columns = tuple(_as_classes(role) if data.classes else role for role in data.choice.roles)
        starts = itertools.accumulate((len(one.names) for one in data.inputs), initial=0)
        places = zip(data.inputs, starts, strict=False)
        return (*columns, *(self._computed(one.column, at) for one, at in places if one.kind == "formula"))

    def _computed(self, formula: str, at: int) -> Role:
        values = self._in_rows(self.data.x[:, at].astype(np.float64), np.nan)
        gaps = np.isnan(values)
        return Role(Column(formula, "number", values, missing=gaps if gaps.any() else None), "input")

    def kind(self, place: int) -> str:
        """Of a column, in a word."""
        one = self.inputs.get(self.roles[place].column.name)
        return "formula" if one is not None and one.kind == "formula" else self.roles[place].column.kind

    @cached_property
    def inputs(self) -> dict[str, Input]:
        """How the columns of a table become inputs, by their names."""
        return {one.column: one for one in self.data.inputs} if isinstance(self.data, TableDataset) else {}

    @cached_property
    def targets(self) -> tuple[Role, ...]:
        """The columns with the answers."""
        return tuple(role for role in self.roles if role.role == "target")

    @cached_property
    def target_place(self) -> int:
        """Of the first of them."""
        return next((place for place, role in enumerate(self.roles) if role.role == "target"), 0)

    @property
    def why_target(self) -> str:
        """How the target was chosen; "" where the data set says so itself."""
        if isinstance(self.data, TableDataset) and self.data.choice is not None:
            return self.data.choice.how
        return ""

    @cached_property
    def class_counts(self) -> tuple[int, ...]:
        """Rows of each class, or with each label, those of a separate test part aside."""
        return _counts(self.data.y, len(self.answer_names))

    @cached_property
    def answer_range(self) -> tuple[float, float]:
        """The smallest and the largest answer of a regression."""
        y = np.asarray(self.data.y, np.float64)
        return float(np.nanmin(y)), float(np.nanmax(y))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was guessed, what looks odd, and which rows are left out: a sentence each."""
        if not isinstance(self.data, TableDataset) or self.data.choice is None or self.data.table is None:
            return ()
        last = (one for one in (self.data.dropped, self.data.doubt) if one)
        return (*self.data.table.notes, *self.data.choice.remarks, *last)

    def use(self, place: int) -> str:
        """What is done with a column, and why."""
        role = self.roles[place]
        return use_of(role, self.inputs.get(role.column.name))

    def made_of(self, place: int) -> tuple[str, ...]:
        """The names of the inputs that a column becomes."""
        role = self.roles[place]
        if role.role != "input":
            return ()
        one = self.inputs.get(role.column.name)
        return one.names if one is not None and one.kind != "picture" else (role.column.name,)

    def summary(self, place: int) -> ColumnSummary:
        """A column in a line."""
        if place not in self._summaries:
            column = self.roles[place].column
            self._summaries[place] = summary_of(column)
        return self._summaries[place]

    def known(self, place: int) -> ColumnSummary | None:
        """The same if it has been measured."""
        return self._summaries.get(place)

    def detail(self, place: int) -> ColumnDetail:
        """All that is told of a column; an answer is not compared with itself."""
        role = self.roles[place]
        if role.role == "target":
            return detail_of(role.column, None, 0, None)
        return detail_of(role.column, self.labels, len(self.data.classes), self.answers)

    @cached_property
    def labels(self) -> Array | None:
        """The class of each row of the columns, -1 for rows that are left out; None where there are no classes."""
        return self._in_rows(self.data.y.astype(np.intp), -1) if self.data.classes else None

    @cached_property
    def answers(self) -> Array | None:
        """The single answer of each row of a regression, NaN for rows that are left out; None for others."""
        y = self.data.y.reshape(len(self.data.y), -1)
        if self.data.classes or self.data.multi_label or y.shape[1] != 1:
            return None
        return self._in_rows(y[:, 0].astype(np.float64), np.nan)

    def _in_rows(self, y: Array, nothing: float) -> Array:
        """Answers of the rows that are kept, as answers of all."""
        kept = self.data.kept if isinstance(self.data, TableDataset) else None
        if kept is None:
            return y
        whole = np.full(len(kept), nothing, y.dtype)
        whole[kept] = y
        return whole

    def is_axis(self, place: int) -> bool:
        """Whether a column can be an axis: of numbers, truth values as 0 and 1, or dates."""
        column = self.roles[place].column
        return column.kind in ("number", "date") or (column.kind == "truth value" and not column.words)

    def points(self, first: int, second: int) -> Points:
        """Two columns that can be axes, row by row: at most DRAWN rows, spread over all."""
        x, y = (numbers_of(self.roles[place].column) for place in (first, second))
        assert x is not None
        assert y is not None
        labels = self.labels
        has_both = np.isfinite(x) & np.isfinite(y)
        both = np.flatnonzero(has_both if labels is None else has_both & (labels >= 0))
        rows = both[spread_rows(len(both), DRAWN)]
        return Points(x[rows], y[rows], np.zeros(len(rows), np.intp) if labels is None else labels[rows], len(both))


def _parts(splits: Splits) -> tuple[PartReport, ...]:
    named: Sequence[tuple[str, Part | None]] = (
        ("training", splits.train), ("validation", splits.validation), ("test", splits.test),
    )  # fmt: skip
    parts = []
    for name, part in named:
        if part is None:
            continue
        parts.append(PartReport(name, len(part), _counts(part.y, len(splits.classes or splits.labels))))
    return tuple(parts)


def _counts(y: Array, names: int) -> tuple[int, ...]:
    """Rows of each class, y (m,), or with each label, y (m, q) of 0 and 1; () where nothing has a name."""
    if not names:
        return ()
    counts = np.bincount(y.astype(np.intp), minlength=names) if y.ndim == 1 else y.sum(axis=0).astype(np.intp)
    return tuple(counts.tolist())


def _how(division: Division, *, has_classes: bool) -> str:
    """How the rows are divided, in words."""
    words = {
        "stratified": "at random, each class in proportion" if has_classes else "at random",
        "random": "at random",
        "groups": f"whole groups of '{division.column}'",
        "time": f"in order of '{division.column}'" if division.column else "in order of time",
        "column": f"as '{division.column}' says",
        "first": f"the first {plural(division.samples, 'row')} train",
    }[division.kind]
    return f"fold {division.fold} of {division.folds}, {words}" if division.folds else words


def _as_classes(role: Role) -> Role:
    """Texts that are answers are classes."""
    is_text = role.role == "target" and role.column.kind == "text"
    return replace(role, column=replace(role.column, kind="category")) if is_text else role


def _roles(data: Dataset) -> list[Role]:
    """Columns of a data set that is no table."""
    if data.picture is not None:
        roles = [Role(Column("pixels", "picture", data.x, picture=data.picture), "input")]
    else:
        has_gaps = np.zeros(data.x.shape[1], bool)
        if data.x.dtype.kind == "f":
            np.isnan(data.x).any(axis=0, out=has_gaps)
        roles = []
        for at, has_gap in enumerate(has_gaps.tolist()):
            name = data.features[at] if at < len(data.features) else f"x{at + 1}"
            missing = np.isnan(data.x[:, at]) if has_gap else None
            roles.append(Role(Column(name, "number", data.x[:, at], missing=missing), "input"))
    if data.classes:
        name = data.targets[0] if data.targets else "class"
        return [*roles, Role(Column(name, "category", data.y.astype(np.int32), tuple(data.classes)), "target")]
    y = data.y.reshape(len(data.y), -1)
    for at in range(y.shape[1]):
        name = data.targets[at] if at < len(data.targets) else "y" if y.shape[1] == 1 else f"y{at + 1}"
        roles.append(Role(Column(name, "number", y[:, at]), "target"))
    return roles
