"""What can be said of how samples are divided: plain data, read without any array."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

DivisionKind = Literal["stratified", "random", "groups", "time", "column", "first"]
KINDS: tuple[str, ...] = get_args(DivisionKind)
BY_COLUMN = ("groups", "time", "column")  # those that look at one


@dataclass(frozen=True)
class Division:
    """column: of the groups, the times or the parts. samples: how many of the first ones train, for "first", and
    validation: how many of the next ones validate, None for all the others. fold: which of `folds` validates, from 1.
    """

    kind: DivisionKind = "stratified"
    column: str = ""
    samples: int = 0
    validation: int | None = None
    fold: int = 0
    folds: int = 0
