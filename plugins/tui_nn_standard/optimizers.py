"""Optimizers, in order of increasing complexity: each is a few operations on whole vectors.

State called "scratch" is working space and carries nothing from one step to the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from tui_nn.plugin import ExperimentError, Optimizer, State

Array = np.ndarray[Any, np.dtype[Any]]

TINY = 1e-30  # a moment below it moves no parameter
TIDY_EVERY = 64  # steps: 0.9^64 is 1e-3, so that nothing gets from TINY down to where floats are denormal


def fades(**factors: float) -> None:
    """Check factors that multiply the memory at every step: with 1 or more it would never fade."""
    for name, factor in factors.items():
        if not 0 <= factor < 1:
            raise ExperimentError(f"found {factor}; expected a number from 0 to below 1.", name)


@dataclass(frozen=True)
class Sgd(Optimizer):
    """Stochastic gradient descent, optionally with momentum or Nesterov's form of it.

    With momentum, gradients accumulate as a velocity. Nesterov's form looks one step ahead along it, in the
    variables that deep-learning libraries use.

    Formula: theta <- theta - rate g; or v <- momentum v - rate g, theta <- theta + v
    Reference: Robbins and Monro (1951); Polyak (1964); Sutskever et al. (2013)
    """

    name: ClassVar[str] = "sgd"

    rate: float = 0.1
    momentum: float = 0.0
    nesterov: bool = False

    def __post_init__(self) -> None:
        fades(momentum=self.momentum)

    def state(self, parameters: Array, decays: Array) -> State:
        state = {"scratch": np.empty_like(parameters)}
        if self.momentum:
            state["velocity"] = np.zeros_like(parameters)
        return state

    def update(self, parameters: Array, gradient: Array, state: State, rate: float, step: int) -> None:
        scratch = state["scratch"]
        np.multiply(gradient, rate, out=scratch)
        if not self.momentum:
            np.subtract(parameters, scratch, out=parameters)
            return
        velocity = state["velocity"]
        velocity *= self.momentum
        velocity -= scratch
        if self.nesterov:
            parameters -= scratch
            parameters += np.multiply(velocity, self.momentum, out=scratch)
        else:
            parameters += velocity


@dataclass(frozen=True)
class Momentum(Sgd):
    """Gradient descent with a velocity: gradients that agree add up, and those that alternate cancel.

    Formula: v <- momentum v - rate g; theta <- theta + v
    Reference: Polyak (1964)
    """

    name: ClassVar[str] = "momentum"

    momentum: float = 0.9


@dataclass(frozen=True)
class Nesterov(Momentum):
    """Momentum that takes the gradient at the point where the velocity will lead.

    Formula: v <- momentum v - rate g; theta <- theta + momentum v - rate g
    Reference: Nesterov (1983); Sutskever et al. (2013)
    """

    name: ClassVar[str] = "nesterov"

    nesterov: bool = True


@dataclass(frozen=True)
class GradientDescent(Sgd):
    """Gradient descent on all samples at once, as on the slides; needs training.batch = "full".

    Formula: theta <- theta - rate dJ/dtheta
    Reference: Cauchy (1847)
    """

    name: ClassVar[str] = "gradient_descent"
    full_batch: ClassVar[bool] = True


@dataclass(frozen=True)
class Adagrad(Optimizer):
    """Adagrad: a separate rate for each parameter, smaller the more it has moved.

    Formula: s <- s + g^2; theta <- theta - rate g / (sqrt(s) + epsilon)
    Reference: Duchi, Hazan and Singer (2011)
    """

    name: ClassVar[str] = "adagrad"

    rate: float = 0.01
    epsilon: float = 1e-10

    def state(self, parameters: Array, decays: Array) -> State:
        return {name: np.zeros_like(parameters) for name in ("squares", "scratch", "scratch2")}

    def update(self, parameters: Array, gradient: Array, state: State, rate: float, step: int) -> None:
        squares, scratch, root = state["squares"], state["scratch"], state["scratch2"]
        squares += np.square(gradient, out=scratch)
        np.sqrt(squares, out=root)
        root += self.epsilon
        np.multiply(gradient, rate, out=scratch)
        parameters -= np.divide(scratch, root, out=scratch)


@dataclass(frozen=True)
class RmsProp(Optimizer):
    """Adagrad that forgets: a gradient is divided by the root of its recent mean square.

    Formula: s <- rho s + (1 - rho) g^2; theta <- theta - rate g / (sqrt(s) + epsilon)
    Reference: Tieleman and Hinton (2012), lecture 6.5
    """

    name: ClassVar[str] = "rmsprop"

    rate: float = 0.001
    rho: float = 0.9
    epsilon: float = 1e-8

    def __post_init__(self) -> None:
        fades(rho=self.rho)

    def state(self, parameters: Array, decays: Array) -> State:
        return {name: np.zeros_like(parameters) for name in ("squares", "scratch", "scratch2")}

    def update(self, parameters: Array, gradient: Array, state: State, rate: float, step: int) -> None:
        squares, scratch, root = state["squares"], state["scratch"], state["scratch2"]
        np.square(gradient, out=scratch)
        scratch *= 1 - self.rho
        squares *= self.rho
        squares += scratch
        np.sqrt(squares, out=root)
        root += self.epsilon
        np.multiply(gradient, rate, out=scratch)
        parameters -= np.divide(scratch, root, out=scratch)


@dataclass(frozen=True)
class Adam(Optimizer):
    """Adam: a separate rate for each parameter, from moments of its gradient, corrected for their start at zero.

    Formula: m, v <- means of g, g^2; theta <- theta - rate (m / c1) / (sqrt(v / c2) + epsilon)
    Reference: Kingma and Ba (2015), Algorithm 1
    """

    name: ClassVar[str] = "adam"

    rate: float = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def __post_init__(self) -> None:
        fades(beta1=self.beta1, beta2=self.beta2)

    def state(self, parameters: Array, decays: Array) -> State:
        return {name: np.zeros_like(parameters) for name in ("first", "second", "scratch")}

    def update(self, parameters: Array, gradient: Array, state: State, rate: float, step: int) -> None:
        first, second, scratch = state["first"], state["second"], state["scratch"]
        if step % TIDY_EVERY == 0:
            # The moments of a dead unit fade away for ever, and arithmetic on denormal numbers is eight times slower.
            for moment in (first, second):
                moment[np.abs(moment, out=scratch) < TINY] = 0
        # Kept as sums, first = m / (1 - beta1) and second = v / (1 - beta2): the factors and the corrections for the
        # start at zero become two scalars below, which saves two walks over the whole vector.
        first *= self.beta1
        first += gradient
        np.multiply(gradient, gradient, out=scratch)
        second *= self.beta2
        second += scratch
        root = ((1 - self.beta2) / (1 - self.beta2**step)) ** 0.5  # sqrt(v / c2) = root x sqrt(second)
        np.sqrt(second, out=scratch)
        scratch += self.epsilon / root
        np.divide(first, scratch, out=scratch)
        scratch *= rate * (1 - self.beta1) / (1 - self.beta1**step) / root
        parameters -= scratch


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam with weight decay apart from the gradient; the bias does not decay.

    Formula: theta <- theta - rate decay theta, then Adam
    Reference: Loshchilov and Hutter (2019)
    """

    name: ClassVar[str] = "adamw"

    decay: float = 0.01

    def state(self, parameters: Array, decays: Array) -> State:
        return {**super().state(parameters, decays), "decays": decays}

    def update(self, parameters: Array, gradient: Array, state: State, rate: float, step: int) -> None:
        scratch = np.multiply(parameters, state["decays"], out=state["scratch"])
        scratch *= rate * self.decay
        parameters -= scratch
        super().update(parameters, gradient, state, rate, step)


OPTIMIZERS: list[type[Optimizer]] = [
    Sgd,
    Momentum,
    Nesterov,
    GradientDescent,
    Adagrad,
    RmsProp,
    Adam,
    AdamW,
]
