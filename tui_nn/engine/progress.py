"""How far a run has come: with Theta and the optimizer's memory, everything that its next step depends on.

Random streams are functions of a seed and a counter, so there is no random state to remember.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from tui_nn.engine.stopping import Rest, Watch


def _numbers() -> array[float]:
    return array("d")


@dataclass
class Progress:
    """`epochs` have been measured, epoch 0 not counted; `step` updates have been taken, some perhaps of an epoch begun.

    losses is what a schedule looks at: the loss after each epoch, the first before training, since there is a schedule
    that asks for it; without one it is the newest alone, for a run may have millions of epochs. rest is what a plateau
    remembers, None without a plateau; `best` is what early stopping remembers, kept for every run.
    """

    best: Watch
    step: int = 0
    epochs: int = 0
    began: int = 0
    losses: array[float] = field(default_factory=_numbers)
    rest: Rest | None = None
    seconds: float = 0.0
