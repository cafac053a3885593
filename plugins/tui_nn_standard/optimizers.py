"""Optimisers, in order of increasing complexity: each is a few operations on whole vectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from tui_nn.plugin import Optimizer, State

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Sgd(Optimizer):
    """theta <- theta - rate x gradient; with momentum the gradients roll on as a velocity.

    Nesterov's form looks one step ahead along the velocity, as in Sutskever et al. (2013), in the variables that
    deep-learning libraries use.
    """

    name: ClassVar[str] = "sgd"
    description: ClassVar[str] = "Stochastic gradient descent, with momentum and Nesterov's form of it."

    rate: float = 0.1
    momentum: float = 0.0
    nesterov: bool = False

    def state(self, parameters: Array) -> State:
        state = {"scratch": np.empty_like(parameters)}
        if self.momentum:
            state["velocity"] = np.zeros_like(parameters)
        return state

    def update(self, parameters: Array, gradient: Array, state: State, rate: float, step: int) -> None:  # noqa: ARG002
        scratch = state["scratch"]
        if not self.momentum:
            parameters -= np.multiply(gradient, rate, out=scratch)
            return
        velocity = state["velocity"]
        np.multiply(gradient, rate, out=scratch)
        velocity *= self.momentum
        velocity -= scratch
        if self.nesterov:
            parameters -= scratch
            parameters += np.multiply(velocity, self.momentum, out=scratch)
        else:
            parameters += velocity


@dataclass(frozen=True)
class Adam(Optimizer):
    """Adam, Algorithm 1 of Kingma and Ba (2015): moments of the gradient, corrected for their start at zero."""

    name: ClassVar[str] = "adam"
    description: ClassVar[str] = "A rate of its own for each parameter, from moments of its gradient."

    rate: float = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def state(self, parameters: Array) -> State:
        names = ("first", "second", "scratch", "square")
        return {name: np.zeros_like(parameters) for name in names}

    def update(self, parameters: Array, gradient: Array, state: State, rate: float, step: int) -> None:
        first, second = state["first"], state["second"]
        scratch, square = state["scratch"], state["square"]
        first *= self.beta1
        first += np.multiply(gradient, 1 - self.beta1, out=scratch)
        np.square(gradient, out=square)
        square *= 1 - self.beta2
        second *= self.beta2
        second += square
        # theta -= rate x (m / c1) / (sqrt(v / c2) + epsilon), with c the corrections of the first steps.
        np.divide(second, 1 - self.beta2**step, out=square)
        np.sqrt(square, out=square)
        square += self.epsilon
        np.multiply(first, rate / (1 - self.beta1**step), out=scratch)
        scratch /= square
        parameters -= scratch
