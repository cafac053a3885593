"""Derivatives of further numpy functions, given to the graph by the same hook as any other.

Each takes the upstream gradient g, the result y and the arguments, and returns a gradient for every argument.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tui_nn.plugin import Derivative, derivative

Array = np.ndarray[Any, np.dtype[Any]]


@derivative(np.arcsin)
def arcsin(g: Array, y: Array, x: Array) -> tuple[Array]:
    """The angle from -pi/2 to pi/2 whose sine is x.

    Formula: d arcsin(x) / dx = 1 / sqrt(1 - x^2)
    """
    return (g / np.sqrt(1 - x * x),)


@derivative(np.arccos)
def arccos(g: Array, y: Array, x: Array) -> tuple[Array]:
    """The angle from 0 to pi whose cosine is x.

    Formula: d arccos(x) / dx = -1 / sqrt(1 - x^2)
    """
    return (-g / np.sqrt(1 - x * x),)


@derivative(np.arctanh)
def arctanh(g: Array, y: Array, x: Array) -> tuple[Array]:
    """The number whose tanh is x.

    Formula: d arctanh(x) / dx = 1 / (1 - x^2)
    """
    return (g / (1 - x * x),)


@derivative(np.arccosh)
def arccosh(g: Array, y: Array, x: Array) -> tuple[Array]:
    """The positive number whose cosh is x.

    Formula: d arccosh(x) / dx = 1 / sqrt(x^2 - 1)
    """
    return (g / np.sqrt(x * x - 1),)


@derivative(np.arctan2)
def arctan2(g: Array, y: Array, a: Array, b: Array) -> tuple[Array, Array]:
    """The angle of the point (b, a) from the first axis.

    Formula: d arctan2(a, b) / da = b / (a^2 + b^2), / db = -a / (a^2 + b^2)
    """
    return g * b / (a * a + b * b), -g * a / (a * a + b * b)


@derivative(np.hypot)
def hypot(g: Array, y: Array, a: Array, b: Array) -> tuple[Array, Array]:
    """The length of (a, b).

    Formula: d hypot(a, b) / da = a / hypot(a, b), / db = b / hypot(a, b)
    """
    return g * a / y, g * b / y


@derivative("erf")
def erf(g: Array, y: Array, x: Array) -> tuple[Array]:
    """The error function, `scipy.special.erf`, which the exact GELU uses.

    Formula: d erf(x) / dx = 2 / sqrt(pi) e^(-x^2)
    """
    return (g * (2 / math.sqrt(math.pi)) * np.exp(-x * x),)


DERIVATIVES: list[Derivative] = [arcsin, arccos, arctanh, arccosh, arctan2, hypot, erf]
