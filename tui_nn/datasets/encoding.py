"""Columns of a table as inputs of a network: what each becomes is plain data, and travels with the network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Missing = Literal["error", "drop", "mean", "median", "most_frequent", "indicator"]
InputKind = Literal["number", "truth value", "category", "picture"]


@dataclass(frozen=True)
class Input:
    """What one column becomes.

    kind: "number", "truth value" (0 and 1), "category" (one input a category) or "picture" (one a pixel). categories:
    their texts, in order. missing: what is done about a row without a value; "indicator" adds an input that says so.
    size: how many inputs a picture makes.
    """

    column: str
    kind: InputKind = "number"
    categories: tuple[str, ...] = ()
    missing: Missing = "error"
    size: int = 1

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the inputs: `age`, or `sex=female`, `sex=male`; then `age?`, 1 where it is missing."""
        names = [self.column]
        if self.kind == "category":
            names = [f"{self.column}={category}" for category in self.categories]
        elif self.kind == "picture":
            names = [f"{self.column} {number}" for number in range(1, self.size + 1)]
        return (*names, f"{self.column}?") if self.missing == "indicator" else tuple(names)


def names_of(inputs: Sequence[Input]) -> tuple[str, ...]:
    """The names of all inputs, in order."""
    return tuple(name for one in inputs for name in one.names)
