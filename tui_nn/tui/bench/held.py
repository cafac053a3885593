"""A run held still: whatever is asked of it between two looks is of one moment, so that no two panes disagree.

Threads read it. Who asks never waits for the disk: what has not been read yet is unknown, and is there later.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tui_nn.errors import StorageError, TuiNNError
from tui_nn.runs import RunReader, layout
from tui_nn.runs.family import offset_of, parent_of
from tui_nn.runs.live import LiveState
from tui_nn.runs.reader import RELATIVES_EVERY, Fetched
from tui_nn.runs.run import Fact, Relatives, Run
from tui_nn.runs.snapshots import Snapshots
from tui_nn.runs.summary import Summary
from tui_nn.runs.watchdog import stalled
from tui_nn.runs.weights import Weights
from tui_nn.tui.bench.branch import initial_of
from tui_nn.tui.lookout import GLANCE, Lookout
from tui_nn.views.output import KEPT as LINES
from tui_nn.views.verdicts import as_begun

NOTHING_NEW = Fetched(b"", None, True)
RECORDS = 16  # of the snapshots that were looked at, so many are kept


@dataclass(frozen=True)
class Glimpse:
    """What is read of a run at a time. state: as RunReader.state; stalled: where its trainer hangs; words: its last.

    removed: whether its log is no more; all else is of the look before, but for recorded moments.
    """

    state: str
    events: Fetched
    live: LiveState | None
    weights: Weights | None
    previous: Weights | None
    snapshots: Snapshots | None
    summary: Summary | None
    stalled: str
    words: str
    log: str
    facts: Mapping[Callable[[Path], Any], Any]
    relatives: tuple[tuple[RunReader, Fetched], ...]
    removed: bool = False


class HeldRun(Run):
    """A run as it stood when it was last looked at; a trainer that is quicker does not show through.

    The reader is asked by a thread, but for what it has taken into its history, which the screen has it do.
    """

    def __init__(self, reader: RunReader) -> None:
        """Hold the run of a reader, with the events that it has read already."""
        self.path, self.history, self._reader = reader.path, reader.history, reader
        self._held: Glimpse | None = None
        self._questions: set[Callable[[Path], Any]] = {as_begun, parent_of, offset_of, initial_of}
        self._facts: dict[Callable[[Path], Any], Any] = {}
        self._problems: dict[Callable[[Path], Any], Exception] = {}
        self._kin: list[tuple[int, int, RunReader]] | None = None
        self._kin_read = 0.0
        self._records_read: dict[int, Weights] = {}  # step -> Theta
        self._reading: tuple[int, Lookout[tuple[Weights | None]]] | None = None
        self._behind = False  # whether somebody asked for what was not there

    # A thread reads

    def look(self) -> Glimpse:
        """Read what is new. Shows nothing, so that a thread can do it; may wait for the disk. Raises StorageError."""
        sick, summary, reader = "", None, self._reader
        try:
            state = reader.seen_state()  # before the events: what it wrote last is then read for certain
            summary = reader.summary()
        except StorageError as error:
            state, sick = "crashed", str(error)
        events = reader.fetch()
        log = reader.log_tail(LINES)
        seen = Glimpse(
            state,
            events,
            reader.live(),
            reader.weights(),
            reader.previous_weights(),
            reader.snapshots(),
            summary,
            stalled(self.path),
            sick or _last(log, 2),
            log,
            {question: self._answer(question) for question in self._questions - self._facts.keys()},
            self._look_at_relatives(),
        )
        known = self.path / layout.EVENTS if self.history.started else self.path
        if self._held is None or os.path.lexists(known):
            return seen
        return replace(self._held, events=NOTHING_NEW, snapshots=None, facts={}, relatives=(), removed=True)

    def _answer(self, question: Callable[[Path], Any]) -> Any:
        try:
            return question(self.path)
        except TuiNNError as error:
            return error

    def _look_at_relatives(self) -> tuple[tuple[RunReader, Fetched], ...]:
        if self._kin is None:
            self._kin = self._reader.tree()
        if time.monotonic() - self._kin_read < RELATIVES_EVERY:
            return ()
        self._kin_read = time.monotonic()
        found = []
        for _, _, reader in self._kin:
            with contextlib.suppress(StorageError):
                found.append((reader, reader.fetch()))
        return tuple(found)

    # The screen shows

    def show(self, look: Glimpse) -> bool:
        """Go to the moment of this look; True if there is anything new."""
        changed = self._reader.take(look.events) or bool(look.facts) or self._behind
        self._held, self._behind = look, False
        self._facts |= {question: found for question, found in look.facts.items() if not isinstance(found, Exception)}
        self._problems = {question: found for question, found in look.facts.items() if isinstance(found, Exception)}
        for reader, found in look.relatives:
            with contextlib.suppress(StorageError):
                changed = reader.take(found) or changed
        return changed

    def refresh(self) -> bool:
        """Go to the present moment, and wait for it; True if there is anything new."""
        changed = False
        while True:
            look = self.look()
            changed = self.show(look) or changed
            if look.events.whole:
                return changed

    def fact(self, question: Callable[[Path], Fact], unknown: Fact) -> Fact:
        """What a function says of the directory, once that is known. Raises what it raised."""
        if question in self._facts:
            known: Fact = self._facts[question]
            return known
        self._questions.add(question)
        if question in self._problems:
            raise self._problems[question]
        return unknown

    @property
    def is_removed(self) -> bool:
        """Whether its directory is no more, and what is shown is what was seen of it."""
        return self._held is not None and self._held.removed

    def state(self) -> str:
        """As it was seen."""
        if self.history.ended is not None:
            return "finished"
        if self._held is None:
            return "starting"
        return "live" if self._held.state == "crashed" and not self._held.events.whole else self._held.state

    def summary(self) -> Summary | None:
        """What `summary.json` said."""
        return self._held.summary if self._held is not None else None

    def live(self) -> LiveState | None:
        """Counters of the trainer at that moment."""
        return self._held.live if self._held is not None else None

    def weights(self) -> Weights | None:
        """The newest Theta at that moment."""
        return self._held.weights if self._held is not None else None

    def previous_weights(self) -> Weights | None:
        """The copy of Theta before that one."""
        return self._held.previous if self._held is not None else None

    def log_tail(self, lines: int = 20) -> str:
        """The last lines that were printed until then."""
        return _last(self._held.log, lines) if self._held is not None else ""

    def relatives(self) -> Relatives:
        """The other runs of its tree, with the events that have been read of them."""
        return [*(self._kin or [])]

    # Recorded moments

    def snapshots(self) -> Snapshots | None:
        """Those that there were."""
        return self._held.snapshots if self._held is not None else None

    def recorded(self, at: int) -> Weights | None:
        """Theta of one of them, None until it is read: at once where the disk answers."""
        records = self.snapshots()
        if records is None or not 0 <= at < len(records):
            return None
        step = int(records.steps[at])
        if step not in self._records_read and self._collect():
            self._reading = step, Lookout(lambda: (self._reader.theta_of(records, at),))
            self._collect()
        return self._records_read.get(step)

    def _collect(self) -> bool:
        """Keep what was read. False: it is still being read."""
        if self._reading is None:
            return True
        step, lookout = self._reading
        found = lookout.ask(0.0 if lookout.waits > GLANCE else GLANCE)
        if found is None:
            self._behind = True
            return False
        self._reading = None
        if found[0] is not None:
            self._records_read[step] = found[0]
            for oldest in list(self._records_read)[:-RECORDS]:
                del self._records_read[oldest]
        return True


def _last(text: str, lines: int) -> str:
    return "\n".join(text.splitlines()[-lines:])
