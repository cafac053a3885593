"""The file `newest`: the last epoch that a trainer has measured, while its event log does not have it."""

from __future__ import annotations

import os
from pathlib import Path

from tui_nn.engine.events import EpochFinished, EpochsSkipped
from tui_nn.errors import StorageError
from tui_nn.files import open_new, open_to_read
from tui_nn.runs import layout
from tui_nn.runs.codec import decode
from tui_nn.system import remove, rename

Newest = tuple[EpochFinished, EpochsSkipped | None]  # and what was best since the last epoch that is recorded


def parse(lines: bytes) -> Newest | None:
    """What stands in the file; None for nothing. Raises StorageError for anything else."""
    events = [decode(line) for line in lines.splitlines()]
    if not events:
        return None
    *before, epoch = events
    skipped = before[0] if before else None
    if len(before) > 1 or not isinstance(epoch, EpochFinished) or not isinstance(skipped, EpochsSkipped | None):
        raise StorageError("not the newest epoch of a run")
    return epoch, skipped


def write(run: Path, lines: bytes) -> None:
    """Put these lines in the place of the former ones, or nothing. Raises OSError."""
    path = run / layout.NEWEST
    if not lines:
        remove(path, missing_ok=True)
        return
    temporary = path.with_name(f"{path.name}.new")
    with open_new(temporary) as file:
        file.write(lines)
    rename(temporary, path)


class NewestReader:
    """A reader's side: parses the file when it is another one."""

    def __init__(self, run: Path) -> None:
        self._path = run / layout.NEWEST
        self._known: tuple[tuple[int, int], Newest | None] = ((0, 0), None)

    def read(self) -> Newest | None:
        """The newest epoch; None where the log has it, or the file is no trainer's."""
        try:
            with open_to_read(self._path, layout.MOST[layout.NEWEST]) as file:
                status = os.fstat(file.fileno())
                stand = (status.st_ino, status.st_mtime_ns)
                if stand != self._known[0]:
                    self._known = stand, None
                    self._known = stand, parse(file.read(layout.MOST[layout.NEWEST]))
        except (OSError, StorageError):
            return None
        return self._known[1]
