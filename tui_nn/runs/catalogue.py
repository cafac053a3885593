"""The runs of a folder at a glance: what each is, how it stands and how well it did, without reading its history."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from tui_nn.engine.events import EpochFinished, Reason, Remeasured, SettingChanged, Started
from tui_nn.errors import StorageError
from tui_nn.files import open_to_read
from tui_nn.runs import layout
from tui_nn.runs.codec import decode
from tui_nn.runs.newest import NewestReader
from tui_nn.runs.reader import RunReader
from tui_nn.runs.summary import CRASHED

HEAD = 1 << 22  # bytes of the first event, at most: it names every column of the data
PIECE = 1 << 20  # bytes of the log that are searched at a time
LINE = 1 << 16  # bytes on each side of what is found: how long its line may be
TAIL = 1 << 16  # bytes at the end of the log in which the last epoch is looked for


@dataclass(frozen=True)
class RunInfo:
    """state: starting, live, paused, finished or crashed. part: whose metrics these are. seconds: of training.

    epochs: planned, 0 where the run has not yet said so. modified, begun: seconds since 1970.
    """

    path: Path
    state: str
    modified: float
    epoch: int = 0
    part: str = ""
    metrics: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    samples_per_second: float = 0.0
    reason: str = ""
    experiment: str = ""
    epochs: int = 0
    begun: float = 0.0

    @property
    def standing(self) -> str:
        """The state, and of a run that ended before its time how: diverged, interrupted, stopped."""
        early = (Reason.DIVERGED, Reason.INTERRUPTED, Reason.STOPPED)
        return self.reason if self.state == "finished" and self.reason in early else self.state


def catalogue(base: Path) -> list[RunInfo]:
    """The runs under `base`, newest first. Other directories are left out."""
    found = []
    for events in base.glob(f"*/{layout.EVENTS}"):
        with contextlib.suppress(OSError, StorageError):
            found.append((layout.begun(events.parent), run_info(events.parent)))
    return [info for _, info in sorted(found, key=lambda one: one[0], reverse=True)]


def run_info(run: Path) -> RunInfo:
    """One run. Raises OSError if it has no log."""
    reader = RunReader(run)
    started = _started(run / layout.EVENTS)
    planned = (started.experiment, _planned(run / layout.EVENTS, started)) if started is not None else ("", 0)
    begun, _ = layout.begun(run)
    modified = (run / layout.EVENTS).stat().st_mtime
    summary = reader.summary()
    if summary is not None:
        metrics = summary.get("metrics", {})
        part = "validation" if metrics.get("validation") else "train"
        return RunInfo(
            run,
            "crashed" if summary.get("reason") == CRASHED else "finished",
            modified,
            int(summary.get("epoch", 0)),
            part,
            {name: value for name, value in metrics.get(part, {}).items() if value is not None},
            float(summary.get("seconds", 0.0)),
            float(summary.get("samples_per_second", 0.0)),
            str(summary.get("reason", "")),
            planned[0],
            int(summary.get("epochs", planned[1])),
            begun,
        )
    last, newest = _last_measured(run / layout.EVENTS), NewestReader(run).read()
    if newest is not None and (last is None or last.epoch < newest[0].epoch):
        last = newest[0]
    if last is None:
        return RunInfo(run, reader.state(), modified, experiment=planned[0], epochs=planned[1], begun=begun)
    part = "validation" if last.validation else "train"
    return RunInfo(
        run, reader.state(), modified, last.epoch, part, getattr(last, part), last.seconds,
        experiment=planned[0], epochs=planned[1], begun=begun,
    )  # fmt: skip


def _started(path: Path) -> Started | None:
    """The first event, if it is whole."""
    with open_to_read(path, layout.MOST[layout.EVENTS]) as file:
        line = file.readline(HEAD)
    with contextlib.suppress(StorageError):
        event = decode(line)
        if isinstance(event, Started):
            return event
    return None


def _planned(path: Path, started: Started) -> int:
    """How many epochs the run is to have, as it was last said: looked for in a log that may be long."""
    line = _last_line_with(path, b'"training.epochs"')
    with contextlib.suppress(StorageError):
        event = decode(line) if line else None
        if isinstance(event, SettingChanged) and event.planned_epochs is not None:
            return event.planned_epochs
    return started.epochs


def _last_line_with(path: Path, text: bytes) -> bytes:
    """The last line with this text in it, or nothing. The log is read from its end, piece by piece."""
    with open_to_read(path, layout.MOST[layout.EVENTS]) as file:
        end, behind = file.seek(0, os.SEEK_END), b""
        while end > 0:
            start = max(0, end - PIECE)
            piece = os.pread(file.fileno(), end - start, start)
            at = (piece + behind[: len(text) - 1]).rfind(text)
            if at >= 0:
                return _line_at(file, start + at)
            end, behind = start, piece
    return b""


def _line_at(file: BinaryIO, place: int) -> bytes:
    """The line around a place, unless it is longer than any that says what is looked for."""
    start = max(0, place - LINE)
    around = os.pread(file.fileno(), 2 * LINE, start)
    at = place - start
    return around[around.rfind(b"\n", 0, at) + 1 : around.find(b"\n", at) + 1]


def _last_measured(path: Path) -> EpochFinished | Remeasured | None:
    with open_to_read(path, layout.MOST[layout.EVENTS]) as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
        lines = file.read().split(b"\n")[:-1]
    for line in reversed(lines):
        with contextlib.suppress(StorageError):
            event = decode(line)
            if isinstance(event, EpochFinished | Remeasured):
                return event
    return None
