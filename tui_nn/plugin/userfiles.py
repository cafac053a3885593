"""Small JSON files that are kept for a user: which plugins were proved, and which files are trusted."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tui_nn.errors import StorageError
from tui_nn.home import user_folder

try:
    import fcntl
except ImportError:  # no such locks on this system
    fcntl = None  # type: ignore[assignment]

HOME = "TUI_NN_STATE"  # a folder to use instead of the platform's


def state_path() -> Path:
    """The folder for what tui-nn remembers about a user's plugins. Raises StorageError where there is no home."""
    return user_folder("state", HOME)


def read(name: str) -> dict[str, Any]:
    """The file's table; an absent or damaged one is empty, and so is one without a home."""
    try:
        tree = json.loads((state_path() / name).read_text("utf-8"))
    except (OSError, ValueError, StorageError):
        return {}
    return tree if isinstance(tree, dict) else {}


def update(name: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Put what `change` makes of the table in its place; several processes at once wait for one another.

    Raises OSError where the folder cannot be written, StorageError without a home.
    """
    folder = state_path()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.lock").open("a") as lock:
        if fcntl is not None:
            fcntl.flock(lock, fcntl.LOCK_EX)  # let go of when it is closed
        _write(folder, name, change(read(name)))


def _write(folder: Path, name: str, tree: dict[str, Any]) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=f"{name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(tree, file, indent=1)
        os.replace(temporary, folder / name)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
