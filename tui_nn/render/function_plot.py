"""A function with its derivative: what an author of an activation wants to see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.text import Text

from tui_nn.render.canvas import boxed
from tui_nn.render.curve import Series, curve
from tui_nn.render.look import Look
from tui_nn.render.palette import TRAIN, VALIDATION

Array = np.ndarray[Any, np.dtype[Any]]

APART = 16  # lines: room enough for two pictures
BESIDE, GAP = 40, 2  # cells: the same beside each other, and what lies between them


def function_plot(z: Array, value: Array, slope: Array, width: int, height: int, look: Look | None = None) -> Text:
    """g(z) and g'(z), all (points,)."""
    series = [Series("g(z)", z, value, TRAIN), Series("g'(z)", z, slope, VALIDATION, "○", "o")]
    return two_curves(series, width, height, look or Look(), "z")


def two_curves(series: Sequence[Series], width: int, height: int, look: Look, x_label: str) -> Text:
    """Over common axes; where no colour tells them apart each has its own, if it has room."""

    def drawn(these: Sequence[Series], width: int, height: int) -> Text:
        return curve(these, width, height, look, x_label, has_values=False)

    are_alike = look.depth == "none" and not look.ascii and len(series) == 2
    if are_alike and height >= APART:
        return boxed([line for one in series for line in drawn([one], width, height // 2).split("\n")], width, height)
    if are_alike and width >= BESIDE:
        left, right = (drawn([one], (width - GAP) // 2, height).split("\n") for one in series)
        for line in left:
            line.pad_right((width - GAP) // 2 + GAP - line.cell_len)
        return boxed([Text.assemble(*pair) for pair in zip(left, right, strict=True)], width, height)
    return drawn(series, width, height)
