"""A loss: what a wrong output costs. J is the mean of this cost over the samples of a batch.

A loss gives the cost of each sample, and this module alone divides by m: nothing else in the engine does, so a
learning rate means the same for every batch size.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from tui_nn.engine.activation import Activation
from tui_nn.engine.component import Component, Decorator
from tui_nn.engine.options import accepts, only_known
from tui_nn.errors import PluginError, TuiNNError
from tui_nn.graph import STANDARD, Table, vjp

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Loss(Component):
    """function: (a, y), both (outputs, samples) -> the cost of each sample, (samples,). derivative: (a, y) -> the
    derivative of each sample's cost with respect to a, (outputs, samples); without one the graph supplies it.
    canonical: the output activation for which dJ/dz is exactly (a - y) / m; a test proves the shortcut equal to
    the chain rule. output_range: what an output must lie in for the cost to mean something, None for any.
    signed_targets: whether the targets of two classes follow the output activation's range (-1 and +1 for
    tanh) instead of 0 and 1. outputs: "any", "single" (two classes, one output) or "per class". A derivative with a
    parameter `out` writes there. chance: the mean target of each output, (outputs,), -> what the best constant answer
    costs. derivatives: what the graph knows; the registry adds plugins'.
    """

    _: KW_ONLY
    derivative: Callable[..., Any] | None = None
    canonical: str | None = None
    output_range: tuple[float, float] | None = None
    signed_targets: bool = False
    classification_only: bool = False
    outputs: str = "any"
    chance: Callable[[Array], float] | None = None
    derivatives: Table = field(default=STANDARD, repr=False, compare=False)

    def accepts(self, output: Activation) -> bool:
        """Whether outputs of this activation lie where the cost is defined."""
        if self.output_range is None:
            return True
        return output.range[0] >= self.output_range[0] and output.range[1] <= self.output_range[1]

    def costs(self, a: Array, y: Array) -> Array:
        """The cost of each sample, (samples,). Raises PluginError if the function fails or has another shape."""
        try:
            costs = np.asarray(self.function(a, y, **self.settings))
        except TuiNNError:
            raise
        except Exception as error:
            raise PluginError(f"loss '{self.name}' raised {type(error).__name__}: {error}") from error
        if costs.shape != (a.shape[1],):
            raise PluginError(
                f"loss '{self.name}' returned shape {costs.shape} for outputs of shape {a.shape}; "
                f"expected one cost a sample, {(a.shape[1],)}: sum over axis 0."
            )
        return costs

    def value(self, a: Array, y: Array, weights: Array | None = None) -> float:
        """The mean cost over the samples; with weights (samples,), the mean of weight x cost."""
        costs = self.costs(a, y)
        return float(np.mean(costs if weights is None else costs * weights))

    def on_scores(self, link: Activation) -> Loss:
        """The same loss for a network that gives scores z instead of a = g(z), with g the canonical `link`.

        Its derivative with respect to z is a - y.
        """

        def linked(z: Array) -> Array:
            a = np.empty_like(z)
            link.forward(np.ascontiguousarray(z), a)
            return a

        return replace(
            self,
            function=lambda z, y: self.function(linked(z), y, **self.settings),
            derivative=lambda z, y: linked(z) - y,
            canonical=None,
            output_range=None,
            settings={},
        )

    @cached_property
    def _derivative_settings(self) -> dict[str, Any]:
        return only_known(self.derivative, self.settings) if self.derivative else {}

    @cached_property
    def _derivative_writes_out(self) -> bool:
        return self.derivative is not None and accepts(self.derivative, "out")

    def shortcut(self, output: Activation) -> bool:
        """Whether dJ/dz is (a - y) / m for this output activation."""
        return self.canonical == output.name

    def gradient(self, a: Array, y: Array, samples: int, out: Array) -> None:
        """Write dJ/da into `out`, (outputs, samples of a); J is the mean over `samples`, which may be more."""
        try:
            if self._derivative_writes_out:
                self.derivative(a, y, out=out, **self._derivative_settings)  # type: ignore[misc]
                out *= 1 / samples
                return
            if self.derivative is not None:
                np.multiply(self.derivative(a, y, **self._derivative_settings), 1 / samples, out=out)
                return
            mean = np.full(a.shape[1], 1 / samples, dtype=a.dtype)
            out[...] = vjp(lambda node: self.function(node, y, **self.settings), a, mean, self.derivatives)[1]
        except TuiNNError:
            raise
        except Exception as error:
            raise PluginError(f"the derivative of loss '{self.name}' raised {type(error).__name__}: {error}") from error


loss = Decorator(Loss)
