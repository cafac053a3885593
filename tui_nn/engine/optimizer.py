"""An optimiser: how a gradient becomes a change of the parameters. A few operations on whole flat vectors."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import fields
from typing import Any, ClassVar

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
State = dict[str, Array]


class Optimizer(ABC):
    """What an optimiser must do. Subclasses are frozen dataclasses: their fields are their options.

    All its memory is in `state`, named flat vectors that a checkpoint can save; the step count is passed in.
    """

    name: ClassVar[str]
    description: ClassVar[str]
    rate: float

    @classmethod
    def options(cls) -> dict[str, Any]:
        """Name -> default of what the experiment file may set."""
        return {option.name: option.default for option in fields(cls)}  # type: ignore[arg-type]

    @abstractmethod
    def state(self, parameters: Array) -> State:
        """Fresh memory for a flat vector of parameters."""

    @abstractmethod
    def update(self, parameters: Array, gradient: Array, state: State, rate: float, step: int) -> None:
        """Change `parameters` in place. `rate` is this step's learning rate, `step` counts from 1."""
