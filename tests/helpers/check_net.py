"""The net of 3, 5 and 3 units on which Coursera's exercise 4 checks gradients: five samples, numbers made of sines."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.engine.layer import Dense
from tui_nn.engine.network import Network, with_ones
from tui_nn.plugin.registry import Registry

Array = np.ndarray[Any, np.dtype[Any]]


def check_net(registry: Registry) -> tuple[Network, Array, Array]:
    """The network, its inputs (4, 5) with the row of ones, and its targets (3, 5): all in float64."""
    sigmoid = registry.get("activation", "sigmoid")
    network = Network(3, [Dense(5, sigmoid), Dense(3, sigmoid)], np.float64)
    for theta in network.parameters.thetas:
        assert theta is not None
        theta[...] = _filled(*theta.shape)
    return network, with_ones(_filled(5, 3), np.float64).T, np.eye(3)[[1, 2, 0, 1, 2]].T


def _filled(rows: int, columns: int) -> Array:
    """sin(1 ... n) / 10, column by column."""
    values: Array = (np.sin(np.arange(1, rows * columns + 1)) / 10).reshape((rows, columns), order="F")
    return values
