"""What a test tries of very many cases: a part that meets each of them, and all with `-m long`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")

ALL = "TUI_NN_ALL" in os.environ


def some(cases: Sequence[A], turn: int, of: int) -> Sequence[A]:
    """Every so-manyth of them, others at each turn; at least one."""
    return cases if ALL else cases[turn % of :: of] or cases[:1]


def pairs(one: Sequence[A], other: Sequence[B], of: int) -> list[tuple[A, B]]:
    """Each of the one with every so-manyth of the other, which is each of the other with every so-manyth of the one."""
    return [(a, b) for turn, a in enumerate(one) for b in some(other, turn, of)]
