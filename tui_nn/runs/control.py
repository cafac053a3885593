"""The control channel: a local socket through which a run is paused, stepped and stopped. The only thing flowing back.

A request is one JSON line {"do": "pause"}, the answer another. The socket belongs to the owner of the run.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import socket
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tui_nn.errors import StorageError, TuiNNError
from tui_nn.runs.layout import CONTROL

LONGEST = 100  # bytes of a socket's path that every system takes
MOST = 1 << 22  # bytes of a request: all weights of a unit with many inputs
COMMANDS = ("pause", "play", "step", "speed", "set", "stop", "status")


class ControlServer:
    """The trainer's side: a thread that takes requests and puts them in a queue; training polls the queue."""

    def __init__(self, run: Path) -> None:
        self.requests: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self.state = "starting"
        # Raises TuiNNError for settings that cannot be changed: whoever asks is told at once.
        self.judge: Callable[[Mapping[str, str]], object] | None = None
        self._path = run / CONTROL
        self._folder: str | None = None
        if not hasattr(socket, "AF_UNIX"):
            raise StorageError("this system has no local sockets: the run cannot be steered.")
        # Absolute, for a client may stand in another directory, where the path it needs is longer.
        address = os.path.realpath(self._path)
        if len(os.fsencode(address)) > LONGEST:
            # The path of a socket is short on every system: put it where it fits, and a link where it belongs.
            self._folder = tempfile.mkdtemp(prefix="tui-nn-")
            address = str(Path(self._folder) / CONTROL)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()
        previous = os.umask(0o177)
        try:
            self._socket.bind(address)
        finally:
            os.umask(previous)
        if self._folder is not None:
            self._path.symlink_to(address)
        self._socket.listen(4)
        self._thread = threading.Thread(target=self._serve, name="control", daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError, ValueError):
                connection.settimeout(2)
                line = _read_line(connection)
                answer = self._take(json.loads(line))
                connection.sendall(json.dumps(answer).encode() + b"\n")

    def _take(self, request: Any) -> dict[str, Any]:
        if not isinstance(request, dict) or request.get("do") not in COMMANDS:
            return {"ok": False, "error": f"unknown request; known: {', '.join(COMMANDS)}"}
        count, unit = request.get("count", 1), request.get("unit", "batch")
        if request["do"] == "step" and (type(count) is not int or count < 1 or unit not in ("batch", "epoch")):
            return {"ok": False, "error": "step takes unit batch or epoch, and a count from 1"}
        speed = request.get("epochs_per_second", 0)
        if request["do"] == "speed" and (type(speed) not in (int, float) or not 0 <= speed < 1e9):
            return {"ok": False, "error": "speed takes epochs_per_second, 0 for no limit"}
        if request["do"] == "set":
            request = {"do": "set", "changes": request.get("changes", {request.get("key"): request.get("value")})}
            problem = self._problem(request["changes"])
            if problem:
                return {"ok": False, "error": problem}
        if request["do"] != "status":
            self.requests.put(request)
        return {"ok": True, "state": self.state}

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

    def close(self) -> None:
        """Stop listening and remove the socket."""
        self._socket.close()
        real = Path(os.path.realpath(self._path))
        for path in {self._path, real}:
            with contextlib.suppress(OSError):
                path.unlink()
        if self._folder is not None:
            with contextlib.suppress(OSError):
                Path(self._folder).rmdir()


class Refused(StorageError):
    """The trainer has heard a request, and does not follow it: the text is its reason."""


class ControlClient:
    """A steering side: connects for each request, so that any number of terminals can steer one run."""

    def __init__(self, run: Path) -> None:
        self._path = Path(run) / CONTROL

    def send(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Send one request. Raises StorageError if nobody listens, Refused if the request is refused."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(2)
                connection.connect(os.path.realpath(self._path))
                connection.sendall(json.dumps({"do": do, **arguments}).encode() + b"\n")
                answer = json.loads(_read_line(connection))
        except (OSError, ValueError) as error:
            raise StorageError(f"{self._path}: no trainer answers here ({error}).") from None
        if not answer.get("ok"):
            raise Refused(str(answer.get("error")))
        return dict(answer)


def _read_line(connection: socket.socket) -> bytes:
    line = bytearray()
    while not line.endswith(b"\n") and len(line) < MOST:
        part = connection.recv(1 << 16)
        if not part:
            break
        line += part
    return bytes(line)
