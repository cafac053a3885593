"""Sigmoid and softplus that do not overflow, as single gates: they work on arrays and on nodes alike.

The textbook 1 / (1 + e^-z) overflows in float32 below z = -88; its value survives, its gradient becomes NaN.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.graph.derivatives import logistic
from tui_nn.graph.node import Node, apply


def _softplus(z: Any) -> Any:
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def sigmoid(z: Any) -> Any:
    """1 / (1 + e^-z), finite for every z, as is its derivative."""
    return apply("sigmoid", logistic, (z,), {}) if isinstance(z, Node) else logistic(z)


def softplus(z: Any) -> Any:
    """log(1 + e^z), finite for every z; its derivative is the sigmoid."""
    return apply("softplus", _softplus, (z,), {}) if isinstance(z, Node) else _softplus(z)
