"""A metric: a number about predictions that a person understands, measured and never trained on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, overload

import numpy as np

from tui_nn.engine.description import first_line
from tui_nn.engine.options import accepts
from tui_nn.errors import PluginError

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Measured:
    """What metrics are computed from. For a regression `predicted` and `true` are outputs and targets, (m, outputs)."""

    costs: Array  # (m,)
    outputs: Array  # (m, outputs)
    predicted: Array  # (m,) labels
    true: Array  # (m,) labels
    classes: int  # 0 for a regression


@dataclass(frozen=True)
class Metric:
    """A named metric.

    of "labels": function (predicted, true), labels (m,) for a classification, numbers (m, outputs) for a
    regression. of "outputs": (outputs, true), so that ranks count too. of "costs": (costs,), what the loss gives
    for each sample, (m,). A function with a parameter `classes` is told their number. returns "number", or
    "matrix": counts (classes, classes), which views draw and no requirement can name.
    """

    name: str
    function: Callable[..., Any]
    task: str = "classification"
    of: str = "labels"
    returns: str = "number"
    description: str = ""

    def suits(self, classes: int) -> bool:
        """Whether it can be measured with this number of classes, 0 for a regression."""
        return self.task == "any" or self.task == ("classification" if classes else "regression")

    @cached_property
    def _wants_classes(self) -> bool:
        return accepts(self.function, "classes")

    def value(self, measured: Measured) -> Any:
        """A float, or an integer matrix. Raises PluginError if the function fails."""
        arguments: tuple[Any, ...] = {
            "labels": (measured.predicted, measured.true),
            "outputs": (measured.outputs, measured.true),
            "costs": (measured.costs,),
        }[self.of]
        known = {"classes": measured.classes} if self._wants_classes else {}
        try:
            value = self.function(*arguments, **known)
        except Exception as error:
            raise PluginError(f"metric '{self.name}' raised {type(error).__name__}: {error}") from error
        if self.returns == "matrix":
            return np.asarray(value)
        try:
            return float(value)
        except (TypeError, ValueError):
            raise PluginError(f"metric '{self.name}' gave {value!r}; expected a number.") from None


@overload
def metric(function: Callable[..., Any]) -> Metric: ...
@overload
def metric(
    *, name: str | None = ..., task: str = ..., of: str = ..., returns: str = ...
) -> Callable[[Callable[..., Any]], Metric]: ...


def metric(
    function: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    task: str = "classification",
    of: str = "labels",
    returns: str = "number",
) -> Metric | Callable[[Callable[..., Any]], Metric]:
    """Make a metric of a function (predicted, true) -> float; task is "classification", "regression" or "any"."""

    def decorate(function: Callable[..., Any]) -> Metric:
        return Metric(name or function.__name__, function, task, of, returns, first_line(function.__doc__))

    return decorate(function) if function is not None else decorate
