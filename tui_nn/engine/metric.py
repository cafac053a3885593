"""A metric: a number about predictions that a person understands, measured and never trained on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, overload

from tui_nn.engine.options import first_line
from tui_nn.errors import PluginError


@dataclass(frozen=True)
class Metric:
    """function: (predicted, true) -> float.

    For a classification both are labels, (samples,) integers; for a regression both are (samples, outputs).
    """

    name: str
    function: Callable[[Any, Any], float]
    task: str = "classification"
    description: str = ""

    def value(self, predicted: Any, true: Any) -> float:
        """The metric of these predictions. Raises PluginError if the function fails."""
        try:
            return float(self.function(predicted, true))
        except Exception as error:
            raise PluginError(f"metric '{self.name}' raised {type(error).__name__}: {error}") from error


@overload
def metric(function: Callable[[Any, Any], float]) -> Metric: ...
@overload
def metric(*, name: str | None = ..., task: str = ...) -> Callable[[Callable[[Any, Any], float]], Metric]: ...


def metric(
    function: Callable[[Any, Any], float] | None = None,
    *,
    name: str | None = None,
    task: str = "classification",
) -> Metric | Callable[[Callable[[Any, Any], float]], Metric]:
    """Make a metric of a function (predicted, true) -> float; task is "classification" or "regression"."""

    def decorate(function: Callable[[Any, Any], float]) -> Metric:
        return Metric(name or function.__name__, function, task, first_line(function.__doc__))

    return decorate(function) if function is not None else decorate
