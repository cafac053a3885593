"""What is wrong with the run that is shown: looked up as it trains, and not too often."""

from __future__ import annotations

import time

from tui_nn.diagnosis import Verdict
from tui_nn.errors import TuiNNError
from tui_nn.runs import Run
from tui_nn.views.verdicts import as_begun, verdicts_of

OVER = ("finished", "crashed")
EVERY = 1.0  # seconds between two looks at a run under way


class Advisor:
    """Says nothing while nothing is wrong."""

    def __init__(self) -> None:
        self.verdicts: tuple[Verdict, ...] = ()
        self._judged: tuple[Run, int, int, int, bool] | None = None
        self._judged_at = 0.0

    def judge(self, reader: Run | None, *, now: bool = False) -> None:
        """Look at the run again if something has happened since, and not too soon unless `now`."""
        if reader is None:
            self.verdicts, self._judged = (), None
            return
        history, is_over = reader.history, reader.state() in OVER
        stand = (reader, history.last_epoch, len(history.health), len(history.by_hand), is_over)
        if stand == self._judged:
            return
        same_run = self._judged is not None and self._judged[0] is reader
        soon = time.monotonic() - self._judged_at < EVERY
        if same_run and soon and not is_over and not now:
            return
        self._judged, self._judged_at = stand, time.monotonic()
        try:
            if reader.fact(as_begun, None) is None:  # its experiment is being read: it is judged at the next look
                self.verdicts, self._judged = (), None
            else:
                self.verdicts = tuple(verdicts_of(reader))
        except TuiNNError:
            self.verdicts = ()  # its experiment file is gone or damaged: nothing can be said

    def line(self, *, ascii_only: bool) -> str:
        """One line for the foot of the screen; empty when nothing is wrong."""
        if not self.verdicts:
            return ""
        first, more = self.verdicts[0], len(self.verdicts) - 1
        layer = f" (layer {first.layer})" if first.layer is not None else ""
        others = f", and {more} more" if more else ""
        return f"{'!' if ascii_only else '▲'} {first.title}{layer}{others}: press y for causes and remedies."
