"""Something local that takes a line from each client and answers with another, whatever its clients do.

Each client has a thread of its own, little time and little memory: one that is silent, drips or never stops costs the
others nothing, and where too many wait at once the one that has waited longest goes.
"""

from __future__ import annotations

import contextlib
import socket
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tui_nn.errors import StorageError
from tui_nn.files import open_new, read_bytes
from tui_nn.system import remove
from tui_nn.system.door import CARD, open_door
from tui_nn.system.door import MOST as MOST_OF_CARD

MOST = 1 << 22  # bytes of a line: all weights of a unit with many inputs
SECONDS = 2.0  # that a client has to say its line, and again to take the answer
CLIENTS = 16  # that are heard at once
BACKLOG = 128  # that may wait to be taken up: with a full one, the next is turned away


class LineListener:
    """Listens at `path`, for its owner alone, until it is closed. `answer` is called from several threads at once.

    Raises StorageError where something lies there that no trainer has left, OSError where nothing can listen.
    """

    def __init__(self, path: Path, answer: Callable[[bytes], bytes]) -> None:
        self._path, self._answer = path, answer
        self._closed = False
        self._lock = threading.Lock()
        self._waiting: list[socket.socket] = []  # clients that have not said their line, longest first
        _remove(path)
        self._door = open_door(path)
        try:
            if self._door.card:
                with open_new(path, private=True) as file:
                    file.write(self._door.card)
            self._door.socket.listen(BACKLOG)
        except OSError:
            self._door.close()
            raise
        threading.Thread(target=self._accept, name="control", daemon=True).start()

    def _accept(self) -> None:
        while not self._closed:
            try:
                client, _ = self._door.socket.accept()
            except OSError:  # closed, or too many open files in this process
                time.sleep(0.05)
                continue
            if self._closed:
                client.close()
                return
            with self._lock:
                if len(self._waiting) >= CLIENTS:
                    with contextlib.suppress(OSError):
                        self._waiting.pop(0).shutdown(socket.SHUT_RDWR)  # its thread reads an end, and is done
                self._waiting.append(client)
            try:
                threading.Thread(target=self._serve, args=(client,), name="control client", daemon=True).start()
            except RuntimeError:  # no more threads
                self._heard(client)
                client.close()

    def _serve(self, client: socket.socket) -> None:
        # A client may be gone at any moment, which is its own affair.
        with client, contextlib.suppress(OSError):
            try:
                line = read_line(client, SECONDS)
            finally:
                self._heard(client)
            request = self._door.admitted(line)
            if request:
                client.settimeout(SECONDS)
                client.sendall(self._answer(request) + b"\n")

    def _heard(self, client: socket.socket) -> None:
        with self._lock, contextlib.suppress(ValueError):
            self._waiting.remove(client)

    def close(self) -> None:
        """Stop listening, and leave nothing of it in the run directory."""
        self._closed = True
        self._door.close()
        with contextlib.suppress(OSError, StorageError):
            _remove(self._path)


def read_line(connection: socket.socket, seconds: float) -> bytes:
    """A line, or what came before the other end closed. At most MOST bytes, `seconds` from the first to the last.

    Raises OSError where it takes longer.
    """
    line, until = bytearray(), time.monotonic() + seconds
    while not line.endswith(b"\n") and len(line) <= MOST:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        connection.settimeout(left)
        part = connection.recv(1 << 16)
        if not part:
            break
        line += part
    return bytes(line)


def _remove(path: Path) -> None:
    """Remove what a former trainer left: a socket, a link to one, a card. Raises StorageError for anything else."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not (stat.S_ISSOCK(mode) or stat.S_ISLNK(mode) or card_of(path)):
        raise StorageError(f"{path}: another file is in the place of the socket; move or remove it.")
    remove(path)


def card_of(path: Path) -> bytes:
    """What a trainer that listens at a port has left there; nothing where there is no file, or another one."""
    try:
        said = read_bytes(path, MOST_OF_CARD)
    except OSError:
        return b""
    return said if CARD.fullmatch(said) else b""
