"""A unit's sum written out: weight * input for each term, with as many digits as make the sum true."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.render.amount import LARGEST, amount

Array = np.ndarray[Any, np.dtype[Any]]

FEWEST, EXACT = 4, 17  # significant digits
MOST = 5  # terms that are written out


def weighted_sum(theta: Array, x: Array, most: int = MOST) -> str:
    """`0.1*1 + 0.2*0.1 + 0.3*0.5 = 0.27`: theta . x, both (n + 1,), the bias times 1 first.

    Of many terms the largest are written out, in their order, and the others added up: `(778 more: 0.31)`.
    """
    return " = ".join(terms_and_sum(theta, x, most))


def terms_and_sum(
    factors: Array,
    values: Array,
    most: int = MOST,
    *,
    has_bias: bool = True,
    by_size: bool = False,
    least: int = FEWEST,
) -> tuple[str, str]:
    """The sum of factor * value written out, and what it comes to, both with digits that make it true.

    has_bias: term 0 is always written, and first. by_size: of many terms the largest comes first. least: digits of the
    sum. A factor of -0.0 is a 0 that is subtracted.
    """
    is_less = np.signbit(factors)
    factors, values = (np.asarray(one, np.float64) + 0.0 for one in (factors, values))  # -0.0 + 0.0 is 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        terms = factors * values + 0.0
        total = float(terms.sum()) + 0.0
    if not np.isfinite(terms).all():
        return f"{len(terms)} terms", amount(total, least)
    places = np.arange(len(terms))
    if len(terms) > most:
        kept = int(has_bias)
        largest = np.argsort(-np.abs(terms[kept:]), kind="stable")[: max(1, most - 1 - kept)] + kept
        largest = largest if by_size else np.sort(largest)
        places = np.append(np.zeros(kept, int), largest)
    others = len(terms) - len(places)
    rest = float(np.delete(terms, places).sum())
    result = amount(total, least)
    off = half_of_last_digit(total, least)
    for digits in range(least, EXACT):
        shown = [(amount(factors[at], digits), amount(values[at], digits)) for at in places]
        left_out = amount(rest, digits) if others else "0"
        found = sum(float(weight) * float(value) for weight, value in shown) + float(left_out)
        if abs(found - float(result)) <= off * (1 + 1e-9):
            break
    if not has_bias and len(terms) > 1 and (values == 1).all():
        written = [weight for weight, _ in shown]  # a difference of two numbers
    else:
        written = [f"{weight}*{f'({value})' if value.startswith('-') else value}" for weight, value in shown]
    text = _joined(written, is_less[places].tolist())
    return (f"{text} + ({others} more: {left_out})" if others else text), result


def half_of_last_digit(number: float, digits: int = FEWEST) -> float:
    """By so much may a number differ from what is shown of it, as the reader who recomputes it will find."""
    if not number or not np.isfinite(number):
        return 0.5 * 10.0**-digits
    power = float(np.floor(np.log10(abs(number)))) + 1 - digits
    return float(0.5 * 10.0 ** (min(power, 0.0) if abs(number) < LARGEST else power))


def _joined(terms: list[str], is_less: list[bool]) -> str:
    text = terms[0]
    for term, less in zip(terms[1:], is_less[1:], strict=True):
        text += f" {'-' if less else '+'} {term.removeprefix('-')}"
    return text
