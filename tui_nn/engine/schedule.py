"""A schedule: what the learning rate is multiplied with as training goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, overload

from tui_nn.engine.description import first_line
from tui_nn.engine.options import accepts, options_of


@dataclass(frozen=True)
class Schedule:
    """function: (progress in [0, 1)) -> factor of the learning rate.

    A function that has a parameter `epoch` is given the epochs done so far, with their fraction; one that has
    `losses` is given the loss after each epoch so far, the first before training.
    """

    name: str
    function: Callable[..., float]
    description: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def options(self) -> dict[str, Any]:
        """Name -> default of what the experiment file may set."""
        return options_of(self.function)

    def configured(self, **settings: Any) -> Schedule:
        """The same schedule with some of its options set."""
        return replace(self, settings={**self.settings, **settings})

    @cached_property
    def _wanted(self) -> tuple[bool, bool]:
        return accepts(self.function, "epoch"), accepts(self.function, "losses")

    def factor(self, step: int, steps: int, batches: int, losses: Sequence[float] = ()) -> float:
        """The factor before update `step` (counts from 1) of `steps` in all, `batches` in an epoch."""
        given: dict[str, Any] = {}
        if self._wanted[0]:
            given["epoch"] = (step - 1) / batches
        if self._wanted[1]:
            given["losses"] = losses
        return float(self.function((step - 1) / steps, **given, **self.settings))


@overload
def schedule(function: Callable[..., float]) -> Schedule: ...
@overload
def schedule(*, name: str | None = ...) -> Callable[[Callable[..., float]], Schedule]: ...


def schedule(
    function: Callable[..., float] | None = None, *, name: str | None = None
) -> Schedule | Callable[[Callable[..., float]], Schedule]:
    """Make a schedule of a function progress -> factor."""

    def decorate(function: Callable[..., float]) -> Schedule:
        return Schedule(name or function.__name__, function, first_line(function.__doc__))

    return decorate(function) if function is not None else decorate
