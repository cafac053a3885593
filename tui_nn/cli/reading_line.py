"""The line at the bottom of a person's terminal that says how far the reading of a large file is."""

from __future__ import annotations

import os
import sys
import time

from tui_nn.cli.streams import unguarded
from tui_nn.errors import brief
from tui_nn.printable import printable

PATIENCE, PACE = 0.5, 0.1  # seconds until it is shown, and between two of its states
ERASED = "\r\x1b[K"


class ReadingLine:
    """Is told of what is waited for. It leaves nothing on the screen."""

    def __init__(self) -> None:
        self._out, self._error = sys.stdout, sys.stderr  # which plugins' prints take the place of, later
        self._since: float | None = None
        self._next = 0.0
        self._drawn = False

    def __call__(self, what: str, share: float) -> None:
        """`share` of it is done."""
        now = time.monotonic()
        if share >= 1:
            self._draw("")
            self._since = None
        elif self._since is None:
            self._since, self._next = now, now + PATIENCE
        elif now >= self._next:
            self._next = now + PACE
            self._draw(f"tui-nn: reading {printable(brief(what))}: {share:.0%}")

    def _draw(self, text: str) -> None:
        from tui_nn.cli.progress import wants_bar

        if (text or self._drawn) and wants_bar(os.environ, self._error, self._out):
            stream = unguarded(self._error)
            stream.write(f"{ERASED}{text}")
            stream.flush()
            self._drawn = bool(text)
