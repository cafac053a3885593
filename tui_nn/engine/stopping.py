"""When a run ends before its epochs are done: what is watched has stopped improving, or a limit is reached.

Early stopping looks at what the model is for, and may go back to its best weights; a plateau looks at what is
minimized; a limit looks at neither.

Reference: Prechelt (1998), Early stopping - but when?
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tui_nn.engine.events import EpochFinished, Reason
from tui_nn.engine.metric import Better
from tui_nn.plurals import plural

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class EarlyStopping:
    """Stop after `patience` epochs in which `metric` of `split` has not got better by more than `min_change`."""

    metric: str = "loss"
    split: str = "validation"
    patience: int = 10
    min_change: float = 0.0
    restore: bool = True
    better: Better = "low"


@dataclass
class Watch:
    """What early stopping remembers: the best epoch and its parameters, None before there is one."""

    rule: EarlyStopping
    best: float = math.nan
    epoch: int = 0
    values: Array | None = field(default=None, repr=False)

    def see(self, event: EpochFinished, values: Array) -> None:
        """Take an epoch into account."""
        found = getattr(event, self.rule.split).get(self.rule.metric, math.nan)
        gain = self.best - found if self.rule.better == "low" else found - self.best
        if not math.isnan(found) and (math.isnan(self.best) or gain > self.rule.min_change):
            self.best, self.epoch, self.values = found, event.epoch, values.copy()

    def exhausted(self, epochs: int) -> bool:
        """Whether the run should stop after this many epochs."""
        return not math.isnan(self.best) and epochs - self.epoch >= self.rule.patience

    def message(self) -> str:
        """Why the run ended."""
        rule = self.rule
        kept = "; its weights are kept" if rule.restore else ""
        return (
            f"{rule.metric}@{rule.split} has not improved for {plural(rule.patience, 'epoch')}; "
            f"the best was {self.best:.4g} after epoch {self.epoch}{kept}"
        )


@dataclass(frozen=True)
class Plateau:
    """Stop once the best `metric` of the last `patience` epochs is not better than the best before them.

    What counts is a change by more than `min_change`, as a share of it: 0.001 is a tenth of a per cent.
    """

    metric: str = "cost"
    split: str = "train"
    patience: int = 10
    min_change: float = 0.001
    better: Better = "low"

    def best(self, values: Iterable[float]) -> float:
        """The best of these values."""
        return min(values) if self.better == "low" else max(values)

    def message(self) -> str:
        """Why the run ended."""
        return (
            f"{self.metric}@{self.split} has levelled off: in {plural(self.patience, 'epoch')} it improved by no more "
            f"than {100 * self.min_change:g} %"
        )


@dataclass
class Rest:
    """What a plateau remembers: the newest values, at most `patience`, and the best of those before; None without."""

    rule: Plateau
    before: float | None = None
    recent: deque[float] = field(default_factory=deque)

    def see(self, value: float) -> None:
        """Take the value after an epoch into account."""
        self.recent.append(value)
        if len(self.recent) > self.rule.patience:
            oldest = self.recent.popleft()
            self.before = oldest if self.before is None else self.rule.best((self.before, oldest))

    def reached(self, epochs: int) -> bool:
        """Whether the values, one for each of these epochs and one before training, have come to rest."""
        if self.before is None or epochs <= self.rule.patience:
            return False
        recent = self.rule.best(self.recent)
        gain = self.before - recent if self.rule.better == "low" else recent - self.before
        return gain <= self.rule.min_change * abs(self.before)


@dataclass(frozen=True)
class Limits:
    """Where a run ends whatever it has reached; None is no limit. Seconds are of training: pauses are left out.

    out_at is the step after which time ran out in a run that is repeated: the clock itself cannot be.
    """

    steps: int | None = None
    seconds: float | None = None
    out_at: int | None = None

    def reached(self, step: int, seconds: float) -> tuple[Reason, str] | None:
        """Which limit is reached, and the words for it."""
        if self.steps is not None and step >= self.steps:
            return Reason.MAX_STEPS, f"reached max_steps = {self.steps}"
        if self.seconds is not None and seconds >= self.seconds:
            return Reason.MAX_TIME, f"reached the time limit of {self.seconds:g} s after {seconds:.1f} s of training"
        if self.out_at is not None and step >= self.out_at:
            return Reason.MAX_TIME, "reached the time limit, as in the original run"
        return None

    def ahead(self, step: int) -> int | None:
        """How many steps may follow in one go before a limit is looked at; None for any number."""
        marks = [mark - step for mark in (self.steps, self.out_at) if mark is not None]
        return max(1, min(marks)) if marks else None
