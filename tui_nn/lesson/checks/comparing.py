"""Comparisons of queries, such as `abs(circuit.output - 0.5) < 0.01`: what `holds` has."""

from __future__ import annotations

import re

from tui_nn.errors import ExperimentError
from tui_nn.experiment.requirement import OPERATORS
from tui_nn.graph.circuits import CircuitError, evaluate, parse, parse_number
from tui_nn.lesson.exhibit import Exhibit
from tui_nn.lesson.queries import FORM, asked

SIGN = re.compile(r"(>=|<=|==|>|<)")
QUERY = re.compile(r"\b(?:circuit|net)\.[\w.\[\]@]+")
EQUAL = 1e-6  # how near two sides are that count as equal: float32 knows no better


def holds(text: str, exhibit: Exhibit) -> bool:
    """Whether a comparison of two sides holds; each is a number, a query, or arithmetic of these."""
    sides = SIGN.split(text)
    if len(sides) != 3:
        raise ExperimentError(f"'{text}' is no comparison; expected one such as 'circuit.output > 0'.")
    left, sign, right = _side(sides[0], exhibit), sides[1], _side(sides[2], exhibit)
    if sign == "==":
        return abs(left - right) <= EQUAL * max(1.0, abs(right))
    return OPERATORS[sign](left, right)


def _side(text: str, exhibit: Exhibit) -> float:
    """Queries are named and handed to the parser of circuits as inputs: no text is ever executed."""
    names: dict[str, float] = {}

    def named(found: re.Match[str]) -> str:
        name = f"query{len(names)}"
        if FORM.fullmatch(found[0]) is None:
            raise ExperimentError(f"'{found[0]}' is not a query; expected one such as circuit.d.x.")
        names[name] = asked(found[0], exhibit)
        return name

    replaced = QUERY.sub(named, text).strip()
    try:
        return evaluate(parse(replaced), names).output if names else parse_number(replaced)
    except CircuitError as error:
        raise ExperimentError(f"'{text.strip()}': {error.message}") from None
