"""The event log as its trainer writes it: which events are recorded, and what readers see of the newest epoch.

An epoch that a long run does not record is kept in the file `newest` for readers, and is recorded after all if
something is done by hand before the next one, or the run ends.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tui_nn.engine.events import Ended, EpochFinished, EpochsSkipped, Event, Started, StepFinished, StepsFinished
from tui_nn.files import open_new, open_to_change
from tui_nn.runs import layout, newest
from tui_nn.runs.checkpoint import Checkpoint
from tui_nn.runs.codec import decode, encode
from tui_nn.runs.history import Extremes, History
from tui_nn.runs.log_file import LogFile
from tui_nn.runs.thinning import distance, is_recorded

STEPS_RECORDED = 20  # an epoch: the others are in the live ring only, or the log of a long run would be huge


class EventLog:
    """Records the events of a run with this density of epochs and steps, and knows its history.

    With `resumed` it goes on after the events that belong to that checkpoint, and with their density.
    """

    def __init__(self, run: Path, density: int, resumed: Checkpoint | None = None) -> None:
        self.history = History()
        self._run = run
        self._density, self._every = density, 1
        self._recorded = -1  # the newest epoch that is
        self._held: EpochFinished | None = None  # the newest epoch, where it is not
        self._shown: EpochFinished | None = None  # what is in `newest`
        self._before_end: tuple[int, bytes] | None = None
        newest.write(run, b"")
        if resumed is None:
            self._file = LogFile(open_new(run / layout.EVENTS))
            return
        file = open_to_change(run / layout.EVENTS)
        for line in file.read(resumed.events).splitlines():
            event = decode(line)
            if event is not None:
                self.history.apply(event)
        self._recorded = self.history.epochs[-1] if self.history.epochs else -1
        if self.history.started is not None:
            self._begin(self.history.started)
        if resumed.newest is not None:
            epoch, skipped = resumed.newest
            if skipped is not None:
                self.history.apply(skipped)
            self._hold(epoch)
        self._file = LogFile(file, resumed.events)

    def _begin(self, started: Started) -> None:
        self._density, self._every = started.density, max(1, started.batches // STEPS_RECORDED)

    def _hold(self, event: EpochFinished) -> None:
        self._held = event
        self.history.show(event)

    def record(self, event: Event) -> bool:
        """Take an event into account. Returns whether readers should see it soon."""
        if isinstance(event, StepsFinished):
            for one in self._steps(event):
                self._write(one)
            return False
        if isinstance(event, EpochFinished):
            if not event.health and not is_recorded(event.epoch, self._density):
                self._hold(event)
                return False
            self._write_epoch(event)
            return True
        if isinstance(event, Started):
            event = replace(event, density=self._density)
            self._begin(event)
        elif isinstance(event, Ended):
            self._before_end = self.moment()
        if self._held is not None:
            self._write_epoch(self._held)
        self._write(event)
        return True

    def _write(self, event: Event) -> None:
        self.history.apply(event)
        self._file.add(encode(event))

    def _write_epoch(self, event: EpochFinished) -> None:
        self.history.apply(event)
        self._file.add(self._lines(event))
        self._recorded, self._held = event.epoch, None

    def _lines(self, event: EpochFinished) -> bytes:
        """The line of the newest epoch and, before it, what was best since the epoch that was recorded last."""

        def since(extremes: Extremes) -> Extremes:
            new = {
                part: {name: found for name, found in of.items() if self._recorded < found[0] < event.epoch}
                for part, of in extremes.items()
            }
            return {part: of for part, of in new.items() if of}

        low, high = since(self.history.low), since(self.history.high)
        return (encode(EpochsSkipped(low, high)) if low or high else b"") + encode(event)

    def _steps(self, event: StepsFinished) -> Iterator[StepFinished]:
        """The first step and every so many, whichever bursts they came in."""
        first = event.step - len(event.losses) + 1
        apart = self._every * distance(first // self._every, self._density)
        if first > 1 and event.step // apart == (first - 1) // apart:
            return
        for one in event.each():
            number, rest = divmod(one.step, self._every)
            if one.step == 1 or (not rest and is_recorded(number, self._density)):
                yield one

    def moment(self) -> tuple[int, bytes]:
        """What a checkpoint of this moment has: how long the log is, and the lines of an epoch that is not in it.

        Of a run that has ended: as it was before it did, for it may go on.
        """
        if self._before_end is not None:
            return self._before_end
        return self._file.length, b"" if self._held is None else self._lines(self._held)

    def flush(self) -> None:
        """Let readers see every event so far. Raises OSError if the disk refuses; what it refused is kept."""
        self._file.flush()
        if self._held is not self._shown:
            with contextlib.suppress(OSError):  # nothing depends on it
                newest.write(self._run, b"" if self._held is None else self._lines(self._held))
                self._shown = self._held

    def sync(self) -> None:
        """Have the disk keep every event so far. Raises OSError."""
        self._file.sync()

    def close(self) -> None:
        """Close the log. What was recorded is kept."""
        self._file.close()
