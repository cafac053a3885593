"""A function, and what two networks of one input make of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from rich.text import Text

from tui_nn.render.curve import Series, curve
from tui_nn.render.look import Look
from tui_nn.render.palette import DISTINCT, TRAIN, VALIDATION

Array = np.ndarray[Any, np.dtype[Any]]


def approximation(
    x: Array,
    f: Array,
    by_hand: Array,
    trained: Array | None,
    names: tuple[str, str, str],
    width: int,
    height: int,
    look: Look | None = None,
    x_label: str = "x",
) -> Text:
    """All (p,), trained None where there is none; names of the three."""
    series = [
        Series(names[0], x, f, TRAIN),
        Series(names[1], x, by_hand, DISTINCT[0], "▪", "#"),
    ]
    if trained is not None:
        series.append(Series(names[2], x, trained, VALIDATION, "○", "o"))
    return curve(series, width, height, look, x_label, has_values=False)
