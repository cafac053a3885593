"""What each gate is in Python: its value and its local gradients, as one writes them by hand.

A number of a circuit is what this code gives, to the last bit, so that a circuit printed as a program gives the same
numbers. Which code is right at which numbers is decided by the graph's table of derivatives: the first form that agrees
with it is taken, and where none does (a slope that is infinite, a power of a negative number) its number itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from tui_nn.graph.circuits.circuit import Constant, Gate
from tui_nn.graph.circuits.operations import SYMMETRIC

AGREES = 1e-9  # relative: far above what rounding makes of a good form, far below what a bad one is off by
SIGMOID = ("1 / (1 + math.exp(-{a}))", "math.exp({a})")  # the second where the first would overflow

# operation -> its value, then the local gradient for each operand, each in one form or several; {y} is the value.
# fmt: off
FORMS: dict[str, tuple[Sequence[str], ...]] = {
    "add":      (["{a} + {b}"], ["1"], ["1"]),
    "subtract": (["{a} - {b}"], ["1"], ["-1"]),
    "multiply": (["{a} * {b}"], ["{b}"], ["{a}"]),
    "divide":   (["{a} / {b}"], ["1 / {b}"], ["-{a} / {b}**2", "-{y} / {b}"]),
    "power":    (["{a}**{b}"], ["{b} * {a}**({b} - 1)"], ["{y} * math.log({a})"]),
    "maximum":  (["max({a}, {b})"], ["1 if {a} > {b} else 0"], ["1 if {b} >= {a} else 0"]),
    "minimum":  (["min({a}, {b})"], ["1 if {a} < {b} else 0"], ["1 if {b} <= {a} else 0"]),
    "exp":      (["math.exp({a})"], ["{y}"]),
    "log":      (["math.log({a})"], ["1 / {a}"]),
    "log1p":    (["math.log1p({a})"], ["1 / (1 + {a})"]),
    "sqrt":     (["math.sqrt({a})"], ["1 / (2 * {y})"]),
    "absolute": (["abs({a})"], ["math.copysign(1, {a})"]),
    "sin":      (["math.sin({a})"], ["math.cos({a})"]),
    "cos":      (["math.cos({a})"], ["-math.sin({a})"]),
    "tan":      (["math.tan({a})"], ["1 + {y}**2"]),
    "tanh":     (["math.tanh({a})"], ["1 - {y}**2"]),
    # Far from 0 the difference 1 - y has no digits left.
    "sigmoid":  (SIGMOID, ["(1 - {y}) * {y}", "{y}**2 * math.exp(-{a})", "{y}"]),
    "softplus": (["math.log(1 + math.exp({a}))", "max({a}, 0.0) + math.log1p(math.exp(-abs({a})))"], SIGMOID),
    "relu":     (["max({a}, 0.0)"], ["1 if {a} > 0 else 0"]),
    "square":   (["{a}**2"], ["2 * {a}"]),
}
# A constant wins a tie also where it comes first.
CONSTANT_FIRST = {"maximum": ["1 if {b} > {a} else 0"], "minimum": ["1 if {b} < {a} else 0"]}
# fmt: on


def value_form(gate: Gate, reference: float, a: float, b: float) -> tuple[str, float]:
    """(Python with {a} and {b} for the operands, its value) for the value of a gate."""
    forms = ["-{a}"] if gate.operation == "multiply" and gate.constant == (1, -1.0) else FORMS[gate.operation][0]
    return _first(forms, reference, a, b, math.nan)


def slope_form(gate: Gate, place: int, reference: float, a: float, b: float, y: float) -> tuple[str, float]:
    """(Python with {a}, {b} and {y}, its value) for the local gradient of a gate for the operand at this place."""
    forms = FORMS[gate.operation][1 + place]
    if gate.constant is not None:
        if gate.operation in SYMMETRIC and gate.constant[0] == 0:
            forms = CONSTANT_FIRST[gate.operation]
        elif gate.operation == "power" and place == 0:
            less = b - 1
            forms = [f"{literal(b)} * {{a}}" if less == 1 else f"{literal(b)} * {{a}}**{literal(less)}"]
    return _first(forms, reference, a, b, y)


def literal(value: float) -> str:
    """A number in Python, exactly: 2, -0.5 in brackets, math.inf."""
    if not math.isfinite(value):
        return f"{'(-' if value < 0 else ''}math.{'nan' if math.isnan(value) else 'inf'}{')' if value < 0 else ''}"
    text = f"{int(value)}" if value == int(value) and abs(value) < 10**6 else repr(value)
    return f"({text})" if value < 0 else text


def written(form: str, gate: Gate, names: Sequence[str], y: str) -> str:
    """A form with the operands of a gate: `names` in the places of those that are no constants."""
    given = iter(names)
    # max and min hand out one of their operands: it must be a float, as every number of a circuit is.
    exact = repr if gate.operation in SYMMETRIC else literal
    shown = [exact(one.value) if isinstance(one, Constant) else next(given) for one in gate.operands]
    return form.format(a=shown[0], b=shown[-1], y=y)


def _first(forms: Sequence[str], reference: float, a: float, b: float, y: float) -> tuple[str, float]:
    for form in forms:
        try:
            found = _compiled(form)(a, b, y)
        except (ArithmeticError, ValueError):  # overflow, a division by 0, log 0
            continue
        if found == reference or abs(found - reference) <= AGREES * abs(reference):
            return form, float(found)
    return literal(reference), reference


@lru_cache
def _compiled(form: str) -> Callable[[float, float, float], Any]:
    """A form as a function of a, b and y. It comes from the tables above, never from what somebody typed."""
    return eval(f"lambda a, b, y: {form.format(a='a', b='b', y='y')}", {"math": math})  # type: ignore[no-any-return]
