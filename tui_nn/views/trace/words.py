"""How a number of the trace is written, with digits that make it true: `s(0.1*1 + 0.2*0.1) = s(0.12) = 0.53`."""

from __future__ import annotations

import math

import numpy as np

from tui_nn.engine.activation import Activation
from tui_nn.engine.arithmetic import Arithmetic
from tui_nn.render.amount import amount
from tui_nn.render.bars import Term
from tui_nn.render.sums import EXACT, FEWEST, half_of_last_digit, terms_and_sum
from tui_nn.views.stack import SHORT

MOST = 12  # terms of a sum that are ever written in one line
NARROW = 9  # cells that a term takes, if it is short


def number(value: float | None, digits: int = FEWEST) -> str:
    """As it is shown."""
    return "unknown" if value is None else amount(value, digits)


def written(line: Arithmetic, width: int = 1 << 30) -> str:
    """The right side in numbers: the sum, what is made of it, and the result; with as many terms as have room.

    Where it has no terms, in symbols.
    """
    result = number(line.result)
    if not len(line.factors):
        return f"{line.symbols} = {result}"
    digits, text = _digits(line), ""
    for most in (*range(min(MOST, len(line.factors), width // NARROW), 2, -1), 2):
        text = _written(line, most, digits, result)
        if len(text) <= width:
            return text
    if line.function is None and line.slope is None:
        return result
    text = _around(line, amount(line.sum, digits), digits, result)
    return text if len(text) <= width else result


def _written(line: Arithmetic, most: int, digits: int, result: str) -> str:
    terms, total = terms_and_sum(line.factors, line.values, most, has_bias=line.has_bias, by_size=True, least=digits)
    if line.function is not None:
        return f"{_short(line.function)}({terms}) = {_around(line, total, digits, result)}"
    if line.slope is not None:
        return f"({terms}) * {amount(line.slope, digits)} = {_around(line, total, digits, result)}"
    return f"{terms} = {result}"


def from_sum(line: Arithmetic) -> str:
    """The right side from the sum on: `s(0.63) = 0.6525`."""
    digits = _digits(line)
    return _around(line, amount(line.sum, digits), digits, number(line.result))


def _around(line: Arithmetic, total: str, digits: int, result: str) -> str:
    """From the sum on: `s(0.63) = 0.6525`, `-0.05 * 0.2267 = -0.01134`."""
    if line.function is not None:
        return f"{_short(line.function)}({total}) = {result}"
    assert line.slope is not None
    return f"{total} * {amount(line.slope, digits)} = {result}"


def _digits(line: Arithmetic) -> int:
    """So many of the sum that the result which is shown follows from it."""
    result = float(number(line.result))
    if not math.isfinite(result) or (line.function is None and line.slope is None):
        return FEWEST
    off = half_of_last_digit(line.result) * (1 + 1e-6)
    for digits in range(FEWEST, EXACT):
        total = float(amount(line.sum, digits))
        if line.function is not None:
            found = _applied(line.function, total)
        else:
            assert line.slope is not None
            found = total * float(amount(line.slope, digits))
        if abs(found - result) <= off:
            return digits
    return FEWEST


def _applied(function: Activation, z: float) -> float:
    a = np.empty((1, 1))
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        function.forward(np.array([[z]]), a)
    return float(a[0, 0])


def _short(function: Activation | None) -> str:
    return "" if function is None else SHORT.get(function.name, function.name)


def symbols(line: Arithmetic) -> str:
    """The right side in the lecture's notation."""
    return f"{_short(line.function)}({line.symbols})" if line.function is not None else line.symbols


def terms_and_others(line: Arithmetic, most: int) -> tuple[list[Term], tuple[int, float]]:
    """The largest terms, the largest first; and of the others number and sum."""
    sizes = np.abs(np.nan_to_num(line.factors * line.values))
    chosen = np.argsort(-sizes, kind="stable")[:most].tolist()
    names = [f"{line.term(place)}{' bias' if line.has_bias and not place else ''}" for place in chosen]
    largest = [
        (name, float(line.factors[place]), float(line.values[place])) for name, place in zip(names, chosen, strict=True)
    ]
    others = len(line.factors) - len(largest)
    return largest, (others, line.sum - sum(factor * value for _, factor, value in largest) if others else 0.0)


def added(values: list[float]) -> str:
    """`0.33 + 0.0125 = 0.3425`, with as many digits as make it true."""
    total = math.fsum(values)
    result = number(total)
    for digits in range(FEWEST, EXACT):
        shown = [amount(value, digits) for value in values]
        if abs(math.fsum(map(float, shown)) - float(result)) <= half_of_last_digit(total) * (1 + 1e-9):
            break
    text = " + ".join(shown).replace("+ -", "- ")
    return text if len(values) == 1 else f"{text} = {result}"
