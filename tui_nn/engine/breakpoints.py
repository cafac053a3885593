"""Breakpoints: what to look for in the batch that comes next, so that training pauses before its update is made."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from tui_nn.engine.data import Window
from tui_nn.engine.trainer import Trainer

FORM = "any of: wrong, nan, gradient > 5"


@dataclass(frozen=True)
class Breakpoint:
    """wrong: a sample that is taken for another class. nan: a loss or a gradient that is not finite. gradient: an entry
    of dJ/dTheta, penalty included, beyond this size; None for any size.
    """

    wrong: bool = False
    nan: bool = False
    gradient: float | None = None

    @staticmethod
    def parsed(text: str) -> Breakpoint:
        """`wrong, nan, gradient > 5`. Raises ValueError for anything else."""
        wrong = nan = False
        gradient = None
        for word in text.split(","):
            limit = re.fullmatch(r"\s*\|?gradient\|?\s*>\s*([0-9.eE+-]+)\s*", word)
            if word.strip() == "wrong":
                wrong = True
            elif word.strip() == "nan":
                nan = True
            elif limit is not None:
                try:
                    gradient = float(limit[1])
                except ValueError:
                    raise ValueError(f"'{limit[1]}' is no number; expected {FORM}") from None
            else:
                raise ValueError(f"found '{word.strip()}'; expected {FORM}")
        return Breakpoint(wrong, nan, gradient)

    def met(self, trainer: Trainer) -> str:
        """Why to pause before the batch that comes next, in words; "" for no reason. Nothing of it stays."""
        progress, network, part = trainer.progress, trainer.network, trainer.splits.train
        chosen = trainer.samples_of(progress.epochs + 1, progress.step - progress.began)
        if not len(chosen):
            return ""
        x = Window(part, len(chosen), network.dtype).read(chosen, len(chosen)).T
        y = trainer.targets.encode(part.y[chosen], network.dtype).T
        every, penalty = trainer.sample_weights(), trainer.penalty
        counts = None if every is None else every[chosen]
        with network.undisturbed(), np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            network.step = progress.step + 1
            labels = trainer.targets.decode(network.forward(x, training=True).T)
            cost, gradient = network.loss_and_grad(x, y, trainer.loss, weights=counts)
            network.parameters.add_decay(penalty.decay, penalty.absolute)
            largest = float(np.abs(gradient).max(initial=0))
        if self.nan and not (math.isfinite(cost) and math.isfinite(largest)):
            return f"the loss of the next batch is {cost:g}, its largest gradient {largest:g}"
        if self.gradient is not None and not largest <= self.gradient:
            return f"dJ/dTheta of the next batch reaches {largest:.4g}"
        if self.wrong and trainer.targets.classes and (wrong := np.flatnonzero(labels != part.y[chosen])).size:
            first, classes = int(wrong[0]), trainer.splits.classes
            taken = f"{classes[part.y[chosen[first]]]} taken for {classes[labels[first]]}"
            more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
            return f"sample {first + 1} of the next batch is wrong, {taken}{more}"
        return ""
