"""An epoch in a plain line, as a terminal, a log and a notebook show it."""

from __future__ import annotations

from tui_nn.engine.events import EpochFinished
from tui_nn.figures import figure

HEADLINES = ("loss", "accuracy", "exact_match", "f1_micro", "rmse", "r2")


def epoch_line(event: EpochFinished, epochs: int) -> str:
    """One plain line: no escape codes, columns that stay under each other."""
    width = len(str(epochs))
    line = f"epoch {event.epoch:>{width}}/{epochs}  {pairs(event.train)}"
    if event.validation:
        line += f"  validation {pairs(event.validation)}"
    return f"{line}  {event.seconds:.2f} s"


def pairs(values: dict[str, float]) -> str:
    """The metrics that people follow; all of them are in the run's files and in --json."""
    return "  ".join(f"{name} {figure(values[name])}" for name in HEADLINES if name in values)
