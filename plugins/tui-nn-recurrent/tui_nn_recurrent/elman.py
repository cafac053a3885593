"""The simple recurrent layer: a neuron's output is its state and its own next input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from tui_nn_recurrent.recurrent import Array, Recurrent


@dataclass(frozen=True)
class Elman(Recurrent):
    """Elman's recurrent layer: each state follows from the step's input and the state before.

    Formula: h_t = tanh(Theta [1; x_t; h_{t-1}]), h_0 = 0
    Reference: Elman (1990); through time: Werbos (1990)
    """

    name: ClassVar[str] = "elman"
    blocks: ClassVar[int] = 1

    def step(self, slot: Any, t: int, h: Array) -> Array:
        z = slot.gates[t]
        slot.theta.dot(slot.seen[t], z)
        state: Array = np.tanh(z)
        return state

    def step_backward(self, slot: Any, t: int) -> None:
        h = slot.h[t + 1]
        np.multiply(h, h, out=slot.dgates)
        np.subtract(1, slot.dgates, out=slot.dgates)
        slot.dgates *= slot.dh
        self.through_theta(slot, t)
