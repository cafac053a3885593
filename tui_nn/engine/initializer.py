"""An initializer: how the weights are drawn before training. Units that start equal stay equal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_nn.engine.component import Component, Decorator
from tui_nn.errors import PluginError

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Initializer(Component):
    """An initializer. function: (random, fan_in, fan_out) -> weights (fan_out, fan_in); biases start at `bias`.

    A function that draws the bias too gives (fan_out, fan_in + 1), and `bias` is added to its column 0.
    """

    @property
    def options(self) -> dict[str, Any]:
        """Name -> default of what the experiment file may set."""
        return {**super().options, "bias": 0.0}

    def fill(self, theta: Array, random: np.random.Generator) -> None:
        """Fill theta (s_j, s_{j-1} + 1) in place. Raises PluginError for another shape, and what is not finite."""
        settings = dict(self.settings)
        bias = settings.pop("bias", 0.0)
        fan_out, fan_in = theta.shape[0], theta.shape[1] - 1
        drawn = np.asarray(self.function(random, fan_in, fan_out, **settings))
        if drawn.dtype.kind not in "fiub" or not np.isfinite(drawn).all():
            raise PluginError(
                f"initializer '{self.name}' returned weights that are not finite numbers ({drawn.dtype})."
            )
        if drawn.shape == theta.shape:
            theta[...] = drawn
            theta[:, 0] += bias
        elif drawn.shape == (fan_out, fan_in):
            theta[:, 0] = bias
            theta[:, 1:] = drawn
        else:
            raise PluginError(
                f"initializer '{self.name}' returned shape {drawn.shape} for a fan-in of {fan_in} and a fan-out of "
                f"{fan_out}; expected {(fan_out, fan_in)}, or {theta.shape} with the bias in column 0."
            )


initializer = Decorator(Initializer)
