"""Comparisons of queries, such as `abs(circuit.output - 0.5) < 0.01`: what `holds` has."""

from __future__ import annotations

import re

from tui_nn.errors import ExperimentError
from tui_nn.experiment.requirement import OPERATORS
from tui_nn.graph.circuits import CircuitError, evaluate, parse, parse_number
from tui_nn.lesson.exhibit import Exhibit
from tui_nn.lesson.queries import FORM, asked

SIGN = re.compile(r"(>=|<=|==|>|<)")
QUERY = re.compile(r"\b(?:(?:circuit|net)\.[\w.\[\]@]+|run\.[\w@:.]+(?:\[[^\]]+\])*(?:\.\w+)?)")
EQUAL = 1e-6  # how near two sides are that count as equal: float32 knows no better


def holds(text: str, exhibit: Exhibit) -> bool:
    """Whether a comparison of two sides holds; each is a number, a query, or arithmetic of these."""
    left, sign, right = compared(text, exhibit)
    if sign == "==":
        return abs(left - right) <= EQUAL * max(1.0, abs(right))
    return OPERATORS[sign](left, right)


def compared(text: str, exhibit: Exhibit) -> tuple[float, str, float]:
    """Both sides of a comparison, and its sign."""
    sides = SIGN.split(text)
    if len(sides) != 3:
        raise ExperimentError(f"'{text}' is no comparison; expected one such as 'circuit.output > 0'.")
    return computed(sides[0], exhibit), sides[1], computed(sides[2], exhibit)


def computed(text: str, exhibit: Exhibit) -> float:
    """A number, a query, or arithmetic of these. Queries are named and handed to the parser of circuits as inputs: no
    text is ever executed.
    """
    text = text.strip()
    if QUERY.fullmatch(text) or FORM.fullmatch(text):
        return asked(text, exhibit)
    names: dict[str, float] = {}

    def named(found: re.Match[str]) -> str:
        name = f"query{len(names)}"
        names[name] = asked(found[0], exhibit)
        return name

    replaced = QUERY.sub(named, text)
    try:
        return evaluate(parse(replaced), names).output if names else parse_number(replaced)
    except CircuitError as error:
        raise ExperimentError(f"'{text}': {error.message}") from None
