"""The files of a run on their way between the worker that trained it and whoever asked."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from tui_nn.errors import StorageError, refused_by_disk
from tui_nn.files import open_new, read_bytes
from tui_nn.runs import layout
from tui_nn.system import rename

MOST_BYTES = 1 << 36  # of a file that is read

# Kept by the machine that trained: Theta over time is large, and the newest Theta is in `live`.
STAYS = (layout.SNAPSHOTS, layout.CONTROL)


def remove(run: Path) -> None:
    """Remove a run directory, or a link in its place."""
    if run.is_symlink():
        run.unlink()
    shutil.rmtree(run, ignore_errors=True)


def packed(run: Path) -> dict[str, bytes]:
    """The files of a run that are worth sending, by their path within it."""
    found: dict[str, bytes] = {}
    for folder, _, names in os.walk(run):
        for name in names:
            path = Path(folder) / name
            if name not in STAYS and path.is_file() and not path.is_symlink():
                found[path.relative_to(run).as_posix()] = read_bytes(path, MOST_BYTES)
    return found


def unpack(run: Path, files: Mapping[str, bytes]) -> None:
    """Put the files that a worker sent back into the run directory. Raises StorageError, also for one outside of it."""
    temporary = run.with_name(f"{run.name}.new")
    remove(temporary)
    with refused_by_disk(run):
        for name, content in files.items():
            path = temporary / name
            if "\0" in name or not path.resolve().is_relative_to(temporary.resolve()):
                raise StorageError(f"a worker sent a file '{name}', which lies outside the run directory.")
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with open_new(path) as file:
                file.write(content)
        remove(run)
        if files:
            rename(temporary, run)
