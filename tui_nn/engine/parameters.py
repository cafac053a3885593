"""All parameters of a network in one flat vector, with a matrix view Theta^(j) for each layer.

An optimizer is then a few whole-vector operations, a snapshot is one copy, and the bias column that weight decay
leaves alone is a mask.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

Array = np.ndarray[Any, np.dtype[Any]]
# As Optimizer.update: parameters, gradient, state, rate, step.
Update = Callable[[Array, Array, dict[str, Array], float, int], None]


class ParameterVector:
    """Parameters and their gradient, each flat, with views of shape (s_j, s_{j-1} + 1), bias in column 0.

    `thetas` and `gradients` hold one entry a layer; a layer without parameters has None. frozen: places in the flat
    vector that a step leaves as they are; None for none.
    """

    def __init__(
        self,
        shapes: Sequence[tuple[int, int] | None],
        dtype: DTypeLike = np.float32,
        values: Array | None = None,
    ) -> None:
        """`values` are the parameters themselves where another vector shares them; else all are 0."""
        sizes = [shape[0] * shape[1] if shape else 0 for shape in shapes]
        self.shapes = tuple(shapes)
        self.values: Array = np.zeros(sum(sizes), dtype) if values is None else values
        self.gradient: Array = np.zeros_like(self.values)
        self.thetas = self.views(self.values)
        self.gradients = self.views(self.gradient)
        # 1 where a weight decays, 0 on the bias of every unit: lambda never touches Theta[:, 0].
        self.decays: Array = np.ones_like(self.values)
        for mask in self.views(self.decays):
            if mask is not None:
                mask[:, 0] = 0

        self.frozen: Array | None = None
        self._scratch: Array = np.empty_like(self.values)
        self._decay = 0.0
        self._decay_mask: Array = self.decays

    def __len__(self) -> int:
        return len(self.values)

    def add_decay(self, decay: float, absolute: float = 0.0) -> None:
        """Add the gradient of the penalty: decay x weight + absolute x its sign, the bias excluded."""
        if decay:
            if decay != self._decay:
                self._decay, self._decay_mask = decay, self.decays * self.decays.dtype.type(decay)
            self.gradient += np.multiply(self.values, self._decay_mask, out=self._scratch)
        if absolute:
            np.sign(self.values, out=self._scratch)
            self._scratch *= self.decays
            self._scratch *= absolute
            self.gradient += self._scratch

    def clip_gradient(self, norm: float | None, value: float | None) -> None:
        """Cut every component to [-value, value]; then shrink the whole gradient to at most this length."""
        if value is not None:
            np.clip(self.gradient, -value, value, out=self.gradient)
        if norm is not None:
            length = float(np.sqrt(np.dot(self.gradient, self.gradient)))
            if length > norm:
                self.gradient *= norm / length

    def holding(self, update: Update) -> Update:
        """The update with what is frozen left as it is, bit for bit, whatever an optimizer remembers or decays."""
        frozen = self.frozen
        if frozen is None:
            return update

        def held(values: Array, gradient: Array, state: dict[str, Array], rate: float, step: int) -> None:
            kept = values[frozen]
            update(values, gradient, state, rate, step)
            values[frozen] = kept

        return held

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
