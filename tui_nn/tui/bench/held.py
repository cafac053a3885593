"""A run held still: whatever is asked of it between two looks is of one moment, so that no two panes disagree."""

from __future__ import annotations

from tui_nn.runs import RunReader
from tui_nn.runs.live import LiveState
from tui_nn.runs.weights import Weights


class HeldRun(RunReader):
    """A run as it stood when it was last refreshed; a trainer that is quicker does not show through."""

    def __init__(self, reader: RunReader) -> None:
        """Hold the run of a reader, with the events that it has read already."""
        super().__init__(reader.path)
        self.history, self._position, self._lines = reader.history, reader._position, reader._lines
        self._fit, self._problem = reader._fit, reader._problem
        self._held: tuple[LiveState | None, Weights | None, Weights | None] = (None, None, None)

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
