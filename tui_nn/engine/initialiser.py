"""An initialiser: how the weights are drawn before training. Units that start equal stay equal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, overload

import numpy as np

from tui_nn.engine.description import first_line
from tui_nn.engine.options import options_of
from tui_nn.errors import PluginError

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Initialiser:
    """function: (random, fan_in, fan_out) -> weights (fan_out, fan_in); the bias column starts at `bias`.

    A function that draws the bias too gives (fan_out, fan_in + 1), and `bias` is added to its column 0.
    """

    name: str
    function: Callable[..., Any]
    description: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def options(self) -> dict[str, Any]:
        """Name -> default of what the experiment file may set."""
        return {**options_of(self.function), "bias": 0.0}

    def configured(self, **settings: Any) -> Initialiser:
        """The same initialiser with some of its options set."""
        return replace(self, settings={**self.settings, **settings})

    def fill(self, theta: Array, random: np.random.Generator) -> None:
        """Fill theta (s_j, s_{j-1} + 1) in place."""
        settings = dict(self.settings)
        bias = settings.pop("bias", 0.0)
        fan_out, fan_in = theta.shape[0], theta.shape[1] - 1
        drawn = np.asarray(self.function(random, fan_in, fan_out, **settings))
        if drawn.shape == theta.shape:
            theta[...] = drawn
            theta[:, 0] += bias
        elif drawn.shape == (fan_out, fan_in):
            theta[:, 0] = bias
            theta[:, 1:] = drawn
        else:
            raise PluginError(
                f"initialiser '{self.name}' returned shape {drawn.shape} for a fan-in of {fan_in} and a fan-out of "
                f"{fan_out}; expected {(fan_out, fan_in)}, or {theta.shape} with the bias in column 0."
            )


@overload
def initialiser(function: Callable[..., Any]) -> Initialiser: ...
@overload
def initialiser(*, name: str | None = ...) -> Callable[[Callable[..., Any]], Initialiser]: ...


def initialiser(
    function: Callable[..., Any] | None = None, *, name: str | None = None
) -> Initialiser | Callable[[Callable[..., Any]], Initialiser]:
    """Make an initialiser of a function (random, fan_in, fan_out) -> weights."""

    def decorate(function: Callable[..., Any]) -> Initialiser:
        return Initialiser(name or function.__name__, function, first_line(function.__doc__))

    return decorate(function) if function is not None else decorate
