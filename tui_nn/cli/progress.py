"""A bar that moves, for a person who waits at a terminal. Build servers and pipes get plain lines instead."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from typing import TextIO

from tui_nn.cli.output import pairs
from tui_nn.cli.streams import unguarded
from tui_nn.engine.events import EpochFinished, Event, SettingChanged, StepsFinished

BAR = 28  # cells: on 80 the line then has room for the ^C that a terminal echoes, and can be wiped whole


def wants_bar(environment: Mapping[str, str], stderr: TextIO, stdout: TextIO) -> bool:
    """Whether stderr is a person's terminal: a TTY, CI unset, TERM not dumb.

    rich would draw on a TTY of a build server too. And a pipe behind stdout, such as `| tee`, most likely ends on the
    same screen, where lines and a bar would run into each other.
    """
    if not stderr.isatty() or environment.get("CI") or environment.get("TERM", "dumb") == "dumb":
        return False
    try:
        return not stat.S_ISFIFO(os.fstat(stdout.fileno()).st_mode)
    except (OSError, ValueError):
        return False


class Bar:
    """An observer of a run that draws on stderr how far it is. `last` is the newest epoch's event."""

    def __init__(self, epochs: int, batches: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._epochs = epochs
        self._batches = batches
        self.last: EpochFinished | None = None
        self._progress = Progress(
            TextColumn("epoch {task.fields[epoch]}"),
            BarColumn(bar_width=BAR),
            TextColumn("{task.fields[numbers]}", style="bold"),
            TimeRemainingColumn(compact=True),
            console=Console(file=unguarded(sys.stderr)),
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task = self._progress.add_task("", total=max(epochs * batches, 1), epoch=f"0/{epochs}", numbers="")

    def start(self) -> None:
        """Draw, ten times a second."""
        self._progress.start()

    def stop(self) -> None:
        """Leave nothing of the bar on the screen."""
        self._progress.stop()

    def event(self, event: Event) -> None:
        """Move the bar."""
        if isinstance(event, SettingChanged) and event.planned_epochs is not None:
            self._epochs = event.planned_epochs
            self._progress.update(self._task, total=max(self._epochs * self._batches, 1))
        elif isinstance(event, StepsFinished):
            self._progress.update(self._task, completed=event.step)
        elif isinstance(event, EpochFinished):
            self.last = event
            self._progress.update(
                self._task,
                completed=event.step,
                epoch=f"{event.epoch}/{self._epochs}",
                numbers=pairs(event.validation or event.train),
            )
