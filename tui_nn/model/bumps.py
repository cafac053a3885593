"""A network of one hidden layer that approximates a function, its weights set by hand: universal approximation shown.

The interval is cut into N parts. Over each stands a bump, a pair of steep sigmoids of which one rises at the left end
of the part and the other falls at its right end: h (s(k (x - left)) - s(k (x - right))). Its height h is half way
between the lowest and the highest f there, so that no constant is nearer to f. The outermost two ends are moved
outwards by a part, for at an end itself a sigmoid is only half way up.
Two neighbours meet half way between their heights.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from tui_nn.plurals import plural

Array = np.ndarray[Any, np.dtype[Any]]

STEEPNESS = 40.0  # of the sigmoids, in widths of a part: 80 % of a step lies within a ninth of it
HIGHEST = 700.0  # where exp still is a number


def bumps_by_hand(x: Array, f: Array, count: int) -> tuple[Array, Array]:
    """Theta^(1) (2 count, 2) and Theta^(2) (1, 2 count + 1) for values f (p,) of a function at rising x (p,).

    Units 2 i - 1 and 2 i are the i-th bump; the output has no bias. Raises ValueError for fewer than two points.
    """
    if len(x) < 2 or count < 1:
        raise ValueError(
            f"{plural(count, 'bump')} over {plural(len(x), 'point')}; expected one at least, over two points or more"
        )
    edges = np.linspace(x[0], x[-1], count + 1)
    width = edges[1] - edges[0]
    heights = []
    for left, right in itertools.pairwise(edges):
        # The ends of a part need not be among the points.
        inside = np.concatenate([f[(x >= left) & (x <= right)], np.interp([left, right], x, f)])
        heights.append((inside.min() + inside.max()) / 2)
    edges[[0, -1]] += -width, width
    sides = np.column_stack([edges[:-1], edges[1:]]).ravel()
    slope = STEEPNESS / width
    hidden = np.column_stack([-slope * sides, np.full(2 * count, slope)])
    output = np.column_stack([heights, np.negative(heights)]).ravel()
    return hidden, np.concatenate([[0.0], output])[None]


def bumps_at(thetas: tuple[Array, Array], x: Array) -> Array:
    """What that network says at x (p,)."""
    hidden, output = thetas
    z = hidden[:, :1] + hidden[:, 1:] * x
    a = 1 / (1 + np.exp(-np.clip(z, -HIGHEST, HIGHEST)))
    said: Array = output[0, 0] + output[0, 1:] @ a
    return said
