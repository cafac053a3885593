"""Requests to trainers, sent one after the other by a thread: a trainer that does not answer keeps nobody waiting."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tui_nn.errors import StorageError
from tui_nn.runs.control import ControlClient, Refused, Unanswered

AGAIN = 0.1  # seconds until a trainer that does not listen yet is tried again
SILENT = 1.0  # seconds without an answer, after which that is said


@dataclass(frozen=True)
class Request:
    """patience: seconds that it waits for a trainer that does not listen yet."""

    run: Path
    do: str
    arguments: dict[str, Any] = field(default_factory=dict)
    patience: float = 30.0


def _ask(request: Request) -> str:
    return str(ControlClient(request.run).send(request.do, **request.arguments).get("problem", ""))


class Messenger:
    """What is sent is never sent twice: a trainer that has not answered may have heard it all the same.

    problem: why the disk does not take what is recorded, as the last answer said.
    """

    def __init__(self, ask: Callable[[Request], str] = _ask) -> None:
        self.problem = ""
        self._ask = ask
        self._waiting: deque[Request] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._asking: list[float] = []  # since when answers are waited for
        self._unanswered = 0.0  # when the last request went unanswered, in seconds since 1970; 0 if it was answered

    def send(self, request: Request) -> None:
        """Send it when its turn comes. One that says the same as the last that waits says nothing new."""
        with self._changed:
            if self._waiting and self._waiting[-1] == request and request.do != "step":
                return
            self._waiting.append(request)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="messenger", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def drop(self, run: Path) -> None:
        """Forget what waits for this run: nobody is left to hear it."""
        with self._changed:
            self._waiting = deque(request for request in self._waiting if request.run != run)
            self._changed.notify_all()

    def drain(self, seconds: float) -> None:
        """Wait until everything is sent, so long at most."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting and not self._asking, seconds)

    def silent(self, heartbeat: float) -> bool:
        """Whether an answer is overdue, or did not come and the trainer has given no sign of life since."""
        asking = self._asking[:1]
        return bool(asking and time.time() - asking[0] > SILENT) or self._unanswered > heartbeat

    @contextlib.contextmanager
    def asking(self) -> Iterator[None]:
        """Within, an answer is waited for. Raises what is raised."""
        began = time.time()
        with self._changed:
            self._asking.append(began)
        try:
            yield
            self._unanswered = 0.0
        except Refused:
            self._unanswered = 0.0
            raise
        except Unanswered:
            self._unanswered = time.time()
            raise
        finally:
            with self._changed:
                self._asking.remove(began)
                self._changed.notify_all()

    def _work(self) -> None:
        first, since = None, 0.0
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                request = self._waiting[0]
            if request is not first:
                first, since = request, time.monotonic()
            heard = True
            try:
                with self.asking():
                    self.problem = self._ask(request)
            except (Refused, Unanswered):
                pass
            except StorageError:
                heard = time.monotonic() - since > request.patience
            with self._changed:
                if not heard:
                    self._changed.wait(AGAIN)
                elif self._waiting and self._waiting[0] is request:
                    self._waiting.popleft()
                self._changed.notify_all()
