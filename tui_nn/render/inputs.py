"""Inputs of samples as columns of numbers, as many as have room whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tui_nn.render.short_names import short_names

Array = np.ndarray[Any, np.dtype[Any]]

COLUMN = 10  # cells
MISSING = "missing"


def input_names(features: Sequence[str], count: int, room: int) -> str:
    """The heading; what has no name is x1, x2, ..."""
    names = [*features, *(f"x{number}" for number in range(len(features) + 1, count + 1))][:count]
    return "".join(f"{name:>{COLUMN}}" for name in short_names(names, COLUMN - 1)[: max(0, room // COLUMN)])


def input_numbers(inputs: Array, room: int) -> str:
    """A line; NaN is a value that is missing."""
    shown = inputs[: max(0, room // COLUMN)].tolist()
    return "".join(f"{value:{COLUMN}.4g}" if value == value else f"{MISSING:>{COLUMN}}" for value in shown)
