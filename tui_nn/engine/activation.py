"""An activation: the function g that turns a neuron's weighted sum z into its output a = g(z).

An author writes g; the derivative g'(z) is given beside it, or the computational graph supplies it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np

from tui_nn.engine.component import Component, Decorator
from tui_nn.engine.options import accepts, only_known
from tui_nn.errors import PluginError, TuiNNError
from tui_nn.graph import STANDARD, Derivatives, vjp

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Activation(Component):
    """An activation. function: z (units, samples) -> a of the same shape.

    With a parameter `out`, function writes there and allocates nothing. derivative: (z, a) -> g'(z), elementwise.
    jacobian_product: (z, a, upstream) -> dJ/dz, for functions that mix the units of a sample (softmax). With neither,
    the graph differentiates `function`. range: the open interval of the outputs; losses that need probabilities check
    it. targets: the desired outputs for a class that a sample is not, and is, unless they are the ends of the range.
    trainable: False for a function whose derivative is 0 wherever it exists. initializer: the name of the one that
    suits its units, unless it is the usual one. derivatives: those that the graph knows; the registry adds plugins'.
    """

    _: KW_ONLY
    derivative: Callable[..., Any] | None = None
    jacobian_product: Callable[..., Any] | None = None
    range: tuple[float, float] = (-math.inf, math.inf)
    targets: tuple[float, float] | None = None
    trainable: bool = True
    initializer: str = ""
    derivatives: Derivatives = field(default=STANDARD, repr=False, compare=False)

    @cached_property
    def _into(self) -> Callable[..., Any] | None:
        """The function with its settings, where it takes `out`: looked up once, for small nets feel every call."""
        return _bound(self.function, self.settings) if accepts(self.function, "out") else None

    @cached_property
    def _derivative_into(self) -> Callable[..., Any] | None:
        if self.derivative is None or not accepts(self.derivative, "out"):
            return None
        return _bound(self.derivative, self._derivative_settings)

    @cached_property
    def _derivative_settings(self) -> dict[str, Any]:
        used = self.derivative or self.jacobian_product
        return only_known(used, self.settings) if used else {}

    def forward(self, z: Array, out: Array) -> None:
        """Write g(z) into `out`; both (units, samples).

        Raises PluginError if the function raises or gives another shape.
        """
        try:
            if self._into is not None:
                self._into(z, out=out)
                return
            a = self.function(z, **self.settings)
        except TuiNNError:
            raise
        except Exception as error:
            raise PluginError(
                f"activation '{self.name}' raised {type(error).__name__}: {error}. "
                f"It was given z of shape {z.shape}, {z.dtype}."
            ) from error
        if np.shape(a) != z.shape:
            raise PluginError(
                f"activation '{self.name}' returned shape {np.shape(a)} for z of shape {z.shape}; "
                "an activation keeps the shape."
            )
        out[...] = a

    def backward(self, z: Array, a: Array, upstream: Array, out: Array) -> None:
        """Write dJ/dz into `out`, given dJ/da in `upstream`; all (units, samples)."""
        try:
            if self._derivative_into is not None:
                self._derivative_into(z, a, out=out)
                np.multiply(upstream, out, out)
            elif self.derivative is not None:
                np.multiply(upstream, self.derivative(z, a, **self._derivative_settings), out=out)
            elif self.jacobian_product is not None:
                out[...] = self.jacobian_product(z, a, upstream, **self._derivative_settings)
            else:
                out[...] = vjp(lambda node: self.function(node, **self.settings), z, upstream, self.derivatives)[1]
        except TuiNNError:
            raise
        except Exception as error:
            raise PluginError(
                f"the derivative of activation '{self.name}' raised {type(error).__name__}: {error}"
            ) from error


def _bound(function: Callable[..., Any], settings: Mapping[str, Any]) -> Callable[..., Any]:
    return partial(function, **settings) if settings else function


activation = Decorator(Activation)
