"""An accelerator: compiled stand-ins for the parts of training that it knows. They compute what numpy computes, to
rounding, in less time; what an accelerator does not know stays with numpy.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable
from typing import Any, ClassVar, Protocol

import numpy as np

from tui_nn.engine.batches import TrainingSet
from tui_nn.engine.description import first_line
from tui_nn.engine.loss import Loss
from tui_nn.engine.network import CostAndGradient as CostAndGradient
from tui_nn.engine.network import Network
from tui_nn.engine.network import Predict as Predict
from tui_nn.engine.optimizer import Optimizer, State
from tui_nn.engine.parameters import Update as Update
from tui_nn.engine.penalty import Penalty

Array = np.ndarray[Any, np.dtype[Any]]
# The samples, the numbers of those to be learnt (batch after batch), the number of the first step, the rate of each
# -> the mean cost of each batch before its step, without the penalty: float64, in the array of the rates if it likes.
Learn = Callable[[TrainingSet, Array, int, Array], Array]


class Steps(Protocol):
    """The steps that an accelerator may take over. state: the optimizer's memory."""

    network: Network
    loss: Loss
    optimizer: Optimizer
    penalty: Penalty
    batch: int
    state: State


class Accelerator(ABC):
    """Compiled stand-ins for parts of training, chosen by `training.accelerator`; None leaves a part to numpy.

    It is part of the recipe, because its last bits may differ. Each question is asked again when a setting has changed.
    Several threads may call what `predict` and `evaluate` return at once, each for other samples.
    """

    name: ClassVar[str]
    description: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        if "description" not in vars(cls):
            cls.description = first_line(cls.__doc__)

    def check(self) -> None:  # noqa: B027 - most need nothing
        """Raise ExperimentError if something that it needs is not installed."""

    @property
    def bits(self) -> str:
        """What the last bits depend on beside the plugin's version, such as the processor's instructions: a few words.

        It is part of a run's fingerprint.
        """
        return ""

    def update(self, steps: Steps) -> Update | None:  # noqa: ARG002
        """A stand-in for the optimizer's update."""
        return None

    def learn(self, steps: Steps) -> Learn | None:  # noqa: ARG002
        """A stand-in for gradient steps, one a batch: what is learnt from is read where it lies."""
        return None

    def predict(self, network: Network) -> Predict | None:  # noqa: ARG002
        """A stand-in for the way forward."""
        return None

    def evaluate(self, network: Network, loss: Loss) -> CostAndGradient | None:  # noqa: ARG002
        """A stand-in for the cost of many samples with its gradient."""
        return None
