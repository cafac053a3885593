"""A metric: a number about predictions that a person understands, measured and never trained on."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from tui_nn.engine.component import Component, Decorator
from tui_nn.engine.options import accepts
from tui_nn.errors import ExperimentError, PluginError

Array = np.ndarray[Any, np.dtype[Any]]
Better = Literal["low", "high"]  # which values of a number are the good ones


@dataclass(frozen=True)
class Measured:
    """What metrics are computed from. For a regression `predicted` and `true` are outputs and targets, (m, outputs).
    Of several labels both are 0 and 1, (m, outputs).

    probabilities: of each class, rows that sum to 1; None where the network does not give such.
    """

    costs: Array  # (m,)
    outputs: Array  # (m, outputs)
    predicted: Array  # (m,) labels
    true: Array  # (m,) labels
    classes: int  # 0 for a regression
    probabilities: Array | None = None  # (m, classes)


# What a metric may be of -> the arguments that its function is given.
_ARGUMENTS = {
    "labels": ("predicted", "true"),
    "outputs": ("outputs", "true"),
    "probabilities": ("probabilities", "true"),
    "costs": ("costs",),
}
_DECLARED = {
    "of": tuple(_ARGUMENTS),
    "task": ("classification", "binary", "multi-label", "regression", "any"),
    "returns": ("number", "matrix"),
    "better": ("low", "high", None),
}


@dataclass(frozen=True)
class Metric(Component):
    """A metric. function: the measured arrays -> a number. Raises PluginError for an unknown declaration.

    of "labels": function (predicted, true), labels (m,) for a classification, numbers (m, outputs) for a
    regression. of "outputs": (outputs, true), so that ranks count too. of "probabilities": (probabilities, true), the
    former (m, classes) with rows that sum to 1; measured if the network's outputs are probabilities. of "costs":
    (costs,), the loss of each sample, (m,). A function with a parameter `classes` is told their number. task: where it
    means something: "classification", "binary" (two classes), "multi-label" (several answers per sample, each 0 or 1:
    labels are (m, outputs)), "regression" or "any". returns: "number", or "matrix": counts (classes, classes), which
    views draw and no requirement can name. better: "low" for errors and costs, "high" for shares that are right; None
    if it does not say, and then whoever needs to know asks.
    """

    _: KW_ONLY
    task: str = "classification"
    of: str = "labels"
    returns: str = "number"
    better: Better | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        for field, allowed in _DECLARED.items():
            if getattr(self, field) not in allowed:
                *others, last = (f'"{one}"' for one in allowed if one)
                expected = f"{', '.join(others)} or {last}"
                raise PluginError(f"metric '{self.name}': {field} is {getattr(self, field)!r}; expected {expected}.")

    @property
    def arguments(self) -> tuple[str, ...]:
        """What the function is given by position: fields of `Measured`."""
        return _ARGUMENTS[self.of]

    def suits(self, classes: int, *, probabilities: bool = True, multi_label: bool = False) -> bool:
        """Whether it can be measured with this number of classes, 0 for a regression and for several labels.

        probabilities: whether outputs are such.
        """
        if multi_label:
            return self.task in ("any", "multi-label")
        if self.of == "probabilities" and not probabilities:
            return False
        tasks = {0: ("any", "regression"), 2: ("any", "classification", "binary")}
        return self.task in tasks.get(classes, ("any", "classification"))

    @cached_property
    def _wants_classes(self) -> bool:
        return accepts(self.function, "classes")

    def value(self, measured: Measured) -> Any:
        """A float, or an integer matrix. Raises PluginError if the function fails."""
        arguments = [getattr(measured, name) for name in self.arguments]
        known = {"classes": measured.classes} if self._wants_classes else {}
        try:
            value = self.function(*arguments, **known, **self.settings)
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


metric = Decorator(Metric)
