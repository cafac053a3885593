"""Looks that may take long, one at a time, each in a thread of its own that keeps nobody from leaving."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

Seen = TypeVar("Seen")
GLANCE = 0.02  # seconds that the screen gives a look; it sees later ones the next time


class Lookout(Generic[Seen]):
    """`look` is called by a thread, and what it gives or raises is had from `ask`."""

    def __init__(self, look: Callable[[], Seen]) -> None:
        self._look = look
        self._thread: threading.Thread | None = None
        self._seen: list[Seen] = []
        self._error: Exception | None = None
        self._began = 0.0

    @property
    def waits(self) -> float:
        """Seconds that the present look has taken so far."""
        return time.monotonic() - self._began if self._thread is not None else 0.0

    def begin(self) -> threading.Thread:
        """Look now, for who asks later, and then need not wait."""
        if self._thread is None:
            self._seen, self._error, self._began = [], None, time.monotonic()
            self._thread = threading.Thread(target=self._work, name="look", daemon=True)
            self._thread.start()
        return self._thread

    def ask(self, seconds: float) -> Seen | None:
        """What is seen, if it is seen within this time; None: ask again. Raises what the look raised."""
        thread = self.begin()
        thread.join(seconds)
        if thread.is_alive():
            return None
        self._thread = None
        if self._error is not None:
            raise self._error
        return self._seen[0]

    def _work(self) -> None:
        try:
            self._seen.append(self._look())
        except Exception as error:
            self._error = error
