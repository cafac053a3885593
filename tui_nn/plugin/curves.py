"""An activation and its derivative as points of a curve, for drawing."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.engine.activation import Activation

Array = np.ndarray[Any, np.dtype[Any]]

FAR = 5.0
POINTS = 201
OTHERS = (1.0, 0.0)  # the other scores of a sample, beside an activation that mixes them


def sampled(activation: Activation, z: Array | None = None) -> tuple[Array, Array, Array]:
    """z (points,), by default from -5 to 5, with g(z) and g'(z). Raises PluginError if the activation fails.

    An activation that mixes the units of a sample (softmax) is shown as the first of three, with the others at OTHERS.
    """
    z = np.linspace(-FAR, FAR, POINTS) if z is None else np.asarray(z, np.float64)
    scores = _scores(activation, z)
    a, slope, upstream = np.empty_like(scores), np.empty_like(scores), np.zeros_like(scores)
    upstream[0] = 1
    with np.errstate(all="ignore"):
        activation.forward(scores, a)
        activation.backward(scores, a, upstream, slope)
    return z, a[0], slope[0]


def shares(activation: Activation) -> tuple[Array, Array]:
    """z (points,) of the first of three units, with the others at OTHERS, and the answers of all, (3, points)."""
    z = np.linspace(-FAR, FAR, POINTS)
    scores = _scores(activation, z)
    a = np.empty_like(scores)
    with np.errstate(all="ignore"):
        activation.forward(scores, a)
    return z, a


def _scores(activation: Activation, z: Array) -> Array:
    """z of one unit, or of three units of a sample: (units, points)."""
    if activation.jacobian_product is None:
        return z[None].copy()
    return np.stack([z, *(np.full_like(z, other) for other in OTHERS)])
