"""A file of lines at whose end a trainer writes: a disk that has no room for a while costs no line, and tears none."""

from __future__ import annotations

import os
import time
from typing import BinaryIO

from tui_nn.errors import StorageError

MOST_WAITING = 64 << 20  # bytes: a disk that takes nothing for so long is an error
AGAIN = 1.0  # seconds between two tries, unless one is asked for


class LogFile:
    """What the disk refuses is kept, and written before all that comes later. `length`: bytes, those included."""

    def __init__(self, file: BinaryIO, length: int = 0) -> None:
        """Go on with a file that is `length` bytes long; what is behind is cut."""
        file.truncate(length)
        self._file = file
        self._written = length
        self._waiting = bytearray()
        self._refused = 0.0  # when

    @property
    def length(self) -> int:
        """Bytes that the file has once all of its lines are written."""
        return self._written + len(self._waiting)

    def add(self, line: bytes) -> None:
        """Take a line, with its line feed, to be written. Raises StorageError if too much is waiting."""
        if len(self._waiting) + len(line) > MOST_WAITING:
            raise StorageError(f"{self._file.name}: the disk has not taken {MOST_WAITING >> 20} MiB of events")
        self._waiting += line

    def flush(self, *, now: bool = False) -> None:
        """Write what is waiting; after a refusal not at once again, unless `now`. Raises OSError as the disk does."""
        if not self._waiting or (self._refused and not now and time.monotonic() - self._refused < AGAIN):
            return
        try:
            while self._waiting:
                os.lseek(self._file.fileno(), self._written, os.SEEK_SET)
                count = os.write(self._file.fileno(), self._waiting)
                del self._waiting[:count]
                self._written += count
            self._refused = 0.0
        except OSError:
            self._refused = time.monotonic()
            raise

    def sync(self) -> None:
        """Write what is waiting, and have the disk keep it. Raises OSError."""
        self.flush(now=True)
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file. What the disk has not taken is lost."""
        self._file.close()
