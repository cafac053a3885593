"""When a run is saved: every N epochs, steps or seconds."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field

from tui_nn.errors import ExperimentError

FORM = re.compile(r"(\d+(?:\.\d+)?)\s*(epochs?|steps?|s|m|h)")
SECONDS = {"s": 1, "m": 60, "h": 3600}


@dataclass
class Saving:
    """`every` of `unit` ("epoch", "step" or "second"); `keep` checkpoints are kept."""

    every: float = 10.0
    unit: str = "second"
    keep: int = 3
    _step: int = field(default=0, init=False, compare=False)
    _epoch: int = field(default=0, init=False, compare=False)
    _moment: float = field(default_factory=time.monotonic, init=False, compare=False)

    def due(self, step: int, epochs: int) -> bool:
        """Whether it is time, after so many steps and measured epochs."""
        if self.unit == "second":
            return time.monotonic() - self._moment >= self.every
        return (step - self._step if self.unit == "step" else epochs - self._epoch) >= self.every

    def done(self, step: int, epochs: int) -> None:
        """Count from here on. Also after a save that failed: it is tried again when the next one is due."""
        self._step, self._epoch, self._moment = step, epochs, time.monotonic()


def parse_saving(text: str, keep: int) -> Saving:
    """ "1epoch", "200steps", "30s" -> how often. Raises ExperimentError for anything else."""
    match = FORM.fullmatch(text.strip())
    if match is None or float(match.group(1)) <= 0:
        raise ExperimentError(f"--checkpoint-every {text}: expected, for example, 1epoch, 200steps or 30s.")
    number, unit = float(match.group(1)), match.group(2)
    if unit in SECONDS:
        return Saving(number * SECONDS[unit], "second", keep)
    return Saving(number, unit.rstrip("s"), keep)
