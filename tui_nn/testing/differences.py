"""A derivative held against centred differences, point by point, with an eye for kinks.

At a kink (ReLU at 0) there are two slopes, and every value between them is right. A kink is known by its two one-sided
slopes, which stay apart however small the step, so a wrong derivative of a smooth function is never taken for one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

STEPS = (1e-4, 1e-5, 1e-6, 1e-7)
FLOOR = 1e-3  # errors are relative to a derivative, and absolute where it is smaller than this
EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Comparison:
    """All of the shape of the points. errors: relative, 0 where a kink's slopes enclose the derivative."""

    errors: Array
    numerical: Array
    kinks: Array

    @property
    def worst(self) -> tuple[int, ...]:
        """The index of the largest error."""
        return tuple(int(i) for i in np.unravel_index(int(self.errors.argmax()), self.errors.shape))

    @property
    def error(self) -> float:
        """The largest error."""
        return float(self.errors.max(initial=0.0))


def compare(value: Callable[[Array], Array], at: Array, derivative: Array, rows: Array | None = None) -> Comparison:
    """`derivative` (n, lanes) of `value` at the points `at` (n, lanes), float64.

    value: (n, lanes) -> (lanes,); a lane depends on its own column alone, so all lanes are moved at once. rows: the
    rows to look at, all of them if not given.
    """
    centre = value(at)
    errors, numerical, kinks = np.zeros(at.shape), np.full(at.shape, np.nan), np.zeros(at.shape, bool)
    noise = 4 * EPSILON * (1 + np.abs(centre))
    for row in np.arange(len(at)) if rows is None else rows:
        given = derivative[row]
        best, found = np.full(at.shape[1], np.inf), np.full(at.shape[1], np.nan)
        sides = []
        for h in STEPS:
            up, down = at.copy(), at.copy()
            up[row] += h
            down[row] -= h
            above, below = value(up), value(down)
            slope = (above - below) / (up[row] - down[row])
            off = np.maximum(np.abs(slope - given) - noise / h, 0)
            error = off / np.maximum(np.maximum(np.abs(slope), np.abs(given)), FLOOR)
            better = error < best
            best, found = np.where(better, error, best), np.where(better, slope, found)
            sides.append(((above - centre) / (up[row] - at[row]), (centre - below) / (at[row] - down[row])))
        (right1, left1), (right2, left2) = sides[-2:]
        gap1, gap2 = np.abs(right1 - left1), np.abs(right2 - left2)
        kink = (gap2 > 0.5 * gap1) & (gap2 > 1e-6 * (1 + np.abs(centre)) + 4 * noise / STEPS[-1])
        jump = kink & (gap2 > 5 * gap1)  # the function itself leaps, and has no slope at all
        low, high = np.minimum(right2, left2), np.maximum(right2, left2)
        slack = 1e-5 * np.maximum(1, np.abs(given))
        enclosed = kink & (jump | ((given >= low - slack) & (given <= high + slack)))
        best[enclosed] = 0
        # Where the function is not finite there is nothing to compare; another check says so.
        best[~np.isfinite(found) & np.isfinite(given)] = 0
        best[~np.isfinite(given)] = np.inf
        best[np.isnan(best)] = 0
        errors[row], numerical[row], kinks[row] = best, found, kink
    return Comparison(errors, numerical, kinks)
