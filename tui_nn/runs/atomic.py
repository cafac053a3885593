"""Writing a file so that a reader sees the old one or the new one, whatever happens in between.

kill -9 never loses what was written to the page cache; a power cut does, which is what the two syncs are for.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from tui_nn.files import open_new
from tui_nn.system import rename, sync_folder


def write_synced(path: Path, content: bytes) -> None:
    """Write a new file, and leave nothing of it if that fails."""
    try:
        with open_new(path) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


def write_atomically(path: Path, content: bytes) -> None:
    """Write to a temporary name, sync, rename, sync the directory."""
    temporary = path.with_name(f"{path.name}.new")
    write_synced(temporary, content)
    rename(temporary, path)
    sync_folder(path.parent)
