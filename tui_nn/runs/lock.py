"""One process writes a run. The lock belongs to the open file, so it ends with its process, however that ends.

So it also says whether a run is being trained, which the number of a process does not: another has it later, and in a
container each trainer may be number 1.
"""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import IO

from tui_nn.errors import StorageError
from tui_nn.files import open_to_append, open_to_read
from tui_nn.runs import layout
from tui_nn.system import lock

TRIES, APART = 20, 0.01  # seconds: a reader that looks has the lock for a few microseconds


def lock_run(run: Path) -> IO[bytes]:
    """Take the run, until the file that is returned is closed. Raises StorageError if another process has it."""
    return locked(run, "another process is training this run.")


def locked(directory: Path, otherwise: str) -> IO[bytes]:
    """Take a directory, until the file that is returned is closed. Raises StorageError if another process has it."""
    file = open_to_append(directory / layout.LOCK)
    for _ in range(TRIES):
        with contextlib.suppress(OSError):
            if lock(file.fileno()):
                return file
        time.sleep(APART)
    file.close()
    raise StorageError(f"{directory}: {otherwise}")


def is_locked(directory: Path) -> bool | None:
    """Whether a process has taken it. None where nobody can tell: no lock was ever there, or none can be asked."""
    try:
        file = open_to_read(directory / layout.LOCK, layout.MOST[layout.LOCK])
    except OSError:
        return None
    try:
        return not lock(file.fileno(), shared=True)
    except OSError:  # a file system without locks
        return None
    finally:
        file.close()
