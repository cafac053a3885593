"""One process writes a run. The lock belongs to the open file, so it ends with its process, however that ends."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from tui_nn.errors import StorageError
from tui_nn.runs import layout

try:
    import fcntl
except ImportError:  # not a POSIX system: there the event log, open for writing, is the only guard
    fcntl = None  # type: ignore[assignment]


def lock_run(run: Path) -> IO[bytes]:
    """Take the run, until the file that is returned is closed. Raises StorageError if another process has it."""
    file = (run / layout.LOCK).open("ab")
    if fcntl is not None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise StorageError(f"{run}: another process is training this run.") from None
    return file
