"""How far a run has come: with Theta and the optimizer's memory, everything that its next step depends on.

Random streams are functions of a seed and a counter, so there is no random state to remember.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from tui_nn.engine.stopping import Watch


def _numbers() -> array[float]:
    return array("d")


@dataclass
class Progress:
    """`epochs` have been measured, epoch 0 not counted; `step` updates have been taken, some perhaps of an epoch begun.

    losses and resting hold one value for each measured epoch, the first before training: what a schedule and a plateau
    look at; resting is empty without a plateau. Arrays, for a run may have a million epochs: a list takes four times
    as much. `best` is what early stopping remembers, kept for every run.
    """

    best: Watch
    step: int = 0
    epochs: int = 0
    began: int = 0
    losses: array[float] = field(default_factory=_numbers)
    resting: array[float] = field(default_factory=_numbers)
    seconds: float = 0.0
