"""Theta at one moment, as readers get it: copies, never a view into a buffer that somebody writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Weights:
    """step: after how many updates. thetas: (s_j, s_{j-1} + 1) each, one for every layer that has parameters."""

    step: int
    thetas: tuple[Array, ...]


def size_of(shapes: Sequence[tuple[int, int] | None]) -> int:
    """How many parameters there are in all."""
    return sum(shape[0] * shape[1] for shape in shapes if shape is not None)


def matrices_of(step: int, flat: Array, shapes: Sequence[tuple[int, int] | None]) -> Weights:
    """The matrices of a flat parameter vector."""
    thetas = []
    start = 0
    for shape in shapes:
        if shape is not None:
            end = start + shape[0] * shape[1]
            thetas.append(flat[start:end].reshape(shape).copy())
            start = end
    return Weights(step, tuple(thetas))
