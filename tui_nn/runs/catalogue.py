"""The runs of a folder at a glance: what each is, how it stands and how well it did, without reading its history."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field, replace
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from tui_nn.engine.events import EpochFinished, Reason, Remeasured, SettingChanged, Started
from tui_nn.errors import StorageError
from tui_nn.runs import layout
from tui_nn.runs.codec import decode
from tui_nn.runs.fit import Fit
from tui_nn.runs.lock import is_locked
from tui_nn.runs.newest import NewestReader
from tui_nn.runs.reader import RunReader
from tui_nn.runs.summary import CRASHED
from tui_nn.system import read_at

UNREADABLE = "unreadable"
HEAD = 1 << 22  # bytes of the first event, at most: it names every column of the data
PIECE = 1 << 20  # bytes of the log that are searched at a time
LINE = 1 << 16  # bytes on each side of what is found: how long its line may be
LOOKED_AT = 200  # runs of a folder, when it is asked which are live
TAIL = 1 << 16  # bytes at the end of the log in which the last epoch is looked for


@dataclass(frozen=True)
class RunInfo:
    """state: starting, live, paused, finished, crashed or unreadable. part: whose metrics these are.

    seconds: of training. epochs: planned, 0 where the run has not yet said so. modified, begun: seconds since 1970.
    problem: why one cannot be read that is unreadable.
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
    problem: str = ""

    @property
    def standing(self) -> str:
        """The state, and of a run that ended before its time how: diverged, interrupted, stopped."""
        early = (Reason.DIVERGED, Reason.INTERRUPTED, Reason.STOPPED)
        return self.reason if self.state == "finished" and self.reason in early else self.state


def catalogue(base: Path) -> list[RunInfo]:
    """The runs under `base`, newest first. Other directories are left out."""
    found = []
    for run in layout.runs_under(base):
        with contextlib.suppress(OSError):
            found.append((layout.begun(run), run_info(run)))
    return [info for _, info in sorted(found, key=lambda one: one[0], reverse=True)]


def live_under(base: Path) -> list[Path]:
    """The runs under `base` that a trainer has in its hands, newest first; looked for among the newest."""
    newest = sorted(layout.runs_under(base), key=lambda run: run.name, reverse=True)[:LOOKED_AT]
    return [run for run in newest if not (run / layout.SUMMARY).exists() and is_locked(run)]


def run_info(run: Path) -> RunInfo:
    """One run, which may be sick. Raises OSError if it has no log."""
    begun, modified = layout.begun(run)[0], (run / layout.EVENTS).lstat().st_mtime
    try:
        return _run_info(run, begun, modified)
    except StorageError as error:
        return RunInfo(run, UNREADABLE, modified, begun=begun, problem=str(error))


def inspected(run: Path) -> tuple[RunInfo, RunReader]:
    """One run, and its events as far as they can be read. Raises OSError if it has no log."""
    info, reader = run_info(run), RunReader(run)
    try:
        reader.refresh()
    except StorageError as error:
        info = replace(info, state=UNREADABLE, problem=str(error))
    return info, reader


def _run_info(run: Path, begun: float, modified: float) -> RunInfo:
    reader, fit = RunReader(run), Fit()
    started = _started(run, fit)
    planned = (started.experiment, _planned(run, started)) if started is not None else ("", 0)
    summary = reader.summary()
    if summary is not None:
        part = "validation" if summary.metrics.get("validation") else "train"
        return RunInfo(
            run,
            "crashed" if summary.reason == CRASHED else "finished",
            modified,
            summary.epoch,
            part,
            {name: value for name, value in summary.metrics.get(part, {}).items() if value is not None},
            summary.seconds,
            summary.samples_per_second,
            summary.reason,
            planned[0],
            summary.epochs or planned[1],
            begun,
        )
    last, newest = _last_measured(run, fit), NewestReader(run).read()
    if newest is not None and (last is None or last.epoch < newest[0].epoch) and fit.suits(newest[0]):
        last = newest[0]
    if last is None:
        return RunInfo(run, reader.state(), modified, experiment=planned[0], epochs=planned[1], begun=begun)
    part = "validation" if last.validation else "train"
    return RunInfo(
        run, reader.state(), modified, last.epoch, part, getattr(last, part), last.seconds,
        experiment=planned[0], epochs=planned[1], begun=begun,
    )  # fmt: skip


def _log(run: Path) -> BufferedReader:
    """The event log. Raises StorageError."""
    file = layout.opened(run, layout.EVENTS)
    if file is None:
        raise StorageError(f"{run / layout.EVENTS}: there is no such file.")
    return file


def _started(run: Path, fit: Fit) -> Started | None:
    """The first event, None before it is whole. Raises StorageError if the log begins otherwise."""
    with _log(run) as file:
        line = file.readline(HEAD)
    if not line.endswith(b"\n") and len(line) < HEAD:
        return None
    try:
        event = decode(line)
        if not isinstance(event, Started):
            raise StorageError("a run begins with the event 'started'")
        fit.check(event)
    except StorageError as error:
        raise StorageError(f"{run / layout.EVENTS}:1: {error}") from None
    return event


def _planned(run: Path, started: Started) -> int:
    """How many epochs the run is to have, as it was last said: looked for in a log that may be long."""
    line = _last_line_with(run, b'"training.epochs"')
    with contextlib.suppress(StorageError):
        event = decode(line) if line else None
        if isinstance(event, SettingChanged) and event.planned_epochs is not None:
            return event.planned_epochs
    return started.epochs


def _last_line_with(run: Path, text: bytes) -> bytes:
    """The last line with this text in it, or nothing. The log is read from its end, piece by piece."""
    with _log(run) as file:
        end, behind = file.seek(0, os.SEEK_END), b""
        while end > 0:
            start = max(0, end - PIECE)
            piece = read_at(file.fileno(), end - start, start)
            at = (piece + behind[: len(text) - 1]).rfind(text)
            if at >= 0:
                return _line_at(file, start + at)
            end, behind = start, piece
    return b""


def _line_at(file: BinaryIO, place: int) -> bytes:
    """The line around a place, unless it is longer than any that says what is looked for."""
    start = max(0, place - LINE)
    around = read_at(file.fileno(), 2 * LINE, start)
    at = place - start
    return around[around.rfind(b"\n", 0, at) + 1 : around.find(b"\n", at) + 1]


def _last_measured(run: Path, fit: Fit) -> EpochFinished | Remeasured | None:
    """The newest event of the log's end that has measured the run. Raises StorageError if the last line is no event."""
    with _log(run) as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
        lines = file.read(TAIL).split(b"\n")[:-1]
    for back, line in enumerate(reversed(lines)):
        try:
            event = decode(line)
            if isinstance(event, EpochFinished | Remeasured):
                fit.check(event)
                return event
        except StorageError as error:
            if back == 0:
                raise StorageError(f"{run / layout.EVENTS}: its last line: {error}") from None
    return None
