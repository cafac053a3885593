"""Which other runs of the folder are being trained: looked for now and then by a thread, so that nobody waits."""

from __future__ import annotations

import time
from pathlib import Path

from tui_nn.runs.catalogue import live_under
from tui_nn.tui.lookout import Lookout

EVERY = 2.0  # seconds between two looks


class Elsewhere:
    """runs: those that were live when it was last looked."""

    def __init__(self) -> None:
        self.runs: tuple[Path, ...] = ()
        self._base = Path()
        self._lookout = Lookout(self._look)
        self._next = 0.0

    def _look(self) -> tuple[Path, ...]:
        return tuple(live_under(self._base))

    def poll(self, base: Path) -> None:
        """Look at this folder again, if it is time to."""
        if time.monotonic() < self._next:
            return
        self._base = base
        seen = self._lookout.ask(0.0)
        if seen is not None:
            self.runs, self._next = seen, time.monotonic() + EVERY

    def but(self, shown: Path | None) -> list[Path]:
        """The others than the one that is shown."""
        return [run for run in self.runs if shown is None or run.name != shown.name]
