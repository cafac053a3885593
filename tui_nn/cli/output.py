"""What the trainer says: results on stdout, the rest on stderr.

Nothing is drawn over: one plain line an epoch, at most 200 lines a run. The bar that moves is in `progress`, for a
person at a terminal.
"""

from __future__ import annotations

import contextlib
import math
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import structs

from tui_nn.engine.events import Ended, EpochFinished, Event, Reason, SettingChanged, Started
from tui_nn.plurals import plural
from tui_nn.report.lines import epoch_line, pairs
from tui_nn.report.words import found
from tui_nn.runs.summary import Summary, to_line

if TYPE_CHECKING:
    from tui_nn.cli.progress import Bar
    from tui_nn.experiment import Experiment
    from tui_nn.experiment.build import Setup

MOST_LINES = 200  # a run: a log is read by people
OTHER_LINES = 6  # of these: epoch 0, the last epoch, the test part, the run directory, and room for a remark


class Console:
    """Lines for people ("plain"), for programs ("json"), or none but the run directory ("quiet", "bar").

    A context manager around the run: with "bar" there is a bar on stderr within.
    """

    @classmethod
    def for_caller(cls, setup: Setup, *, quiet: bool, as_json: bool) -> Console:
        """What suits whoever called: a bar only for a person at a terminal."""
        from tui_nn.cli.progress import Bar, wants_bar

        epochs = setup.trainer.epochs
        if quiet or as_json or not wants_bar(os.environ, sys.stderr, sys.__stdout__ or sys.stdout):
            return cls("quiet" if quiet else "json" if as_json else "plain", epochs, setup.experiment)
        return cls("bar", epochs, setup.experiment, Bar(epochs, setup.trainer.batches))

    def __init__(self, mode: str, epochs: int, experiment: Experiment, bar: Bar | None = None) -> None:
        self._bar = bar
        self._experiment = experiment
        self._mode = mode
        self._plan(epochs)

    def _plan(self, epochs: int) -> None:
        self._every = 1 if self._mode == "json" else max(1, math.ceil(epochs / (MOST_LINES - OTHER_LINES)))
        self._epochs = epochs

    def __enter__(self) -> Console:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar is None:
            return
        self._bar.stop()
        if self._bar.last is not None:
            tell(epoch_line(self._bar.last, self._epochs))

    def say(self, text: str) -> None:
        """A remark, on stderr."""
        remark(text)

    def event(self, event: Event) -> None:
        """An epoch's line, or the bar's next cell."""
        if self._bar is not None:
            self._bar.event(event)
        if isinstance(event, Started) and self._mode != "quiet":
            self._began(event)
        if isinstance(event, SettingChanged) and event.planned_epochs is not None:
            self._plan(event.planned_epochs)
        if not isinstance(event, EpochFinished) or self._mode in ("quiet", "bar"):
            return
        if event.epoch % self._every and event.epoch != self._epochs:
            return
        if self._mode == "json":
            line = to_line(
                {
                    "epoch": event.epoch,
                    "step": event.step,
                    "train": event.train,
                    "validation": event.validation,
                }
            )
        else:
            line = epoch_line(event, self._epochs)
        tell(line)

    def _began(self, started: Started) -> None:
        if (name := started.label("train")) != "train":
            self.say(f"metrics of {name} of {plural(started.samples['train'], 'sample')}")
        for sentence in misgivings(started, self._experiment):
            self.say(sentence)

    def done(self, ended: Ended, summary: Summary, path: Path) -> None:
        """Test results and the run directory on stdout, what went wrong on stderr."""
        if self._mode in ("plain", "bar") and ended.test:
            tell(f"test       {pairs(ended.test)}")
        if ended.reason != Reason.EPOCHS:
            self.say(ended.message)
        self.judged(summary, path)

    def judged(self, summary: Summary, path: Path) -> None:
        """The run directory on stdout, and which requirements are not met on stderr."""
        for check in summary.requirements:
            if not check.met:
                self.say(f"requirement not met: {check.requirement}: it {found(check)}")
        tell(to_line(structs.replace(summary, run=str(path))) if self._mode == "json" else str(path))


def misgivings(started: Started, experiment: Experiment) -> list[str]:
    """What cannot go well, told before anything is trained: a sentence each."""
    from tui_nn.diagnosis import before_training

    return [verdict.sentence for verdict in before_training(started, experiment)]


def remark(text: str) -> None:
    """A sentence on stderr. A disk that is full there too, as that of a run's log is, costs nobody the training."""
    with contextlib.suppress(OSError):
        print(f"tui-nn: {text}", file=sys.stderr, flush=True)


def tell(line: str) -> None:
    """A line of results, on stdout.

    A reader that has seen enough, or a full disk behind stdout, costs nobody the training: nothing more is printed.
    """
    out = sys.__stdout__ or sys.stdout
    try:
        print(line, file=out, flush=True)
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            remark(f"stdout: {error.strerror}; training continues")
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
