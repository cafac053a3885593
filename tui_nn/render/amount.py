"""A number in the units of the data as a person writes it: a price of 182,347 is no 1.823e+05."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

LARGEST = 1e12  # from which on powers of ten say more than digits
UNITS = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


def amount(value: float, digits: int = 4) -> str:
    """So many digits, and all of those before the point."""
    return _form(value, digits, "-")


def signed(value: float, digits: int = 3) -> str:
    """An amount with its sign, as what is added has one."""
    return _form(value, digits, "+")


def _form(value: float, digits: int, sign: str) -> str:
    value, sign = (value, sign) if value else (0.0, "-")  # a zero has no sign
    text = f"{value:{sign}.{digits}g}"
    return f"{value:{sign}.0f}" if "e+" in text and abs(value) < LARGEST else text


def fixed(value: float, decimals: int, sign: str = "-") -> str:
    """So many decimals; what is rounded to zero has no sign."""
    rounded = round(float(value), decimals) + 0.0
    return f"{rounded:{sign if rounded else '-'}.{decimals}f}"


def span(low: float, high: float) -> str:
    """The ends of a range: `-0.5 to 2`."""
    return f"{amount(low, 3)} to {amount(high, 3)}"


def in_column(value: float, decimals: int | None) -> str:
    """With the decimals of its column, or its own where that has none in common."""
    return amount(value) if decimals is None else fixed(value, decimals)


def aligned(values: Sequence[float], digits: int = 4, sign: str = "-") -> list[str]:
    """Numbers that stand below each other: as many decimals for all as show so many digits of the largest, fewer where
    those say it all."""
    few = decimals(np.array(values, np.float64), digits)
    return [_form(value, digits, sign) if few is None else fixed(value, few, sign) for value in values]


def decimals(values: Array, digits: int = 4) -> int | None:
    """How many show so many digits of the largest number; None where they are too large or too small for any."""
    known = np.abs(values[np.isfinite(values)])
    largest = float(known.max(initial=0.0))
    if largest >= LARGEST or 0 < largest < 1e-3:
        return None
    most = max(0, digits - 1 - (int(np.floor(np.log10(largest))) if largest else 0))
    return next((few for few in range(most) if np.allclose(known, known.round(few), rtol=1e-6, atol=1e-7)), most)


def common_decimals(column: Array) -> int | None:
    """Those of numbers of the data (m,), none of which is to be shown as a zero that it is not."""
    few, sizes = decimals(column), np.abs(column[np.isfinite(column) & (column != 0)])
    return few if few is None or sizes.min(initial=np.inf) >= 0.5 * 10.0**-few else None


def within(value: float, width: int, decimals: int) -> str:
    """In so many cells, with as many of the decimals as fit; else in thousands or millions: 182k. Wider if need be."""
    forms = [fixed(value, few) for few in range(decimals, -1, -1)]
    if np.isfinite(value) and abs(value) < LARGEST:
        size, unit = thousands(value)
        forms += [f"{fixed(value / size, few)}{unit}" for few in (2, 1, 0)]
    else:
        forms.append(f"{value:.0e}".replace("e+", "e"))
    return next((form for form in forms if len(form) <= width), forms[-1])


def thousands(value: float) -> tuple[float, str]:
    """What the number is counted in: 1e3 and k, or more."""
    return next(((size, unit) for size, unit in UNITS if abs(value) >= 0.9995 * size), (1.0, ""))
