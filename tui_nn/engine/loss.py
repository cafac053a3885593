"""A loss: what a wrong output costs. J is the mean of this cost over the samples of a batch.

A loss gives the cost of each sample, and this module alone divides by m: nothing else in the engine does, so a
learning rate means the same for every batch size.

An output of a sigmoid that has rounded to 1 no longer says how wrong it is: in float32 that is every z above 17. So a
loss may give its cost from the scores z as well (log-sum-exp, softplus), and where they are there it is asked that way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field, replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from tui_nn.engine.activation import Activation
from tui_nn.engine.component import Component, Decorator
from tui_nn.engine.options import accepts, only_known
from tui_nn.errors import PluginError, TuiNNError
from tui_nn.graph import STANDARD, Derivatives, vjp

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Loss(Component):
    """A loss. function: (a, y), both (outputs, samples) -> the cost of each sample, (samples,).

    derivative: (a, y) -> the derivative of each sample's cost with respect to a, (outputs, samples); with a parameter
    `out` it writes there; without a derivative, the graph supplies it. canonical: the output activation for which dJ/dz
    is exactly (a - y) / m; a test proves the shortcut equal to the chain rule. from_scores: (z, y) -> the same costs as
    function(g(z), y), with the same options and exact for every z, where g is the activation named `link`, by default
    the canonical one. output_range: the range in which an output must lie for the cost to mean something, None for any.
    signed_targets: whether the targets of classes are the output activation's own (-1 and +1 for tanh) instead of 0 and
    1. outputs: "any", "single" (two classes, one output) or "per class". chance: the mean target of each output,
    (outputs,) -> the cost of the best constant output. through: the activation that turns this loss's scores into
    probabilities, None if it takes outputs. derivatives: those that the graph knows; the registry adds plugins'.
    """

    _: KW_ONLY
    derivative: Callable[..., Any] | None = None
    canonical: str | None = None
    from_scores: Callable[..., Any] | None = None
    link: str | None = None
    output_range: tuple[float, float] | None = None
    signed_targets: bool = False
    classification_only: bool = False
    outputs: str = "any"
    chance: Callable[[Array], float] | None = None
    through: Activation | None = None
    derivatives: Derivatives = field(default=STANDARD, repr=False, compare=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "link", self.link or self.canonical)

    def accepts(self, output: Activation) -> bool:
        """Whether outputs of this activation lie where the cost is defined."""
        if self.output_range is None:
            return True
        return output.range[0] >= self.output_range[0] and output.range[1] <= self.output_range[1]

    def takes_scores(self, output: Activation) -> bool:
        """Whether the costs of outputs of this activation are better taken from their z."""
        return self.from_scores is not None and self.link == output.name

    def costs(self, a: Array, y: Array, *, at_z: bool = False) -> Array:
        """The cost of each sample, (samples,). at_z: `a` holds the scores z, for which `from_scores` is asked.

        Raises PluginError if the function fails or gives another shape.
        """
        try:
            costs = np.asarray(self._function(at_z)(a, y, **self.settings))
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

    def value(self, a: Array, y: Array, weights: Array | None = None, *, at_z: bool = False) -> float:
        """The mean cost over the samples; with weights (samples,), the mean of weight x cost. at_z: as for `costs`."""
        costs = self.costs(a, y, at_z=at_z)
        return float(np.mean(costs if weights is None else costs * weights, dtype=np.float64))

    def of(self, output: Activation) -> Loss:
        """The loss as it is for this output activation: a plugin may have put another function in the place of a name,
        and for that one a - y and `from_scores` are wrong. Without them the chain rule is used.
        """
        if output.name not in (self.canonical, self.link):
            return self
        z = np.array([[-1.5, 0.25, 2.0, 0.5], [0.75, -1.0, 1.25, -2.0]][: 1 if self.outputs == "single" else 2])
        y = np.eye(2)[:, [0, 1, 1, 0]][: len(z)]
        a, chain = np.empty_like(z), np.empty_like(z)
        output.forward(z, a)
        right = True
        if self.from_scores is not None:
            right = np.allclose(self.costs(z, y, at_z=True), self.costs(a, y), rtol=1e-9)
        if right and self.canonical == output.name:
            self.gradient(a, y, 1, chain)
            output.backward(z, a, chain.copy(), chain)
            right = np.allclose(chain, a - y, atol=1e-9)
        return self if right else replace(self, canonical=None, from_scores=None)

    def on_scores(self, link: Activation) -> Loss:
        """The same loss for a network that gives scores z instead of a = g(z), with g the `link` of this loss."""
        if self.canonical == link.name:
            derivative: Callable[..., Any] | None = partial(_residual, link)
        else:
            derivative = partial(_chained, link, self) if self.from_scores is None else None
        return replace(
            self,
            function=self.from_scores or partial(_through, link, self.function),
            derivative=derivative,
            canonical=None,
            from_scores=None,
            link=None,
            output_range=None,
            through=link,
        )

    def _function(self, at_z: bool) -> Callable[..., Any]:
        if not at_z:
            return self.function
        assert self.from_scores is not None
        return self.from_scores

    @cached_property
    def _derivative_settings(self) -> dict[str, Any]:
        return only_known(self.derivative, self.settings) if self.derivative else {}

    @cached_property
    def _derivative_writes_out(self) -> bool:
        return self.derivative is not None and accepts(self.derivative, "out")

    def shortcut(self, output: Activation) -> bool:
        """Whether dJ/dz is (a - y) / m for this output activation."""
        return self.canonical == output.name

    def gradient(self, a: Array, y: Array, samples: int, out: Array, *, at_z: bool = False) -> None:
        """Write dJ/da into `out`, (outputs, samples of a); J is the mean over `samples`, which may be more.

        at_z: `a` holds the scores z, and dJ/dz is what is written.
        """
        try:
            if self.derivative is None or at_z:
                function, mean = self._function(at_z), np.full(a.shape[1], 1 / samples, dtype=a.dtype)
                out[...] = vjp(lambda node: function(node, y, **self.settings), a, mean, self.derivatives)[1]
                return
            if self._derivative_writes_out:
                self.derivative(a, y, out=out, **self._derivative_settings)
                out *= 1 / samples
                return
            np.multiply(self.derivative(a, y, **self._derivative_settings), 1 / samples, out=out)
        except TuiNNError:
            raise
        except Exception as error:
            raise PluginError(f"the derivative of loss '{self.name}' raised {type(error).__name__}: {error}") from error


def _linked(link: Activation, z: Array) -> Array:
    a = np.empty_like(z)
    link.forward(np.ascontiguousarray(z), a)
    return a


def _through(link: Activation, function: Callable[..., Any], z: Array, y: Array, **settings: Any) -> Any:
    """The costs of a = g(z)."""
    return function(_linked(link, z), y, **settings)


def _chained(link: Activation, loss: Loss, z: Array, y: Array) -> Array:
    """dJ/dz of each sample by way of its outputs."""
    a, slope, out = _linked(link, z), np.empty_like(z), np.empty_like(z)
    loss.gradient(a, y, 1, slope)
    link.backward(z, a, slope, out)
    return out


def _residual(link: Activation, z: Array, y: Array) -> Array:
    """dJ/dz of a loss whose canonical activation is `link`: a - y."""
    residual: Array = _linked(link, z) - y
    return residual


loss = Decorator(Loss)
