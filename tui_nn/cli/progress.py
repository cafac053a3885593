"""A bar that moves, for a person who waits at a terminal. Build servers and pipes get plain lines instead."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, TextIO

from tui_nn.cli.streams import unguarded
from tui_nn.engine.events import EpochFinished, Event, SettingChanged, StepsFinished
from tui_nn.report.lines import pairs

if TYPE_CHECKING:
    from rich.progress import Progress

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


class Received:
    """How a file arrives, on stderr: a bar for a person at a terminal, else a line at each quarter of a large file."""

    LARGE = 10_000_000  # bytes

    def __init__(self) -> None:
        self._bar: Progress | None = None
        self._quarter = 0
        if wants_bar(os.environ, sys.stderr, sys.__stdout__ or sys.stdout):
            from rich.console import Console
            from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

            self._bar = Progress(
                BarColumn(bar_width=BAR), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn(compact=True),
                console=Console(file=unguarded(sys.stderr)), transient=True, redirect_stdout=False,
                redirect_stderr=False,
            )  # fmt: skip
            self._task = self._bar.add_task("", total=None)

    def __enter__(self) -> Received:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def say(self, text: str) -> None:
        """A line above the bar."""
        self._quarter = 0
        if self._bar is not None:
            self._bar.console.print(f"tui-nn: {text}", markup=False, highlight=False, soft_wrap=True)
        else:
            print(f"tui-nn: {text}", file=sys.stderr, flush=True)

    def progress(self, done: int, size: int) -> None:
        """So many bytes are here."""
        if self._bar is not None:
            self._bar.update(self._task, completed=done, total=size)
        elif size >= self.LARGE and 4 * done // size > self._quarter:
            quarter = 4 * done // size
            if quarter < 4:
                self.say(f"{done / 1e6:,.1f} of {size / 1e6:,.1f} MB")
            self._quarter = quarter
