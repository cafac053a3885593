"""The line on stderr that shows the progress of a training: rewritten for a person, and kept at its end."""

from __future__ import annotations

import sys
import time
from typing import TextIO

from tui_nn.engine.events import Ended, EpochFinished, Event, Reason
from tui_nn.errors import brief
from tui_nn.printable import printable
from tui_nn.report.lines import epoch_line

EVERY = 0.1  # seconds between two lines


def is_watched(stream: TextIO) -> bool:
    """Whether a person sees the stream at once: a terminal, or the cell of a notebook."""
    return stream.isatty() or type(stream).__module__.startswith("ipykernel.")


class LiveLine:
    """Shows the progress of a training. shown: None shows it only if a person sees it."""

    def __init__(self, epochs: int, shown: bool | None = None) -> None:
        self._stream = sys.stderr
        self._moves = is_watched(self._stream)
        self._shown = self._moves if shown is None else shown
        self._epochs, self._width, self._written = epochs, 0, 0.0
        self._last: EpochFinished | None = None

    def say(self, *sentences: str) -> None:
        """Print remarks, one per line."""
        for sentence in sentences if self._shown else ():
            print(f"tui-nn: {printable(brief(sentence))}", file=self._stream, flush=True)

    def event(self, event: Event) -> None:
        """Write an epoch's line over the previous one; at the end, say why it ended unless its epochs were over."""
        if not self._shown:
            return
        if isinstance(event, EpochFinished):
            self._last = event
            if self._moves and time.monotonic() - self._written > EVERY:
                self._write()
        elif isinstance(event, Ended):
            self.close()
            if event.reason != Reason.EPOCHS:
                self.say(event.message)

    def close(self) -> None:
        """Write the newest line and end it."""
        if self._shown and self._last is not None:
            self._write()
            print(file=self._stream, flush=True)
        self._last, self._width = None, 0

    def _write(self) -> None:
        assert self._last is not None
        line = epoch_line(self._last, self._epochs)
        back = "\r" if self._width else ""
        print(f"{back}{line:<{self._width}}", end="", file=self._stream, flush=True)
        self._width, self._written = len(line), time.monotonic()
