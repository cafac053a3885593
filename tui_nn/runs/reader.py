"""Reading a run, live, finished or crashed: the same calls for all three."""

from __future__ import annotations

import contextlib
import itertools
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tui_nn.engine.events import Started
from tui_nn.errors import StorageError, did_you_mean
from tui_nn.runs import layout
from tui_nn.runs.codec import ENDED, STEP, decode, decode_steps
from tui_nn.runs.family import family
from tui_nn.runs.fit import Fit
from tui_nn.runs.history import History
from tui_nn.runs.live import LiveReader, LiveState
from tui_nn.runs.lock import is_locked
from tui_nn.runs.newest import Newest, NewestReader
from tui_nn.runs.run import Fact, Relatives, Run
from tui_nn.runs.snapshots import Snapshots
from tui_nn.runs.summary import CRASHED, Summary, summary_of
from tui_nn.runs.weights import Weights, matrices_of, size_of
from tui_nn.system import is_alive

SILENCE = 60.0  # seconds without a sign of life: a trainer gives several a second, but for a step that takes long
LONGEST = 1 << 26  # bytes of a line of the event log, of which the first names every column of the data
PIECE = 1 << 20  # bytes of the log that are read and decoded at a time: in between, others have their turn
TAIL = 1 << 20  # bytes at the end of the log in which its last line is looked for
RELATIVES_EVERY = 1.0  # seconds between two looks at the other runs of its tree
LOG_TAIL = 1 << 16  # bytes: a plugin that prints every step must not slow its reader down


@dataclass(frozen=True)
class Fetched:
    """Complete lines of the log, the newest epoch where they may lack it, and whether they go to the log's end."""

    lines: bytes
    newest: Newest | None
    whole: bool


class RunReader(Run):
    """One run directory. Call `refresh` now and then; everything else is asked afresh, and may wait for the disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.history = History()
        self.begun: Started | None = None  # the first event, as soon as it is fetched
        self._position = self._lines = 0  # of the log, that have been read
        self._fit = Fit()
        self._problem: StorageError | None = None  # what was wrong with the log is wrong for good
        self._newest = NewestReader(path)
        self._live = LiveReader(path / layout.LIVE)
        self._records: tuple[tuple[int, int], Snapshots] | None = None
        self._relatives: list[tuple[int, int, RunReader]] | None = None
        self._relatives_read = 0.0

    def fact(self, question: Callable[[Path], Fact], unknown: Fact) -> Fact:  # noqa: ARG002
        """What it says, which is read now."""
        return question(self.path)

    def refresh(self) -> bool:
        """Read the complete lines that have come since, and the newest epoch; True if there were any.

        A torn last line waits.
        """
        changed = False
        while True:
            found = self.fetch()
            changed = self.take(found) or changed
            if found.whole:
                return changed

    def fetch(self) -> Fetched:
        """What has come since, a piece of it at most. Changes no history; may wait for the disk."""
        newest = self._newest.read()  # before the log, which then is no older
        file = layout.opened(self.path, layout.EVENTS)
        if file is None:
            return Fetched(b"", None, True)
        with file:
            file.seek(self._position)
            new = file.read(PIECE)
            while b"\n" not in new and len(new) < LONGEST and (more := file.read(PIECE)):
                new += more
            whole = not file.read(1)
        complete = new.rfind(b"\n") + 1
        lines = new[:complete] if complete or len(new) < LONGEST else new
        if self.begun is None and self._position == 0:
            self.begun = _first(lines)
        return Fetched(lines, newest if whole else None, whole)

    def take(self, found: Fetched) -> bool:
        """Take what was fetched into account; True if that is anything. Raises StorageError for what is no event."""
        if self._problem is not None:
            raise self._problem
        if found.lines:
            try:
                self._take(found.lines.removesuffix(b"\n").split(b"\n"))
            except StorageError as error:
                self._problem = StorageError(f"{self.path / layout.EVENTS}:{self._lines + 1}: {error}")
                raise self._problem from None
        self._position += len(found.lines)
        return self._show(found.newest) or bool(found.lines)

    def _take(self, lines: list[bytes]) -> None:
        """Take the next lines of the log into account. Raises StorageError for that after the first `_lines`."""
        for is_step, group in itertools.groupby(lines, lambda line: line.startswith(STEP)):
            some = list(group)
            if is_step and len(some) > 1:
                try:
                    self._take_steps(some)
                except StorageError:
                    for line in some:
                        self._take_steps([line])
            elif is_step:
                self._take_steps(some)
            else:
                for line in some:
                    event = decode(line)
                    if event is not None:
                        self._fit.check(event)
                        self.history.apply(event)
                    self._lines += 1

    def _take_steps(self, lines: list[bytes]) -> None:
        steps, losses = decode_steps(lines)
        self._fit.steps(steps)
        self.history.add_steps(steps, losses)
        self._lines += len(lines)

    def _show(self, newest: Newest | None) -> bool:
        """Take the newest epoch into account, where the log does not have it. True if there is another than before."""
        if newest is None or newest[0].epoch <= self.history.last_epoch or not self._fit.suits(*newest):
            return False
        epoch, skipped = newest
        if skipped is not None:
            self.history.apply(skipped)
        self.history.show(epoch)
        return True

    def live(self) -> LiveState | None:
        """Counters of the trainer, or what stood there when it ended; None before there are any."""
        return self._live.state()

    def _shapes(self) -> list[tuple[int, int] | None]:
        """Of each layer's Theta, as the run said when it began; none before it has."""
        started = self.history.started or self.begun
        return [layer.theta for layer in started.layers] if started is not None else []

    def weights(self) -> Weights | None:
        """The newest Theta there is: from the live file, else from the last snapshot."""
        shapes = self._shapes()
        current = self._live.weights(size_of(shapes)) if shapes else None
        if current is not None:
            return matrices_of(*current, shapes)
        records = self.snapshots()
        return self.theta_of(records, len(records) - 1) if records is not None else None

    def snapshots(self) -> Snapshots | None:
        """Recorded epochs and steps, oldest first, and Theta of each; None where there are none."""
        path = self.path / layout.SNAPSHOTS
        try:
            status = path.lstat()
            key = (status.st_ino, status.st_size)
            if self._records is None or self._records[0] != key:
                self._records = (key, Snapshots(path))
        except (OSError, StorageError):
            return None
        return self._records[1] if len(self._records[1]) else None

    def recorded(self, at: int) -> Weights | None:
        """Theta of one of the snapshots, None where there is no such."""
        records = self.snapshots()
        return self.theta_of(records, at) if records is not None and 0 <= at < len(records) else None

    def theta_of(self, records: Snapshots, at: int) -> Weights | None:
        """Theta of one of these records; None where they are of another network, or were replaced since."""
        shapes = self._shapes()
        if not shapes or records.parameters != size_of(shapes):
            return None
        with contextlib.suppress(StorageError):  # it was replaced since it was looked at
            return matrices_of(int(records.steps[at]), records.values(at), shapes)
        return None

    def previous_weights(self) -> Weights | None:
        """The copy of Theta that was published before the newest one; the trainer steps between the two."""
        shapes = self._shapes()
        found = self._live.previous(size_of(shapes)) if shapes else None
        return matrices_of(*found, shapes) if found is not None else None

    def state(self) -> str:
        """starting, live, paused, finished or crashed; crashed only when the trainer is truly gone.

        The lock says whether it is; where there is none, its number and its last sign of life do. Raises StorageError
        for a run whose summary is none.
        """
        found = self.seen_state()
        return "finished" if found == "crashed" and self._has_ended() else found  # between two looks

    def seen_state(self) -> str:
        """The same by what was read until now: it may have said since that it has ended."""
        if self.history.ended is not None:
            return "finished"
        summary = self.summary()
        if summary is not None:
            return "crashed" if summary.reason == CRASHED else "finished"
        live, trained = self.live(), is_locked(self.path)
        if trained is None:
            sign = live.heartbeat if live is not None else self._written()
            trained = abs(time.time() - sign) < SILENCE and (live is None or is_alive(live.pid))
        if not trained:
            return "crashed"
        if live is None:
            return "starting" if self.history.started is None else "live"
        return "paused" if live.state == "paused" else "live"

    def _written(self) -> float:
        """When something was written that a run begins with, in seconds since 1970."""
        moments = [0.0]
        for name in (layout.EXPERIMENT, layout.EVENTS):
            with contextlib.suppress(OSError):
                moments.append((self.path / name).lstat().st_mtime)
        return max(moments)

    def _has_ended(self) -> bool:
        """Whether the log ends with its last event; who has not read it yet needs not read all of it to know."""
        file = layout.opened(self.path, layout.EVENTS) if not self._position else None
        if file is not None:
            with file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
                lines = file.read(TAIL).split(b"\n")
            if len(lines) > 2:  # the last one is whole
                return not lines[-1] and lines[-2].startswith(ENDED)
        self.refresh()
        return self.history.ended is not None

    def summary(self) -> Summary | None:
        """What `summary.json` says, or None while there is none. Raises StorageError for one that is none."""
        return summary_of(self.path)

    def relatives(self) -> Relatives:
        """The other runs of its tree of branches, with what has come of each."""
        if self._relatives is None:
            self._relatives = self.tree()
        if time.monotonic() - self._relatives_read > RELATIVES_EVERY:
            self._relatives_read = time.monotonic()
            for _, _, reader in self._relatives:
                with contextlib.suppress(StorageError):
                    reader.refresh()
        return [*self._relatives]

    def tree(self) -> list[tuple[int, int, RunReader]]:
        """The same without their events."""
        return [
            (number, one.offset, RunReader(one.path))
            for number, one in enumerate(family(self.path), start=1)
            if one.path.name != self.path.name
        ]

    def log_tail(self, lines: int = 20) -> str:
        """The last lines that the trainer and its plugins printed."""
        try:
            file = layout.opened(self.path, layout.LOG)
        except StorageError as error:
            return str(error)
        if file is None:
            return ""
        with file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - LOG_TAIL))
            text = file.read(LOG_TAIL).decode("utf-8", "replace")
        return "\n".join(text.splitlines()[-lines:])


def _first(lines: bytes) -> Started | None:
    with contextlib.suppress(StorageError):
        event = decode(lines.partition(b"\n")[0])
        return event if isinstance(event, Started) else None
    return None


def open_run(path: str | Path) -> RunReader:
    """A run that exists, with its events read. `latest` is the newest run under ./runs. Raises StorageError."""
    reader = RunReader(run_directory(path))
    reader.refresh()
    return reader


def names_run(target: str) -> bool:
    """Whether a word that may name something else too names a run: `latest`, or a directory."""
    return target == "latest" or Path(target).is_dir()


def run_directory(path: str | Path) -> Path:
    """The directory of a run that exists, well or sick. `latest` is the newest under ./runs. Raises StorageError."""
    folder = layout.latest_run(Path("runs")) if str(path) == "latest" else Path(path)
    if not folder.is_dir():
        near = did_you_mean(folder.name, [p.name for p in folder.parent.glob("*/")]) if folder.parent.is_dir() else ""
        raise StorageError(f"{folder}: there is no such run directory.{near}")
    if not os.path.lexists(folder / layout.EVENTS):
        raise StorageError(f"{folder}: not a run directory: it has no {layout.EVENTS}.")
    return folder
