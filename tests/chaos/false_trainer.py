"""Something that holds a run's lock and its control socket, and is no trainer."""

from __future__ import annotations

import contextlib
import fcntl
import os
import random
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

from tui_nn.runs import layout

ANSWERS: dict[str, tuple[bytes, ...]] = {
    "says nothing": (),
    "leaves at once": (b"",),
    "drips": (b"x",) * 10_000,
    "drips an answer": tuple(bytes([byte]) for byte in b'{"ok": true, "state": "' + b"x" * 10_000),
    "never stops": (b"x" * 65536,) * 2000,
    "says no JSON": (b"pause\n",),
    "says a list": (b"[1]\n",),
    "says another thing": (b'{"ok": "no", "state": 7, "error": {"a": 1}}\n',),
    "steers the terminal": (b'{"ok": false, "error": "\\u001b]0;owned\\u0007\\u009b31m[/]"}\n',),
    "nests": (b"[" * 1_000_000 + b"\n",),
    "is not UTF-8": (b'{"ok": true, "state": "\xff\xfe"}\n',),
    "has a number of 5,000 digits": (b'{"ok": true, "step": ' + b"9" * 5000 + b"}\n",),
}
PAUSE = 0.3  # seconds between two drops


class FalseTrainer:
    """answers: what each client is told, piece by piece, slowly if there are many small ones."""

    def __init__(self, run: Path, answers: tuple[bytes, ...], *, locked: bool) -> None:
        self._answers, self._ended = answers, threading.Event()
        self._lock = (run / layout.LOCK).open("ab")
        if locked:
            fcntl.flock(self._lock, fcntl.LOCK_EX)
        (run / layout.CONTROL).unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX)
        with _inside(run) as name:
            self._socket.bind(name)
        self._socket.listen(64)
        self._clients: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._socket.accept()
                self._clients.append(client)
                threading.Thread(target=self._answer, args=(client,), daemon=True).start()

    def _answer(self, client: socket.socket) -> None:
        slow = len(self._answers) > 1 and len(self._answers[0]) == 1
        with contextlib.suppress(OSError):
            for piece in self._answers:
                client.sendall(piece)
                if slow and self._ended.wait(PAUSE):
                    return
            if self._answers:
                client.close()

    def close(self) -> None:
        """Let all clients go."""
        self._ended.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._lock.close()
        for one in (self._socket, *self._clients):
            one.close()


@contextlib.contextmanager
def _inside(run: Path) -> Iterator[str]:
    """A name for the socket that is short enough, whatever the run is called."""
    folder = os.open(run, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{folder}/{layout.CONTROL}"
    finally:
        os.close(folder)


def false_trainer(run: Path, how: str, chance: random.Random) -> FalseTrainer:
    """One of this kind."""
    return FalseTrainer(run, ANSWERS[how], locked=chance.random() < 0.7)
