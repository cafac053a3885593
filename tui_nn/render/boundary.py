"""What a network answers all over the plane, with the data on it: where it changes its mind is the decision boundary.

Two classes, or a single number, are one field in the diverging palette. More classes are a colour each, the darker
the less sure; without colour each class has its letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.style import Style
from rich.text import Text

from tui_nn.render.canvas import boxed, too_small
from tui_nn.render.look import Look
from tui_nn.render.palette import DIM, DISTINCT, accent, colour, glyphs, levels, pair

Array = np.ndarray[Any, np.dtype[Any]]
Extent = tuple[float, float, float, float]  # x from, x to, y from, y to

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def boundary(
    field: Array,
    labels: Array | None,
    points: Array,
    classes_of_points: Array,
    extent: Extent,
    names: Sequence[str],
    width: int,
    height: int,
    look: Look | None = None,
) -> Text:
    """The answers as a picture that fills the box.

    field: (rows, columns), -1 to 1 for two classes or a number, row 0 at the top; or with `labels`, (rows, columns)
    classes, how sure the answer is, 0 to 1. points: (m, 2) in the units of `extent`; classes_of_points: (m,).
    """
    look = look or Look()
    if width < 12 or height < 5:
        return too_small(width, height)
    columns, rows = width, height - 2
    picture = _sampled(field, rows * 2, columns)
    kinds = None if labels is None else _sampled(labels, rows * 2, columns)
    marks = _marks(points, classes_of_points, extent, rows, columns)
    lines = [_line(row, picture, kinds, marks, names, look) for row in range(rows)]
    left, right, bottom, top = extent
    axes = f"x {left:.3g} to {right:.3g}, y {bottom:.3g} to {top:.3g}"
    return boxed([_caption(names, labels is not None, look), *lines, Text(axes, accent(DIM, look))], width, height)


def _sampled(values: Array, rows: int, columns: int) -> Array:
    """Nearest values, so that a field of any size fills the box."""
    down = (np.arange(rows) * len(values) // rows)[:, None]
    sampled: Array = values[down, np.arange(columns) * values.shape[1] // columns]
    return sampled


def _marks(points: Array, kinds: Array, extent: Extent, rows: int, columns: int) -> dict[tuple[int, int], int]:
    """(row, column) of a cell -> the class of a point in it."""
    left, right, bottom, top = extent
    across = np.floor((points[:, 0] - left) / (right - left) * columns).astype(int)
    down = np.floor((top - points[:, 1]) / (top - bottom) * rows).astype(int)
    inside = (across >= 0) & (across < columns) & (down >= 0) & (down < rows)
    at = zip(down[inside].tolist(), across[inside].tolist(), strict=True)
    return dict(zip(at, kinds[inside].tolist(), strict=True))


def _line(
    row: int, field: Array, kinds: Array | None, marks: dict[tuple[int, int], int], names: Sequence[str], look: Look
) -> Text:
    line = Text(no_wrap=True)
    plain = look.depth == "none" or look.ascii
    upper, lower = field[2 * row], field[2 * row + 1]
    if kinds is None:
        shades = levels(np.stack([upper, lower]), 1.0, look)
        faint = glyphs((upper + lower) / 2) if plain else ""
    else:
        faint = "".join(LETTERS[int(kind) % 26] for kind in kinds[2 * row]) if plain else ""
    for column in range(len(upper)):
        mark = marks.get((row, column))
        if plain:
            line.append(faint[column] if mark is None else _mark(mark, names, look))
            continue
        if kinds is None:
            top, bottom = int(shades[0, column]), int(shades[1, column])
            style, behind = pair(top, bottom, look.depth, look.light), colour(bottom, look.depth, look.light)
        else:
            behind = _class_colour(int(kinds[2 * row + 1, column]), float(lower[column]), look)
            style = Style.parse(f"{_class_colour(int(kinds[2 * row, column]), float(upper[column]), look)} on {behind}")
        if mark is None:
            line.append("▀", style)
        else:
            line.append(_mark(mark, names, look), Style.parse(f"bold {_point_colour(mark, names, look)} on {behind}"))
    return line


def _mark(kind: int, names: Sequence[str], look: Look) -> str:
    if len(names) <= 2:
        return ("ox" if look.ascii or look.depth == "none" else "○●")[kind % 2]
    return LETTERS[kind % 26].upper() if look.ascii or look.depth == "none" else "●"


def _point_colour(kind: int, names: Sequence[str], look: Look) -> str:
    if len(names) > 2:
        return _class_colour(kind, 1.6, look)
    if look.depth == "16":
        return ("bright_yellow", "bright_cyan")[kind % 2]
    if look.light:
        return ("#5a2800", "#00285a")[kind % 2]
    return ("#ffd9a8", "#cfe8ff")[kind % 2]


def _class_colour(kind: int, sure: float, look: Look) -> str:
    base = DISTINCT[kind % len(DISTINCT)]
    if look.depth == "16":
        return str(accent(base, look).color.name)  # type: ignore[union-attr]
    share = min(1.0, 0.2 + 0.4 * round(sure * 5) / 5)
    red, green, blue = (round(int(base[at : at + 2], 16) * share) for at in (1, 3, 5))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _caption(names: Sequence[str], several: bool, look: Look) -> Text:
    text = Text(no_wrap=True)
    if not names:
        return text.append("blue: above 0, orange: below", accent(DIM, look))
    for kind, name in enumerate(names):
        mark = _mark(kind, names, look)
        text.append(mark, "" if look.depth == "none" else _point_colour(kind, names, look)).append(f" {name}  ")
    if several and (look.depth == "none" or look.ascii):
        text.append("small letters: answers, capitals: data")
    return text
