"""A local socket: a file of the run directory, or a link to one where the directory's path is too long for it."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import tempfile
from pathlib import Path

from tui_nn.system.door import wake

assert sys.platform != "win32"

LONGEST = 100  # bytes of a socket's path that every system takes
SHORT = 70  # bytes of the folder for temporary files, so that a socket has room in it
FOLDER = "tui-nn-"  # how the folder of a socket begins that has none in its run directory


class SocketDoor:
    """A local socket of mode 0600: whom it lets in may steer."""

    def __init__(self, path: Path) -> None:
        self.card = b""
        self._folder: str | None = None
        self._link: Path | None = None
        # Absolute, for a client may stand in another directory, where the path it needs is longer. Its last part is
        # ours: a link that lies there is not followed.
        address = str(Path(os.path.realpath(path.parent)) / path.name)
        if len(os.fsencode(address)) > LONGEST:
            # The path of a socket is short on every system: put it where it fits, and a link where it belongs.
            where = tempfile.gettempdir()
            self._folder = tempfile.mkdtemp(prefix=FOLDER, dir=where if len(os.fsencode(where)) < SHORT else "/tmp")
            address, self._link = str(Path(self._folder) / path.name), path
        self._address = address
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        previous = os.umask(0o177)
        try:
            self.socket.bind(address)  # makes the file, or fails: never one that is there
            if self._link is not None:
                path.symlink_to(address)
        except OSError:
            self.close()
            raise
        finally:
            os.umask(previous)

    def admitted(self, line: bytes) -> bytes | None:
        return line

    def close(self) -> None:
        wake(socket.AF_UNIX, self._address)
        self.socket.close()
        for path in (Path(self._address), self._link):
            if path is not None:
                with contextlib.suppress(OSError):
                    path.unlink()
        if self._folder is not None:
            with contextlib.suppress(OSError):
                Path(self._folder).rmdir()


def connected(path: Path, seconds: float) -> socket.socket:
    """A connection to the socket there, within so many seconds. Raises OSError."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(seconds)
        connection.connect(str(_socket_of(path)))
    except BaseException:
        connection.close()
        raise
    return connection


def _socket_of(path: Path) -> Path:
    """Where the socket is: here or, if its path would be too long, where a trainer's link says that it is.

    A link that a stranger's run brings along may point anywhere. Raises OSError for one that no trainer has made.
    """
    if not path.is_symlink():
        return Path(os.path.realpath(path.parent)) / path.name
    real = path.readlink()
    if real.name != path.name or not real.parent.name.startswith(FOLDER):
        raise OSError(f"a link to {real}, which no trainer has made")
    return real
