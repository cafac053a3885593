"""Long short-term memory: beside the state, a cell that is only added to, so errors flow back without shrinking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tui_nn.plugin import Initializer, sigmoid
from tui_nn_recurrent.recurrent import Array, Recurrent, RecurrentSlot


class LstmSlot(RecurrentSlot):
    """c: the cells, (T + 1, units, samples). i, f, g, o, shown: gates and tanh c of each step. dc: dJ/dc."""

    def __init__(self, layer: Lstm, inputs: int, samples: int, dtype: DTypeLike) -> None:
        super().__init__(layer, inputs, samples, dtype)
        shape = (len(self.seen), layer.units, samples)
        self.c: Array = np.zeros((shape[0] + 1, *shape[1:]), dtype)
        self.i, self.f, self.g = np.empty(shape, dtype), np.empty(shape, dtype), np.empty(shape, dtype)
        self.o, self.shown = np.empty(shape, dtype), np.empty(shape, dtype)
        self.dc: Array = np.empty(shape[1:], dtype)


@dataclass(frozen=True)
class Lstm(Recurrent):
    """Long short-term memory: gates say what a cell takes in, keeps and shows.

    Theta has the rows of i, f, g and o, in PyTorch's order. The bias of f starts 1 higher, so cells keep their contents
    until they learn to forget (Jozefowicz et al., 2015).

    Formula: z = Theta [1; x_t; h_{t-1}]; i, f, o = sigmoid(z), g = tanh(z); c_t = f c_{t-1} + i g, h_t = o tanh(c_t)
    Reference: Hochreiter and Schmidhuber (1997), with the forget gate of Gers et al. (2000)
    """

    name: ClassVar[str] = "lstm"
    blocks: ClassVar[int] = 4

    def initialize(self, theta: Array, initializer: Initializer, random: np.random.Generator) -> None:
        super().initialize(theta, initializer, random)
        theta[self.units : 2 * self.units, 0] += 1

    def slot(self, inputs: int, samples: int, dtype: DTypeLike) -> LstmSlot:
        return LstmSlot(self, inputs, samples, dtype)

    def step(self, slot: Any, t: int, h: Array) -> Array:
        units, z = self.units, slot.gates[t]
        if not t:
            slot.c[0] = h  # both start at 0
        slot.theta.dot(slot.seen[t], z)
        slot.i[t] = sigmoid(z[:units])
        slot.f[t] = sigmoid(z[units : 2 * units])
        slot.g[t] = np.tanh(z[2 * units : 3 * units])
        slot.o[t] = sigmoid(z[3 * units :])
        slot.c[t + 1] = slot.f[t] * slot.c[t] + slot.i[t] * slot.g[t]
        slot.shown[t] = np.tanh(slot.c[t + 1])
        state: Array = slot.o[t] * slot.shown[t]
        return state

    def begin_backward(self, slot: Any) -> None:
        slot.dc.fill(0)

    def step_backward(self, slot: Any, t: int) -> None:
        units, dz = self.units, slot.dgates
        i, f, g, o, shown = slot.i[t], slot.f[t], slot.g[t], slot.o[t], slot.shown[t]
        slot.dc += slot.dh * o * (1 - shown * shown)
        dz[:units] = slot.dc * g * i * (1 - i)
        dz[units : 2 * units] = slot.dc * slot.c[t] * f * (1 - f)
        dz[2 * units : 3 * units] = slot.dc * i * (1 - g * g)
        dz[3 * units :] = slot.dh * shown * o * (1 - o)
        slot.dc *= f
        self.through_theta(slot, t)
