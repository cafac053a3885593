"""Two smooth relatives of ReLU: `swish` with a derivative by hand, and `mish` without: the graph supplies it."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.plugin import Activation, activation, hookimpl, sigmoid, softplus

Array = np.ndarray[Any, np.dtype[Any]]

__version__ = "0.1.0"


def _swish_derivative(z: Array, a: Array, beta: float = 1.0) -> Array:
    gate = sigmoid(beta * z)
    derivative: Array = gate + beta * a * (1 - gate)
    return derivative


@activation(derivative=_swish_derivative)
def swish(z: Array, beta: float = 1.0) -> Array:
    """Swish: z times its own gate. With beta 0 it is a straight line, with 1 silu, with a large one nearly ReLU.

    Formula: a = z sigmoid(beta z)
    Derivative: s + beta a (1 - s) with s = sigmoid(beta z)
    Reference: Ramachandran, Zoph and Le (2017)
    """
    # 1 / (1 + exp(-z)) would overflow in float32 below z = -88; `sigmoid` does not.
    a: Array = z * sigmoid(beta * z)
    return a


@activation
def mish(z: Array) -> Array:
    """Mish: smooth, not monotonic, bounded below by about -0.31.

    Formula: a = z tanh(log(1 + exp z))
    Reference: Misra (2019)
    """
    a: Array = z * np.tanh(softplus(z))
    return a


@hookimpl
def tui_nn_activations() -> list[Activation]:
    return [swish, mish]
