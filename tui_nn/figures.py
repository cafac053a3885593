"""How a number that was measured is written: a loss, an accuracy, how far runs are apart."""

from __future__ import annotations


def figure(value: float) -> str:
    """Four digits after the point, or three in all where that would leave none: targets may be of any size."""
    return f"{value:.2e}" if 0 < abs(value) < 0.001 else f"{value:.4f}"
