"""An accelerator: compiled stand-ins for the parts of training that it knows. They compute what numpy computes, to
rounding, in less time; what an accelerator does not know stays with numpy.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, Protocol

import numpy as np

from tui_nn.engine.description import first_line
from tui_nn.engine.loss import Loss
from tui_nn.engine.network import Network
from tui_nn.engine.optimizer import Optimizer, State
from tui_nn.engine.parameters import Update as Update
from tui_nn.engine.penalty import Penalty

Array = np.ndarray[Any, np.dtype[Any]]
# x (samples, inputs + 1), y (samples, outputs), weights (samples,) or None, outputs (outputs, samples) to be filled
# (with the last layer's z where `Network.takes_scores`), the number of the first step, the rate of each.
Learn = Callable[[Array, Array, Array | None, Array, int, Callable[[int], float]], None]


class Steps(Protocol):
    """What an accelerator sees of the steps that it may stand in for. `penalty` and `batch` may change between blocks.

    state: the optimizer's memory. one_by_one: a block of steps in numpy, a `Learn`, for what it leaves alone after all.
    """

    network: Network
    loss: Loss
    optimizer: Optimizer
    penalty: Penalty
    batch: int
    state: State

    def one_by_one(
        self, x: Array, y: Array, weights: Array | None, outputs: Array, step: int, rate: Callable[[int], float], /
    ) -> None:
        """A gradient step for each batch; the network's outputs before it go into `outputs`."""


class Accelerator(ABC):
    """Named in an experiment by `training.accelerator`. It is part of the recipe, for its last bits may differ."""

    name: ClassVar[str]
    description: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        if "description" not in vars(cls):
            cls.description = first_line(cls.__doc__)

    def check(self) -> None:  # noqa: B027 - most need nothing
        """Raise ExperimentError if something that it needs is not installed."""

    @abstractmethod
    def update(self, steps: Steps) -> Update | None:
        """A stand-in for the optimizer's update, or None where it has none."""

    @abstractmethod
    def learn(self, steps: Steps) -> Learn | None:
        """A stand-in for a whole block of gradient steps, which writes the outputs before each; None for no such."""
