"""A function with its derivative: what an author of an activation wants to see."""

from __future__ import annotations

from typing import Any

import numpy as np
from rich.text import Text

from tui_nn.render.canvas import boxed
from tui_nn.render.curve import Series, curve
from tui_nn.render.look import Look
from tui_nn.render.palette import TRAIN, VALIDATION

Array = np.ndarray[Any, np.dtype[Any]]

APART = 16  # lines: room enough for two pictures


def function_plot(z: Array, value: Array, slope: Array, width: int, height: int, look: Look | None = None) -> Text:
    """g(z) and g'(z), all (points,), over common axes; one below the other where no colour tells them apart."""
    look = look or Look()
    series = [Series("g(z)", z, value, TRAIN), Series("g'(z)", z, slope, VALIDATION, "○", "o")]
    if look.depth == "none" and not look.ascii and height >= APART:
        halves = (curve([one], width, height // 2, look, "z", has_values=False) for one in series)
        return boxed([line for half in halves for line in half.split("\n")], width, height)
    return curve(series, width, height, look, "z", has_values=False)
