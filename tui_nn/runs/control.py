"""The control channel, through which a run is paused, stepped and stopped. The only thing flowing back.

A request is one JSON line {"do": "pause"}, the answer another. It is for the owner of the run alone.
A change is answered once the trainer has made and saved it; anything else as soon as it is heard.
"""

from __future__ import annotations

import contextlib
import json
import queue
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from tui_nn.engine.breakpoints import Breakpoint
from tui_nn.errors import StorageError, TuiNNError
from tui_nn.runs.layout import CONTROL
from tui_nn.runs.listener import MOST, SECONDS, LineListener, card_of, read_line
from tui_nn.system.door import knock

PATIENCE = 8.0  # seconds that a change waits for the step under way, and again for its save
COMMANDS = ("pause", "play", "step", "speed", "set", "stop", "status")


class ControlServer:
    """The trainer's side: threads that take requests and put them in a queue; training polls the queue.

    A request to set something has a Future `done`: whoever makes the changes takes it up by
    set_running_or_notify_cancel, and sets it to why they were not made or not saved, or to an empty text.
    """

    def __init__(self, run: Path) -> None:
        self.requests: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self.state = "starting"
        self.why = ""  # what a breakpoint has found, while the run is paused for it
        self.problem: Callable[[], str] = lambda: ""  # why the disk does not take what is recorded, while it does not
        # Raises TuiNNError for settings that cannot be changed: whoever asks is told at once.
        self.judge: Callable[[Mapping[str, str]], object] | None = None
        self._listener = LineListener(run / CONTROL, self._answer)

    def _answer(self, line: bytes) -> bytes:
        """The answer to a line of whoever has connected: nothing that it holds ends the thread."""
        if len(line) > MOST:
            return _refusal(f"a request has at most {MOST >> 20} MiB")
        try:
            request = json.loads(line)
        except (ValueError, RecursionError):
            return _refusal('a request is one line of JSON, such as {"do": "status"}')
        try:
            return json.dumps(self._take(request)).encode()
        except Exception as error:  # a defect, or a plugin's: it costs this request, and not the next
            return _refusal(f"not followed: {type(error).__name__}: {error}")

    def _take(self, request: Any) -> dict[str, Any]:
        if not isinstance(request, dict) or request.get("do") not in COMMANDS:
            return {"ok": False, "error": f"unknown request; known: {', '.join(COMMANDS)}"}
        count, unit = request.get("count", 1), request.get("unit", "batch")
        if request["do"] == "step" and (type(count) is not int or count < 1 or unit not in ("batch", "epoch")):
            return {"ok": False, "error": "step takes unit batch or epoch, and a count from 1"}
        if request["do"] == "step" and request.get("until") is not None:
            try:
                Breakpoint.parsed(str(request["until"]))
            except ValueError as error:
                return {"ok": False, "error": f"until: {error}"}
        speed = request.get("epochs_per_second", 0)
        if request["do"] == "speed" and (type(speed) not in (int, float) or not 0 <= speed < 1e9):
            return {"ok": False, "error": "speed takes epochs_per_second, 0 for no limit"}
        seconds = request.get("seconds", 1)
        if request["do"] == "speed" and (type(seconds) not in (int, float) or not 0 < seconds < 1e9):
            return {"ok": False, "error": "speed takes seconds above 0, for which it holds"}
        if request["do"] == "set":
            key = request.get("key")
            one = {key: request.get("value")} if isinstance(key, str) else None
            request = {"do": "set", "changes": request.get("changes", one)}
            problem = self._problem(request["changes"]) or self._done(request)
            if problem:
                return {"ok": False, "error": problem}
        elif request["do"] != "status":
            self.requests.put(request)
        return {"ok": True, "state": self.state, "problem": self.problem(), "why": self.why}

    def _problem(self, changes: Any) -> str:
        """Why these settings cannot be changed, or nothing."""
        texts = isinstance(changes, dict) and all(isinstance(text, str) for pair in changes.items() for text in pair)
        if not texts or not changes:
            return "set takes a key and a value, or `changes` with several, all strings"
        if self.judge is None:
            return "nothing can be set here"
        try:
            self.judge(changes)
        except TuiNNError as error:
            return str(error)
        return ""

    def _done(self, request: dict[str, Any]) -> str:
        """Have changes made and saved. Returns why they were not, or nothing."""
        done: Future[str] = Future()
        self.requests.put({**request, "done": done})
        try:
            return done.result(PATIENCE)
        except TimeoutError:
            if done.cancel():
                return f"not changed: the step under way takes more than {PATIENCE:g} s. Try again."
        try:
            return done.result(PATIENCE)
        except TimeoutError:
            return "changed, but its save has not ended: a kill before it does loses the change."

    def close(self) -> None:
        """Stop listening. Changes that nobody has made are refused."""
        with contextlib.suppress(queue.Empty):
            while True:
                request = self.requests.get_nowait()
                if request["do"] == "set" and request["done"].set_running_or_notify_cancel():
                    request["done"].set_result("not changed: the run has ended.")
        self._listener.close()


def _refusal(why: str) -> bytes:
    return json.dumps({"ok": False, "error": why}).encode()


class Refused(StorageError):
    """The trainer has heard a request, and does not follow it: the text is its reason."""


class Unanswered(StorageError):
    """A request was sent, and no answer came: it may be followed all the same."""


class ControlClient:
    """A steering side: connects for each request, so that any number of terminals can steer one run."""

    def __init__(self, run: Path) -> None:
        self._path = Path(run) / CONTROL

    def send(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Send one request.

        Raises StorageError if nobody listens, Unanswered if nobody answers, Refused if the request is refused.
        """
        problem = StorageError
        try:
            # A change is answered when it is done and saved.
            patience = 2 * PATIENCE + SECONDS if do == "set" else SECONDS
            connection, word = knock(self._path, card_of(self._path), patience)
            with connection:
                connection.sendall(word + json.dumps({"do": do, **arguments}).encode() + b"\n")
                problem = Unanswered
                answer = json.loads(read_line(connection, patience))
        except (OSError, ValueError, RecursionError) as error:
            raise problem(f"{self._path}: no trainer answers here ({error}).") from None
        if not isinstance(answer, dict):
            raise Unanswered(f"{self._path}: no trainer answers here (what answers is not a trainer).")
        if not answer.get("ok"):
            raise Refused(str(answer.get("error")))
        return answer
