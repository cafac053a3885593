"""What keeps a training from hanging for ever where nobody looks: a plugin that never returns is named, and a limit of
time or one signal ends it.

A thread looks at the session a few times a second. It is of no help against a loop in C that does not let go of
Python's lock: there the watchdog's file in the run directory still says where, and killing the process ends it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from types import FrameType, TracebackType
from typing import Any

from tui_nn.engine.events import Ended
from tui_nn.errors import ExitCode, Finding, TuiNNError
from tui_nn.plugin.blame import Culprit, culprit
from tui_nn.plugin.registry import PluginInfo
from tui_nn.runs.session import Session
from tui_nn.system import BREAK, break_in
from tui_nn.training.asked import Asked

EVERY = 0.25  # seconds between two looks
SILENCE = 10.0  # seconds without a sign of life, after which a training is said to hang
GRACE = 1.0  # seconds that a step under way has after a signal, if a plugin is at work in it
TRIES = 3  # to get a plugin out of its loop: it may catch everything


class Hung(BaseException):
    """Raised in the middle of what hangs. No Exception: a plugin may catch those and go on."""


class BrokenOff(TuiNNError):
    """A plugin hung, and a signal or a limit of time ended the training."""

    def __init__(self, message: str, where: Culprit, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[assignment]
        self._where = where

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The line that it hung in."""
        return (Finding(str(self), self._where.file, self._where.line),)


class Guard:
    """Around a session and the saving that follows: takes signals, and watches for a plugin that hangs.

    The first signal ends the run after the step under way, a later one at once. `say` takes a remark; `give_up` is
    called, in another thread, with the error if the plugin cannot be stopped and the process has to end without it.
    """

    def __init__(
        self,
        session: Session,
        plugins: Iterable[PluginInfo],
        say: Callable[[str], None],
        give_up: Callable[[BrokenOff], None],
        silence: float = SILENCE,
    ) -> None:
        self._asked = Asked(session.interrupt)
        self._session = session
        self._plugins = list(plugins)
        self._say, self._give_up = say, give_up
        self._silence = silence
        self._named = False
        self._running = False
        self._error: BrokenOff | None = None
        self._over = threading.Event()
        self._main = threading.get_ident()
        self._thread = threading.Thread(target=self._watch, name="guard", daemon=True)
        self._before: Any = None  # what took BREAK before, where that can be taken

    def __enter__(self) -> Guard:
        self._asked.__enter__()
        with contextlib.suppress(ValueError):  # not the main thread: somebody else has the signals
            self._before = signal.signal(BREAK, self._break)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        if self._before is not None:
            signal.signal(BREAK, self._before)
        self._asked.__exit__()

    @property
    def signal(self) -> int:
        """130 or 143 after a signal, before one 0."""
        return self._asked.code

    def run(self) -> Ended:
        """Run the session. Raises BrokenOff for one that hung."""
        self._running = True
        try:
            return self._session.run()
        except Hung:
            assert self._error is not None
            raise self._error from None
        finally:
            self._running = False

    def _break(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        if self._running:
            raise Hung

    def _watch(self) -> None:
        while not self._over.wait(EVERY):
            silent = time.monotonic() - self._session.heard
            where = culprit(self._plugins, _frames(self._main)) if self._running and silent > GRACE else None
            if where is None:  # it is at work, or slow by itself: a step under way is finished
                self._named = False
                continue
            what = f"plugin '{where.plugin.name}' hangs: no step for {silent:.0f} s ({where})"
            if silent >= self._silence and not self._named:
                self._named = True
                self._say(what)
            trainer = self._session.trainer
            limit = trainer.limits.seconds
            if self.signal and min(silent, time.monotonic() - self._asked.at) >= GRACE:
                self._end(f"{what}; {self._asked.name} ended it", where, self.signal)
            elif limit is not None and silent >= self._silence and trainer.progress.seconds + silent >= limit:
                self._end(f"{what}; the time limit of {limit:g} s ended it", where, ExitCode.PLUGIN)

    def _end(self, message: str, where: Culprit, exit_code: int) -> None:
        self._error = BrokenOff(message, where, exit_code)
        for _ in range(TRIES):
            if self._before is not None:
                break_in(self._main)
            if self._over.wait(EVERY) or not self._running:
                return
        self._give_up(self._error)
        for stream in (sys.__stdout__, sys.__stderr__):
            if stream is not None:
                with contextlib.suppress(OSError, ValueError):
                    stream.flush()
        os._exit(exit_code)


def _frames(main: int) -> Iterator[tuple[str, int, str]]:
    """(file, line, function) of all that is called at this moment, innermost first: by the main thread, then others."""
    threads = sys._current_frames()
    for thread in sorted(threads, key=lambda thread: thread != main):
        frame: FrameType | None = threads[thread]
        while frame is not None:
            yield frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name
            frame = frame.f_back
