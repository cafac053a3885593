"""A run held still: whatever is asked of it between two looks is of one moment, so that no two panes disagree."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from tui_nn.engine.events import Started
from tui_nn.errors import StorageError
from tui_nn.runs import RunReader
from tui_nn.runs.codec import decode
from tui_nn.runs.live import LiveState
from tui_nn.runs.reader import Fetched, shapes_of
from tui_nn.runs.watchdog import stalled
from tui_nn.runs.weights import Weights


@dataclass(frozen=True)
class Glimpse:
    """What is read of a run at a time. state: as RunReader.state; stalled: where its trainer hangs; words: its last."""

    state: str
    events: Fetched
    live: LiveState | None
    weights: Weights | None
    previous: Weights | None
    stalled: str
    words: str


class HeldRun(RunReader):
    """A run as it stood when it was last looked at; a trainer that is quicker does not show through."""

    def __init__(self, reader: RunReader) -> None:
        """Hold the run of a reader, with the events that it has read already."""
        super().__init__(reader.path)
        self.history, self._position, self._lines = reader.history, reader._position, reader._lines
        self._fit, self._problem = reader._fit, reader._problem
        self._begun: Started | None = None  # what has been read of it, and is not shown yet
        self._held: tuple[LiveState | None, Weights | None, Weights | None] = (None, None, None)

    def look(self) -> Glimpse:
        """Read what is new. Changes nothing, so that a thread can do it; may wait for the disk. Raises StorageError."""
        sick = ""
        try:
            state = super().seen_state()  # before the events: what it wrote last is then read for certain
        except StorageError as error:
            state, sick = "crashed", str(error)
        events = self.fetch()
        if self.history.started is None and events.lines:
            self._begun = _first(events.lines)
        words = sick or self.log_tail(2)
        now = super().live(), super().weights(), super().previous_weights()
        return Glimpse(state, events, *now, stalled(self.path), words)

    def _shapes(self) -> list[tuple[int, int] | None]:
        return super()._shapes() or shapes_of(self._begun)

    def show(self, look: Glimpse) -> bool:
        """Go to the moment of this look; True if there are new events."""
        changed = self.take(look.events)
        self._held = look.live, look.weights, look.previous
        return changed

    def refresh(self) -> bool:
        """Go to the present moment; True if there are new events."""
        changed = super().refresh()
        self._held = super().live(), super().weights(), super().previous_weights()
        return changed

    def live(self) -> LiveState | None:
        """Counters of the trainer at that moment."""
        return self._held[0]

    def weights(self) -> Weights | None:
        """The newest Theta at that moment."""
        return self._held[1]

    def previous_weights(self) -> Weights | None:
        """The copy of Theta before that one."""
        return self._held[2]


def _first(lines: bytes) -> Started | None:
    with contextlib.suppress(StorageError):
        event = decode(lines.partition(b"\n")[0])
        return event if isinstance(event, Started) else None
    return None
