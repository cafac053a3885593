"""A number in the units of the data as a person writes it: a price of 182,347 is no 1.823e+05."""

from __future__ import annotations

LARGEST = 1e12  # from which on powers of ten say more than digits


def amount(value: float, digits: int = 4) -> str:
    """So many digits, and all of those before the point."""
    text = f"{value:.{digits}g}"
    return f"{value:.0f}" if "e+" in text and abs(value) < LARGEST else text
