"""`number = QUERY`: a number, right to the last digit that was typed."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from tui_nn.errors import ExperimentError
from tui_nn.graph.circuits import CircuitError, parse_number
from tui_nn.lesson.checks.comparing import computed
from tui_nn.lesson.checks.judgement import Check, Judgement, Unreadable, text_of
from tui_nn.lesson.exhibit import Exhibit

FEWEST = 2  # digits that count, unless the number is exact
EXACT = 1e-6  # of the key: what float32 leaves of a number that is exact on paper


@dataclass(frozen=True)
class Typed:
    """value; unit: one in the last digit typed, 0 for a fraction; digits: that count."""

    value: float
    unit: float = field(default=0.0, compare=False)
    digits: int = field(default=0, compare=False)


def typed(answer: Any) -> Typed:
    """A number as typed: 0.73, -4, 1e-3, or a fraction such as 1/3. Raises Unreadable."""
    text = text_of(answer)
    try:
        found = Decimal(text)
    except InvalidOperation:
        try:
            return Typed(parse_number(text))
        except CircuitError:
            raise Unreadable(f"'{text}' is not a number; expected one such as 0.73, -4 or 1/3.") from None
    if not found.is_finite():
        raise Unreadable(f"'{text}' is not a finite number.")
    _, digits, exponent = found.as_tuple()
    assert isinstance(exponent, int)
    count = len(str(int("".join(map(str, digits)) or "0")))
    return Typed(float(found), 10.0**exponent, count)


def is_right(answer: Typed, key: float, tolerance: float = 0.0) -> bool:
    """Whether it is the key to the last digit typed, two that count at least, or within the tolerance of the key.

    tolerance: a share of the key, never of the answer.
    """
    off = abs(answer.value - key)
    if off <= max(tolerance, EXACT) * abs(key) or off <= 1e-12:
        return True
    return answer.digits >= FEWEST and off <= answer.unit / 2 * (1 + 1e-9)


def direction(answer: Typed, key: float) -> str:
    """A sentence that helps on: what the engine's number is beside this one."""
    if key and math.isclose(answer.value, -key, rel_tol=1e-2):
        return "The size is right, the sign is not."
    if key and answer.value and math.isclose(abs(answer.value / key), 2, rel_tol=1e-2):
        return "Twice as much as it should be."
    if key and answer.value and math.isclose(abs(answer.value / key), 0.5, rel_tol=1e-2):
        return "Half of what it should be."
    if answer.value * key < 0:
        return "The sign is not right."
    if answer.digits < FEWEST and abs(answer.value - key) <= answer.unit / 2:
        return "Right as far as it goes: type one more digit."
    return "The engine's number is larger." if key > answer.value else "The engine's number is smaller."


def finite(text: str, exhibit: Exhibit) -> float:
    """The key of a query, or of arithmetic with them. Raises ExperimentError for one that is not a number."""
    key = computed(text, exhibit)
    if not math.isfinite(key):
        raise ExperimentError(f"'{text}' is {key} here; a question needs a finite number.")
    return key


class NumberCheck(Check):
    """number: the query that is the key. tolerance: a share of the key that is right as well."""

    form: ClassVar[str] = "a number"
    number: str
    tolerance: float = 0.0

    def read(self, answer: Any) -> Typed:
        return typed(answer)

    def same(self, read: Typed, known: Typed) -> bool:
        return is_right(read, known.value)

    def judge(self, read: Typed, exhibit: Exhibit) -> Judgement:
        key = finite(self.number, exhibit)
        if is_right(read, key, self.tolerance):
            return Judgement("correct")
        return Judgement("incorrect", direction(read, key))


class EstimateCheck(Check):
    """`estimate = QUERY`: a guess before it is seen. It is never wrong: it is exact, near or far."""

    needs_wrong: ClassVar[bool] = False
    form: ClassVar[str] = "a guess, a number"
    estimate: str

    def read(self, answer: Any) -> Typed:
        return typed(answer)

    def judge(self, read: Typed, exhibit: Exhibit) -> Judgement:
        key = finite(self.estimate, exhibit)
        off = abs(read.value - key) / max(abs(key), 1e-9)
        word = "Exact" if is_right(read, key) else "Near" if off <= 0.1 else "Far off"
        return Judgement("correct", f"{word}: it is {key:.4g}.")
