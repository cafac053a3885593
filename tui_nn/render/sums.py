"""A unit's sum written out: weight * input for each term, with as many digits as make the sum true."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

FEWEST, EXACT = 4, 17  # significant digits
MOST = 5  # terms that are written out


def weighted_sum(theta: Array, x: Array, most: int = MOST) -> str:
    """`0.1*1 + 0.2*0.1 + 0.3*0.5 = 0.27`: theta . x, both (n + 1,), the bias times 1 first.

    Of many terms the largest are written out, in their order, and the others added up: `(778 more: 0.31)`.
    """
    theta, x = np.asarray(theta, np.float64), np.asarray(x, np.float64)
    terms = theta * x
    total = float(terms.sum())
    if not np.isfinite(terms).all():
        return f"{len(terms)} terms = {total:.{FEWEST}g}"
    places = np.arange(len(terms))
    if len(terms) > most:
        largest = np.argsort(-np.abs(terms[1:]), kind="stable")[: most - 2] + 1
        places = np.sort(np.append(largest, 0))
    others = len(terms) - len(places)
    rest = float(np.delete(terms, places).sum())
    result = f"{total:.{FEWEST}g}"
    # Half of the last digit that is shown, as the reader who recomputes the sum will find it.
    off = 0.5 * 10.0 ** (np.floor(np.log10(abs(total))) + 1 - FEWEST) if total else 0.5 * 10.0**-FEWEST
    for digits in range(FEWEST, EXACT):
        shown = [(f"{theta[at]:.{digits}g}", f"{x[at]:.{digits}g}") for at in places]
        left_out = f"{rest:.{digits}g}" if others else "0"
        found = sum(float(weight) * float(value) for weight, value in shown) + float(left_out)
        if abs(found - float(result)) <= off * (1 + 1e-9):
            break
    text = _joined([f"{weight}*{f'({value})' if value.startswith('-') else value}" for weight, value in shown])
    return f"{text} + ({others} more: {left_out}) = {result}" if others else f"{text} = {result}"


def _joined(terms: list[str]) -> str:
    text = terms[0]
    for term in terms[1:]:
        text += f" - {term[1:]}" if term.startswith("-") else f" + {term}"
    return text
