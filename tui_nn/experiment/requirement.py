"""A requirement, and what it is held against: the outcome of one run, or of several seeds. NaN never passes."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tui_nn.errors import ExperimentError

OPERATORS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
}


@dataclass(frozen=True)
class Outcome:
    """What came of one run.

    columns: part -> metric -> values, among them the lowest and the highest over the epochs; the last value is the
    last, and the only one of the test part.
    """

    columns: Mapping[str, Mapping[str, Sequence[float]]]
    classes: Sequence[str] = ()
    confusion: Sequence[Sequence[int]] | None = None  # true classes are rows, predicted ones columns
    confusion_part: str = "validation"
    facts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Bound:
    """A number, or one that is relative to the same value of a baseline run: base + number, base * number."""

    number: float
    relation: str = ""  # "", "+", "-" or "*"

    def resolve(self, base: float) -> float:
        """The number to compare with."""
        match self.relation:
            case "+":
                return base + self.number
            case "-":
                return base - self.number
            case "*":
                return base * self.number
        return self.number


@dataclass(frozen=True)
class Requirement:
    """One requirement; `text` is how the person wrote it. `part` is empty for a fact about the whole run."""

    text: str
    name: str
    part: str
    pick: str
    sign: str
    bound: Bound
    cell: tuple[str, str] | None = None  # true and predicted class, for confusion
    key: str = ""  # of the experiment file, where it was written there

    def check(self, outcomes: Sequence[Outcome], baseline: Outcome | None = None) -> dict[str, Any]:
        """{"requirement", "value", "bound", "met"}; a value that is missing or NaN is not met.

        Over several runs every one has to meet it, and `value` is the worst of theirs; with `:mean` their mean has to.
        """
        values = [self.value(outcome) for outcome in outcomes]
        known = [value for value in values if value is not None]
        bound = self.bound.resolve(math.nan if baseline is None else _or_nan(self.value(baseline)))
        value = None if len(known) < len(values) or not known else self._together(known, bound)
        met = value is not None and OPERATORS[self.sign](value, bound)
        return {"requirement": self.text, "value": value, "bound": bound, "met": met}

    def _together(self, values: Sequence[float], bound: float) -> float:
        if any(math.isnan(value) for value in values):
            return math.nan
        if self.pick == "mean":
            return math.fsum(values) / len(values)
        if self.sign == "==":
            return max(values, key=lambda value: abs(value - bound))
        return min(values) if self.sign in (">=", ">") else max(values)

    def value(self, outcome: Outcome) -> float | None:
        """What this run reached; None where it has no such number."""
        if self.cell is not None:
            if outcome.confusion is None or outcome.confusion_part != self.part:
                return None
            if not set(self.cell) <= set(outcome.classes):
                return None
            row, column = (outcome.classes.index(name) for name in self.cell)
            return float(outcome.confusion[row][column])
        if not self.part:
            return outcome.facts.get(self.name)
        values = outcome.columns.get(self.part, {}).get(self.name, ())
        if not values:
            return None
        if self.pick != "best":
            return values[-1]
        finite = [value for value in values if not math.isnan(value)]
        best = max if self.sign in (">=", ">") else min
        return best(finite) if finite else math.nan


def check_baseline(wanted: Sequence[Requirement], baseline: Outcome | None) -> None:
    """Raises ExperimentError if a requirement is relative to a run that was not given, or that lacks the value."""
    for requirement in wanted:
        if not requirement.bound.relation:
            continue
        if baseline is None:
            raise ExperimentError(
                f"requirement '{requirement.text}': 'base' is a baseline run's value: add --baseline RUN.",
                requirement.key,
            )
        if math.isnan(_or_nan(requirement.value(baseline))):
            raise ExperimentError(
                f"requirement '{requirement.text}': the baseline run has no such value.", requirement.key
            )


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value
