"""The gated recurrent unit: a state that its gate keeps or replaces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tui_nn.plugin import sigmoid
from tui_nn_recurrent.recurrent import Array, Recurrent, RecurrentSlot


class GruSlot(RecurrentSlot):
    """r, keep, new: the gates and the candidate state, (T, units, samples). held: U h + c of the new state."""

    def __init__(self, layer: Gru, inputs: int, samples: int, dtype: DTypeLike) -> None:
        super().__init__(layer, inputs, samples, dtype)
        shape = (len(self.seen), layer.units, samples)
        self.r, self.keep = np.empty(shape, dtype), np.empty(shape, dtype)
        self.new, self.held = np.empty(shape, dtype), np.empty(shape, dtype)
        self.from_h: Array = np.empty((3 * layer.units, samples), dtype)
        self.by_h: Array = np.empty((layer.units + 1, samples), dtype)


@dataclass(frozen=True)
class Gru(Recurrent):
    """Gated recurrent unit: r says how much of the old state enters a new one, k how much of the old state is kept.

    Theta has the rows of r, k and n, in PyTorch's order, and one more column after those of the state: c, a bias that r
    scales with the state (PyTorch's `bias_hh`).

    Formula: r, k = sigmoid(W x_t + U h + b + c), n = tanh(W x_t + b + r (U h + c)), h_t = (1 - k) n + k h
    Reference: Cho et al. (2014), in the form of cuDNN and PyTorch
    """

    name: ClassVar[str] = "gru"
    blocks: ClassVar[int] = 3

    @property
    def columns(self) -> int:
        """The columns of every recurrent layer, and the bias that r scales."""
        return 2 + self.features + self.units

    def slot(self, inputs: int, samples: int, dtype: DTypeLike) -> GruSlot:
        return GruSlot(self, inputs, samples, dtype)

    def step(self, slot: Any, t: int, h: Array) -> Array:
        units, split = self.units, 1 + self.features
        by_x, by_h = slot.theta[:, :split].dot(slot.seen[t][:split]), slot.from_h
        slot.theta[:, split:].dot(np.concatenate([h, slot.x[:1]]), by_h)
        slot.r[t] = sigmoid(by_x[:units] + by_h[:units])
        slot.keep[t] = sigmoid(by_x[units : 2 * units] + by_h[units : 2 * units])
        slot.held[t] = by_h[2 * units :]
        slot.new[t] = np.tanh(by_x[2 * units :] + slot.r[t] * slot.held[t])
        state: Array = slot.new[t] + slot.keep[t] * (h - slot.new[t])
        return state

    def step_backward(self, slot: Any, t: int) -> None:
        units, split = self.units, 1 + self.features
        r, keep, new, held, h = slot.r[t], slot.keep[t], slot.new[t], slot.held[t], slot.h[t]
        to_n = slot.dh * (1 - keep) * (1 - new * new)
        to_r = to_n * held * r * (1 - r)
        to_keep = slot.dh * (h - new) * keep * (1 - keep)
        dz = slot.dgates
        dz[:units], dz[units : 2 * units], dz[2 * units :] = to_r, to_keep, to_n
        slot.gradient[:, :split] += dz.dot(slot.seen[t][:split].T)
        slot.back[:split] = slot.theta[:, :split].T.dot(dz)
        dz[2 * units :] *= r  # what reaches the state's part of n has passed r
        slot.gradient[:, split:-1] += dz.dot(h.T)
        slot.gradient[:, -1] += dz.sum(axis=1)
        slot.back[split:] = slot.theta[:, split:-1].T.dot(dz)
        slot.back[split:] += slot.dh * keep
