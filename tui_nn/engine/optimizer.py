"""An optimizer: how a gradient becomes a change of the parameters. A few operations on whole flat vectors."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any, ClassVar

import numpy as np

from tui_nn.engine.description import first_line
from tui_nn.errors import PluginError
from tui_nn.spelling import understand

Array = np.ndarray[Any, np.dtype[Any]]
State = dict[str, Array]
# The cost J at these parameters, with its gradient: both as the flat vector holds them.
Evaluate = Callable[[], tuple[float, Array]]


class Optimizer(ABC):
    """The base of all optimizers. Subclasses are frozen dataclasses, whose fields are their options.

    All its memory is in `state`, named flat vectors that a checkpoint can save; the step count is passed in.
    `full_batch` is set by one that only makes sense on all samples at once.
    """

    name: ClassVar[str]
    description: ClassVar[str] = ""
    full_batch: ClassVar[bool] = False
    rate: float

    def __init_subclass__(cls) -> None:
        understand(cls, ("minimize",))
        if "description" not in vars(cls):
            cls.description = first_line(cls.__doc__)

    @classmethod
    def options(cls) -> dict[str, Any]:
        """Name -> default of what the experiment file may set."""
        return {option.name: option.default for option in fields(cls)}  # type: ignore[arg-type]

    def fresh_state(self, parameters: Array, decays: Array) -> State:
        """A fresh `state`. Raises PluginError if it is no dictionary of arrays, which alone can be saved."""
        state = self.state(parameters, decays)
        if not isinstance(state, dict):
            raise PluginError(
                f"optimizer '{self.name}': state returned {state!r}; expected a dictionary of arrays, "
                '{"mean": np.zeros_like(parameters)}, or {}.'
            )
        for name, array in state.items():
            if not isinstance(name, str) or not isinstance(array, np.ndarray):
                raise PluginError(
                    f"optimizer '{self.name}': state has {name!r}: {type(array).__name__}; expected named arrays."
                )
        return state

    @abstractmethod
    def state(self, parameters: Array, decays: Array) -> State:
        """Fresh memory for a flat vector of parameters; decays is 1 where lambda applies, 0 on a bias."""

    @abstractmethod
    def update(self, parameters: Array, gradient: Array, state: State, rate: float, step: int) -> None:
        """Change `parameters` in place. `rate` is this step's learning rate, `step` counts from 1."""


class Minimizer(Optimizer):
    """An optimizer that asks for cost and gradient as often as it likes, such as one with a line search.

    It sees all samples at once, and one of its iterations is one step, and so one epoch, of the run.
    """

    full_batch = True
    rate: float = 1.0

    @abstractmethod
    def minimize(self, parameters: Array, evaluate: Evaluate, iterations: int) -> Iterator[float]:
        """Change `parameters` in place, one iteration at a time, and yield J before each iteration's change.

        Ends early where no progress is possible any more.
        """

    def state(self, parameters: Array, decays: Array) -> State:  # noqa: ARG002
        return {}

    def update(self, parameters: Array, gradient: Array, state: State, rate: float, step: int) -> None:
        raise NotImplementedError(f"{self.name} has no single steps: call minimize.")
