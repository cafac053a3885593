"""Early stopping: a run ends when what is watched has stopped improving, and may go back to its best weights."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tui_nn.engine.events import EpochFinished

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class EarlyStopping:
    """Stop after `patience` epochs in which `metric` of `split` has not got better by more than `min_change`."""

    metric: str = "loss"
    split: str = "validation"
    patience: int = 10
    min_change: float = 0.0
    restore: bool = True

    @property
    def smaller_is_better(self) -> bool:
        """Losses and errors shall fall, shares shall rise."""
        return self.metric in ("loss", "cost", "rmse")


@dataclass
class Watch:
    """What early stopping remembers: the best epoch and its parameters."""

    rule: EarlyStopping
    best: float = math.nan
    epoch: int = 0
    values: Array | None = field(default=None, repr=False)

    def see(self, event: EpochFinished, values: Array) -> bool:
        """Take an epoch into account. True if the run should stop."""
        found = getattr(event, self.rule.split).get(self.rule.metric, math.nan)
        gain = self.best - found if self.rule.smaller_is_better else found - self.best
        if math.isnan(self.best) or gain > self.rule.min_change:
            if not math.isnan(found):
                self.best, self.epoch = found, event.epoch
                if self.rule.restore:
                    self.values = values.copy()
            return False
        return event.epoch - self.epoch >= self.rule.patience

    def message(self) -> str:
        """Why the run ended."""
        rule = self.rule
        kept = "; its weights are kept" if rule.restore else ""
        return (
            f"{rule.metric}@{rule.split} has not improved for {rule.patience} epochs; "
            f"the best was {self.best:.4g} after epoch {self.epoch}{kept}"
        )
