"""A local socket that takes a line from each client and answers with another, whatever its clients do.

Each client has a thread of its own, little time and little memory: one that is silent, drips or never stops costs the
others nothing, and where too many wait at once the one that has waited longest goes.
"""

from __future__ import annotations

import contextlib
import os
import socket
import stat
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tui_nn.errors import StorageError

LONGEST = 100  # bytes of a socket's path that every system takes
SHORT = 70  # bytes of the folder for temporary files, so that a socket has room in it
MOST = 1 << 22  # bytes of a line: all weights of a unit with many inputs
SECONDS = 2.0  # that a client has to say its line, and again to take the answer
FOLDER = "tui-nn-"  # how the folder of a socket begins that has none in its run directory
CLIENTS = 16  # that are heard at once
BACKLOG = 128  # that may wait to be taken up: with a full one, the next is turned away


class SocketListener:
    """Listens at `path`, for its owner alone, until it is closed. `answer` is called from several threads at once.

    Raises StorageError where something else than a socket lies there.
    """

    def __init__(self, path: Path, answer: Callable[[bytes], bytes]) -> None:
        self._path, self._answer = path, answer
        self._folder: str | None = None
        self._closed = False
        self._lock = threading.Lock()
        self._waiting: list[socket.socket] = []  # clients that have not said their line, longest first
        # Absolute, for a client may stand in another directory, where the path it needs is longer. Its last part is
        # ours: a link that lies there is not followed.
        address = str(Path(os.path.realpath(path.parent)) / path.name)
        _remove(path)
        if len(os.fsencode(address)) > LONGEST:
            # The path of a socket is short on every system: put it where it fits, and a link where it belongs.
            where = tempfile.gettempdir()
            self._folder = tempfile.mkdtemp(prefix=FOLDER, dir=where if len(os.fsencode(where)) < SHORT else "/tmp")
            address = str(Path(self._folder) / path.name)
        self._address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        previous = os.umask(0o177)
        try:
            self._socket.bind(address)  # makes the file, or fails: never one that is there
            if self._folder is not None:
                path.symlink_to(address)
        except OSError:
            self.close()
            raise
        finally:
            os.umask(previous)
        self._socket.listen(BACKLOG)
        threading.Thread(target=self._accept, name="control", daemon=True).start()

    def _accept(self) -> None:
        while not self._closed:
            try:
                client, _ = self._socket.accept()
            except OSError:  # closed, or too many open files in this process
                time.sleep(0.05)
                continue
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
            if line:
                client.settimeout(SECONDS)
                client.sendall(self._answer(line) + b"\n")

    def _heard(self, client: socket.socket) -> None:
        with self._lock, contextlib.suppress(ValueError):
            self._waiting.remove(client)

    def close(self) -> None:
        """Stop listening and remove the socket."""
        self._closed = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._socket.close()
        paths = {self._path, Path(self._address)}
        for path in paths:
            with contextlib.suppress(OSError, StorageError):
                _remove(path)
        if self._folder is not None:
            with contextlib.suppress(OSError):
                Path(self._folder).rmdir()


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
    """Remove a socket, or a link to one, that a former trainer left. Raises StorageError for anything else."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not (stat.S_ISSOCK(mode) or stat.S_ISLNK(mode)):
        raise StorageError(f"{path}: another file is in the place of the socket; move or remove it.")
    path.unlink()
