"""An activation and its derivative as points of a curve, for whoever wants to draw them."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.engine.activation import Activation

Array = np.ndarray[Any, np.dtype[Any]]

FAR = 5.0


def sampled(activation: Activation, points: int = 201) -> tuple[Array, Array, Array]:
    """z from -5 to 5, g(z) and g'(z), each (points,). Raises PluginError if the activation fails.

    One that mixes the units of a sample (softmax) is shown as the first of two units, the other at 0.
    """
    z = np.zeros((2, points))
    z[0] = np.linspace(-FAR, FAR, points)
    if activation.jacobian_product is None:
        z = np.ascontiguousarray(z[:1])
    a, slope, upstream = np.empty_like(z), np.empty_like(z), np.zeros_like(z)
    upstream[0] = 1
    with np.errstate(all="ignore"):
        activation.forward(z, a)
        activation.backward(z, a, upstream, slope)
    return z[0], a[0], slope[0]
