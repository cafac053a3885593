"""All parameters of a network in one flat vector, with a matrix view Theta^(j) for each layer.

An optimiser is then a few whole-vector operations, a snapshot is one copy, and the bias column that weight decay
leaves alone is a mask.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

Array = np.ndarray[Any, np.dtype[Any]]


class ParameterVector:
    """Parameters and their gradient, each flat, with views of shape (s_j, s_{j-1} + 1), bias in column 0.

    `thetas` and `gradients` hold one entry a layer; a layer without parameters has None.
    """

    def __init__(self, shapes: Sequence[tuple[int, int] | None], dtype: DTypeLike = np.float32) -> None:
        sizes = [shape[0] * shape[1] if shape else 0 for shape in shapes]
        self.shapes = tuple(shapes)
        self.values: Array = np.zeros(sum(sizes), dtype)
        self.gradient: Array = np.zeros_like(self.values)
        self.thetas = self.views(self.values)
        self.gradients = self.views(self.gradient)
        # 1 where a weight decays, 0 on the bias of every unit: lambda never touches Theta[:, 0].
        self.decays: Array = np.ones_like(self.values)
        for mask in self.views(self.decays):
            if mask is not None:
                mask[:, 0] = 0

    def __len__(self) -> int:
        return len(self.values)

    def views(self, flat: Array) -> tuple[Array | None, ...]:
        """Matrix views of any flat vector of this size, one a layer."""
        views: list[Array | None] = []
        start = 0
        for shape in self.shapes:
            if shape is None:
                views.append(None)
                continue
            end = start + shape[0] * shape[1]
            views.append(flat[start:end].reshape(shape))
            start = end
        return tuple(views)
