"""A schedule: what the learning rate is multiplied with as training goes on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from typing import Any

from tui_nn.engine.component import Component, Decorator
from tui_nn.engine.options import accepts
from tui_nn.errors import PluginError


@dataclass(frozen=True)
class Schedule(Component):
    """A schedule. function: (progress in [0, 1)) -> factor of the learning rate.

    A function with a parameter `epoch` is given the epochs done so far, with their fraction. One with `losses` is given
    the loss after each epoch so far, the first before training; if the schedule was set while the run trains, those
    since then. is_constant: whether it is always 1, so that it need not be called.
    """

    _: KW_ONLY
    is_constant: bool = False

    @cached_property
    def _wanted(self) -> tuple[bool, bool]:
        return accepts(self.function, "epoch"), accepts(self.function, "losses")

    @property
    def wants_losses(self) -> bool:
        """Whether the function is given the losses so far."""
        return self._wanted[1]

    def factor(self, step: int, steps: int, batches: int, losses: Sequence[float] = ()) -> float:
        """The factor before update `step` (counts from 1) of `steps` in all, `batches` in an epoch.

        Raises PluginError for what is no number from 0.
        """
        given: dict[str, Any] = {}
        if self._wanted[0]:
            given["epoch"] = (step - 1) / batches
        if self._wanted[1]:
            given["losses"] = losses
        factor = self.function((step - 1) / steps, **given, **self.settings)
        try:
            number = float(factor)
        except (TypeError, ValueError):
            number = math.nan
        if not 0 <= number < math.inf:
            raise PluginError(
                f"schedule '{self.name}' returned {factor!r} at step {step} of {steps}; expected a factor of the rate, "
                "a number from 0."
            )
        return number


schedule = Decorator(Schedule)
