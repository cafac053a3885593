"""Samples as points, a series of them for each class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tui_nn.render.curve import Series
from tui_nn.render.look import Look
from tui_nn.render.palette import DISTINCT

Array = np.ndarray[Any, np.dtype[Any]]

MARKS = "oxabcdefghijklmnpqrstuvwyz"  # of classes, where no colour tells them apart


def cloud(points: Array, classes: Array, names: Sequence[str], look: Look) -> list[Series]:
    """points (m, 2) of classes (m,), numbers of names; without any name all are one series.

    Where there are more classes than colours, the first letter of each stands in the middle of its points, if that
    tells them apart.
    """
    series = []
    for kind, name in enumerate(names or ("samples",)):
        chosen = points[classes == kind] if names else points
        letter = MARKS[kind % len(MARKS)]
        mark = letter if look.depth == "none" else "●"
        style = DISTINCT[kind % len(DISTINCT)]
        series.append(Series(name, chosen[:, 0], chosen[:, 1], style, mark, letter, is_joined=False))
    letters = [name[:1] for name in names]
    if len(names) > len(DISTINCT) and len(set(letters)) == len(names) and look.depth != "none":
        for kind, letter in enumerate(letters):
            if (classes == kind).any():
                x, y = np.median(points[classes == kind], axis=0)
                style = series[kind].style
                series.append(Series("", x[None], y[None], style, letter, letter, is_joined=False, is_mark=True))
    if look.depth == "none":
        # The first of all series is drawn in dots: with an empty one there, each class has its letter.
        series.insert(0, Series("", np.empty(0), np.empty(0)))
    return series
