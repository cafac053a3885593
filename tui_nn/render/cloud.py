"""Samples as points, a series of them for each class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.text import Text

from tui_nn.render.curve import DOTS, Series, point_dots
from tui_nn.render.look import Look
from tui_nn.render.palette import DISTINCT, accent

Array = np.ndarray[Any, np.dtype[Any]]

ROUNDS = "●○■"  # of the classes that have a colour first, second and third
MARKS = "oxabcdefghijklmnpqrstuvwyz"  # of classes, where no colour tells them apart


def points_alone(series: Sequence[Series], width: int, height: int, look: Look) -> Text:
    """Points where axes have no room: dots from the smallest to the largest x and y, of the last class in a cell."""
    xs, ys = (np.concatenate([getattr(one, axis) for one in series]) for axis in ("x", "y"))
    if not len(xs) or width < 1 or height < 1:
        return Text()
    spans = [(float(one.min()), float(one.max())) for one in (xs, ys)]
    x_range, y_range = ((low, high if high > low else low + 1) for low, high in spans)
    grid, owner = np.zeros((height, width), np.int64), np.zeros((height, width), np.int64)
    for number, one in enumerate(series):
        if len(one.x):
            dots = point_dots(one.x, one.y, x_range, y_range, width * 2, height * 4)
            cells = (dots.reshape(height, 4, width, 2) * DOTS[None, :, None, :]).sum(axis=(1, 3))
            grid |= cells
            owner[cells > 0] = number
    has_letters = look.is_plain
    text = Text(no_wrap=True, end="")
    for row in range(height):
        for cell, number in zip(grid[row].tolist(), owner[row].tolist(), strict=True):
            one = series[number]
            letter = one.ascii_marker if has_letters else chr(0x2800 + cell)
            text.append(letter if cell else " ", accent(one.style, look) if cell else "")
        text.append("\n" if row < height - 1 else "")
    return text


def cloud(points: Array, classes: Array, names: Sequence[str], look: Look, *, are_classes: bool = True) -> list[Series]:
    """points (m, 2) of classes (m,), numbers of names; without any name all are one series.

    Where there are more classes than colours, those of one colour have marks of their own, and the first letter of each
    stands in the middle of its points, if that tells them apart; without colours it is the mark of each. are_classes:
    whether the names are those of classes.
    """
    series = []
    letters = [name[:1] for name in names]
    differ = are_classes and len(set(letters)) == len(names) > 2
    # Classes of one character each need no legend but the first and the last.
    said = [f"to {names[-1]}: the class", *[""] * (len(names) - 1)] if differ and max(map(len, names)) == 1 else names
    for kind, name in enumerate((said if look.depth == "none" else names) or ("samples",)):
        chosen = points[classes == kind] if names else points
        letter = letters[kind] if differ else MARKS[kind % len(MARKS)]
        mark = letter if look.depth == "none" else ROUNDS[kind // len(DISTINCT) % len(ROUNDS)]
        style = DISTINCT[kind % len(DISTINCT)]
        series.append(Series(name, chosen[:, 0], chosen[:, 1], style, mark, letter, is_joined=False))
    if len(names) > len(DISTINCT) and differ and look.depth != "none":
        for kind, letter in enumerate(letters):
            if (classes == kind).any():
                x, y = np.median(points[classes == kind], axis=0)
                style = series[kind].style
                series.append(Series("", x[None], y[None], style, letter, letter, is_joined=False, is_mark=True))
    if look.depth == "none":
        # The first of all series is drawn in dots: with an empty one there, each class has its letter.
        series.insert(0, Series("", np.empty(0), np.empty(0)))
    return series
