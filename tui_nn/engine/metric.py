"""A metric: a number about predictions that a person understands, measured and never trained on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, overload

import numpy as np

from tui_nn.engine.description import first_line
from tui_nn.engine.options import accepts
from tui_nn.errors import ExperimentError, PluginError

Array = np.ndarray[Any, np.dtype[Any]]
Better = Literal["low", "high"]  # which values of a number are the good ones


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
    "matrix": counts (classes, classes), which views draw and no requirement can name. better: "low" for errors and
    costs, "high" for shares that are right; None if it does not say, and then whoever needs to know asks.
    """

    name: str
    function: Callable[..., Any]
    task: str = "classification"
    of: str = "labels"
    returns: str = "number"
    description: str = ""
    better: Better | None = None

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
            raise PluginError(f"metric '{self.name}' returned {value!r}; expected a number.") from None


def direction(name: str, declared: Better | None, said: Better | None, how: str) -> Better:
    """Which way a metric is better: as it declares, or as the person said; `how` tells how to say it.

    Raises ExperimentError if neither does, and if they disagree: nothing is guessed.
    """
    if declared and said and declared != said:
        raise ExperimentError(f"'{name}' declares that {declared} is better; found '{said}'.")
    better = declared or said
    if better is None:
        raise ExperimentError(
            f"'{name}' does not say which way is better. {how}, or declare it in the plugin: @metric(better=\"low\") "
            'or "high".'
        )
    return better


@overload
def metric(function: Callable[..., Any]) -> Metric: ...
@overload
def metric(
    *, name: str | None = ..., task: str = ..., of: str = ..., returns: str = ..., better: Better | None = ...
) -> Callable[[Callable[..., Any]], Metric]: ...


def metric(
    function: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    task: str = "classification",
    of: str = "labels",
    returns: str = "number",
    better: Better | None = None,
) -> Metric | Callable[[Callable[..., Any]], Metric]:
    """Make a metric of a function (predicted, true) -> float; task is "classification", "regression" or "any".

    better: "low" or "high", which early stopping and the ranking of a sweep ask for. Raises PluginError for any other.
    """

    def decorate(function: Callable[..., Any]) -> Metric:
        called = name or function.__name__
        if better not in ("low", "high", None):
            raise PluginError(f'metric \'{called}\': better is {better!r}; expected "low" or "high".')
        return Metric(called, function, task, of, returns, first_line(function.__doc__), better)

    return decorate(function) if function is not None else decorate
