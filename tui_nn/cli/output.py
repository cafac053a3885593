"""What the trainer says: results on stdout, the rest on stderr."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

from tui_nn.engine.events import Ended, EpochFinished, Event

HEADLINES = ("loss", "accuracy", "rmse", "r2")
MOST_LINES = 200  # a run: a log is read by people


class Console:
    """Lines for people ("plain"), for programs ("json"), or none ("quiet")."""

    def __init__(self, mode: str, epochs: int) -> None:
        self._mode = mode
        self._every = max(1, math.ceil(epochs / MOST_LINES))
        self._epochs = epochs
        self._out = sys.__stdout__ or sys.stdout

    def say(self, text: str) -> None:
        """A remark, on stderr."""
        print(f"tui-nn: {text}", file=sys.stderr, flush=True)

    def event(self, event: Event) -> None:
        """An epoch's line."""
        if not isinstance(event, EpochFinished) or self._mode == "quiet":
            return
        if event.epoch % self._every and event.epoch != self._epochs:
            return
        if self._mode == "json":
            line = json.dumps(
                {
                    "epoch": event.epoch,
                    "step": event.step,
                    "train": event.train,
                    "validation": event.validation,
                }
            )
        else:
            line = epoch_line(event, self._epochs)
        print(line, file=self._out, flush=True)

    def done(self, ended: Ended, checks: list[dict[str, Any]], summary: dict[str, Any], path: Path) -> None:
        """Test results and the run directory on stdout, what went wrong on stderr."""
        if self._mode == "plain" and ended.test:
            print(f"test       {_pairs(ended.test)}", file=self._out)
        if ended.reason != "epochs":
            self.say(ended.message)
        for check in checks:
            if not check["met"]:
                found = "is missing" if check["value"] is None else f"is {check['value']:.4g}"
                self.say(f"requirement not met: {check['requirement']}: it {found}")
        print(json.dumps(summary) if self._mode == "json" else path, file=self._out, flush=True)


def epoch_line(event: EpochFinished, epochs: int) -> str:
    """One plain line: no escape codes, columns that stay under each other."""
    width = len(str(epochs))
    line = f"epoch {event.epoch:>{width}}/{epochs}  {_pairs(event.train)}"
    if event.validation:
        line += f"  validation {_pairs(event.validation)}"
    return f"{line}  {event.seconds:.2f} s"


def _pairs(values: dict[str, float]) -> str:
    """The metrics that people follow; all of them are in the run's files and in --json."""
    return "  ".join(f"{name} {values[name]:.4f}" for name in HEADLINES if name in values)
