"""Being asked to end: a signal says so, and whoever is at work ends where it suits.

Nothing is raised where a signal happens to arrive. Python drops what is raised in a `__del__` or a weak reference's
callback, and a lock that a library has just taken would stay taken: whoever needs it then waits for ever.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from tui_nn.errors import ExitCode
from tui_nn.system import ENDING

TOGETHER = 0.25  # seconds in which signals are one: `timeout` sends two, and so does the end of a terminal
SHOW_CURSOR = b"\x1b[?25h"  # a bar of progress hides it


class AskedToEnd(SystemExit):
    """A signal asked this process to end; `code` is its exit code."""


def heard() -> list[signal.Signals]:
    """The signals that ask to end, without those that whoever started this process has it ignore, as `nohup` does."""
    return [number for number in ENDING if signal.getsignal(number) is not signal.SIG_IGN]


class Asked:
    """While it is entered, the first signal that asks to end is kept, and a later one ends the process at once.

    name, code, at: of that signal, its exit code, and the second of `time.monotonic` it came in; "", 0 and 0.0 before.
    told: called when it comes.
    """

    def __init__(self, told: Callable[[], None] = lambda: None) -> None:
        self.name, self.code, self.at = "", 0, 0.0
        self._told = told
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Asked:
        with contextlib.suppress(ValueError):  # not the main thread: somebody else has the signals
            self._before = {number: signal.signal(number, self._hear) for number in heard()}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def check(self) -> None:
        """Raise AskedToEnd if a signal has come."""
        if self.code:
            raise AskedToEnd(self.code)

    def _hear(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        now = time.monotonic()
        if self.code and now - self.at > TOGETHER:
            if os.isatty(2):
                os.write(2, SHOW_CURSOR)
            os._exit(self.code)
        if not self.code:
            self.code = ExitCode.INTERRUPTED if number == signal.SIGINT else ExitCode.TERMINATED
            self.name, self.at = signal.Signals(number).name, now
            self._told()
