"""What can be said of a few numbers, one a seed: their mean, how far they scatter, and how sure the mean is.

The interval is Student's: mean +- t s / sqrt(n). For whole degrees of freedom the distribution is a finite sum
(Abramowitz and Stegun, 26.7.3 and 26.7.4), so no library is needed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """n numbers: mean, sample standard deviation, half the confidence interval; None where n is too small."""

    n: int
    mean: float | None
    deviation: float | None
    half_width: float | None


def estimate(values: Sequence[float], confidence: float = CONFIDENCE) -> Estimate:
    """Mean, deviation (divided by n - 1) and the interval that holds the true mean with `confidence`."""
    n = len(values)
    if not n:
        return Estimate(0, None, None, None)
    mean = math.fsum(values) / n
    if n == 1:
        return Estimate(1, mean, None, None)
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (n - 1))
    return Estimate(n, mean, deviation, t_quantile(n - 1, confidence) * deviation / math.sqrt(n))


def t_quantile(degrees: int, confidence: float) -> float:
    """The t that |T| stays below with probability `confidence`; degrees of freedom from 1."""
    low, high = 0.0, math.pi / 2  # theta = arctan(t / sqrt(degrees)), in which the probability grows
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, degrees) < confidence else (low, middle)
    return math.tan((low + high) / 2) * math.sqrt(degrees)


def _within(theta: float, degrees: int) -> float:
    """P(|T| < sqrt(degrees) tan(theta))."""
    sine, cosine = math.sin(theta), math.cos(theta)
    odd = degrees % 2
    term = cosine if odd else 1.0
    total = 0.0
    for index in range(1 + odd, degrees, 2):
        total += term
        term *= cosine * cosine * index / (index + 1)
    if odd:
        return 2 / math.pi * (theta + sine * total)
    return sine * total
