"""Where a run can be steered: something that listens, and how it is found from the run directory.

A local socket, which the system lets nobody but its owner reach. Where there are none, or with TUI_NN_CONTROL=tcp, a
port of 127.0.0.1, which every process of this machine can reach: so each line has to begin with a word that stands in a
file of the run directory, and that only the run's owner can read.
"""

from __future__ import annotations

import errno
import hmac
import os
import re
import secrets
import socket
import sys
from pathlib import Path
from typing import Protocol

HOST = "127.0.0.1"
FORCED = "TUI_NN_CONTROL"
# What stands in the file: fixed in all that a client would send to a port that somebody else has named.
CARD = re.compile(rb"tui-nn 1 (\d{4,5}) ([0-9a-f]{64})\n")
MOST = 100  # bytes of it
LOWEST, HIGHEST = 1024, 65535  # ports that a system gives


class Door(Protocol):
    """socket: listens. card: what the file in the run directory has to say; empty where the socket is that file."""

    socket: socket.socket
    card: bytes

    def admitted(self, line: bytes) -> bytes | None:
        """The request in a line, or None for a stranger's."""

    def close(self) -> None:
        """Listen no more; nothing is left of it but the file with the card."""


def open_door(path: Path) -> Door:
    """A door that clients find by what lies at `path`, where nothing is now. Raises OSError."""
    if sys.platform != "win32" and os.environ.get(FORCED) != "tcp":
        from tui_nn.system.local_socket import SocketDoor

        return SocketDoor(path)
    return LoopbackDoor()


def knock(path: Path, card: bytes, seconds: float) -> tuple[socket.socket, bytes]:
    """A connection to the door that `path` leads to, and what each line has to begin with.

    card: what the file there says, or nothing if it is a socket. Raises OSError if nobody is there.
    """
    if card:
        said = CARD.fullmatch(card)
        if said is None or not LOWEST <= int(said[1]) <= HIGHEST:
            raise OSError("the file says no port")
        return socket.create_connection((HOST, int(said[1])), seconds), said[2] + b" "
    if sys.platform != "win32":
        from tui_nn.system.local_socket import connected

        return connected(path, seconds), b""
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))  # a socket that lies there is of another system


class LoopbackDoor:
    """A port of this machine, for who knows the word."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            if sys.platform == "win32":  # else another process could take the port over
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
            self.socket.bind((HOST, 0))
        except OSError:
            self.socket.close()
            raise
        self._address = self.socket.getsockname()
        self._word = secrets.token_hex(32).encode()
        self.card = b"tui-nn 1 %d %s\n" % (self._address[1], self._word)

    def admitted(self, line: bytes) -> bytes | None:
        word, space, request = line.partition(b" ")
        return request if space and hmac.compare_digest(word, self._word) else None

    def close(self) -> None:
        wake(socket.AF_INET, self._address)
        self.socket.close()


def wake(family: int, address: object) -> None:
    """End the wait of the thread that accepts: on no system but Linux does closing the socket do so."""
    with socket.socket(family, socket.SOCK_STREAM) as client:
        client.settimeout(1.0)
        try:
            client.connect(address)  # type: ignore[arg-type]
        except OSError:
            return  # nobody waits there, or the next one is taken up at once
