"""The head of a network: how its outputs are costed, and become probabilities, classes by name, or numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_nn.engine.activation import Activation
from tui_nn.engine.loss import Loss
from tui_nn.engine.targets import Targets

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Head:
    """What follows the last layer.

    loss: as the experiment names it. link: the output function that the loss adds where the last layer gives bare
    scores, else None. classes: their names, () for a regression and for several labels. names: of the target columns,
    or of the labels, as far as known.
    """

    loss: Loss
    targets: Targets
    link: Activation | None = None
    classes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def cost(self) -> Loss:
        """The loss of what the network itself puts out."""
        return self.loss if self.link is None else self.loss.on_scores(self.link)

    def outputs(self, raw: Array) -> Array:
        """What the last layer gives, (q, m), through the link: probabilities where the loss speaks of such."""
        if self.link is None:
            return raw
        a = np.empty_like(raw)
        self.link.forward(np.ascontiguousarray(raw), a)
        return a

    def answers(self, raw: Array) -> Array:
        """The same, (q, m), with the numbers of a regression in the data's own units."""
        return self.in_own_units(self.outputs(raw))

    def in_own_units(self, numbers: Array) -> Array:
        """Outputs or targets as the network has them, (q, m): of a regression as the data have them."""
        return self.targets.in_own_units(numbers.T).T
