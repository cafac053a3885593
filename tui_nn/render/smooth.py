"""Smoothing of noisy series: an exponential moving average without the bias of its start.

The average of the first k values weighs them by 1 - w^k as Adam does, so that the line begins at the data.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

MOST = 4096  # points that are averaged one by one: no screen has more columns


def thinned(x: Array, y: Array, most: int = MOST) -> tuple[Array, Array]:
    """Means over blocks of equal length where there are more than `most` points."""
    if len(y) <= most:
        return x, y
    every = -(-len(y) // most)
    starts = np.arange(0, len(y), every)
    counts = np.diff([*starts, len(y)])
    return x[np.minimum(starts + every - 1, len(y) - 1)], np.add.reduceat(y, starts) / counts


def smooth(x: Array, y: Array, weight: float) -> tuple[Array, Array]:
    """x and y (n,) -> x and the averages; weight from 0 (as it is) to below 1 (a straight line). NaN stays out."""
    x, y = thinned(np.asarray(x, np.float64), np.asarray(y, np.float64))
    good = np.isfinite(y)
    x, y = x[good], y[good]
    averages = np.empty_like(y)
    total, share = 0.0, 1.0
    for index, value in enumerate(y.tolist()):
        total = weight * total + (1 - weight) * value
        share *= weight
        averages[index] = total / (1 - share)
    return x, averages
