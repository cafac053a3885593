"""Small JSON files that are kept for a user: proved plugins, trusted files, preferences.

Processes that change one at once wait for one another, and each changes only what is its own.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tui_nn.errors import StorageError
from tui_nn.files import read_bytes
from tui_nn.home import user_folder
from tui_nn.system import lock, rename

MOST = 1 << 24  # bytes
HOME = "TUI_NN_STATE"  # a folder to use instead of the platform's


def state_path() -> Path:
    """The folder for what tui-nn remembers about a user's plugins. Raises StorageError where there is no home."""
    return user_folder("state", HOME)


def read(name: str, folder: Path | None = None) -> dict[str, Any]:
    """The file's table; an absent or damaged one is empty, and so is one without a home. `folder`: or the state's."""
    try:
        return _read((folder or state_path()) / name)
    except (OSError, StorageError):
        return {}


def update(name: str, change: Callable[[dict[str, Any]], dict[str, Any]], folder: Path | None = None) -> None:
    """Put what `change` makes of the table in its place; several processes at once wait for one another.

    Raises OSError where the folder cannot be read or written, StorageError without a home.
    """
    folder = folder or state_path()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.lock").open("ab") as held:
        lock(held.fileno(), wait=True)  # let go of when it is closed
        try:
            tree = _read(folder / name)
        except FileNotFoundError:
            tree = {}
        _write(folder, name, change(tree))


def _read(path: Path) -> dict[str, Any]:
    """The table; a damaged one is empty. Raises OSError: what could not be read must not be replaced by nothing."""
    try:
        tree = json.loads(read_bytes(path, MOST, links=True))
    except (ValueError, RecursionError):
        return {}
    return tree if isinstance(tree, dict) else {}


def _write(folder: Path, name: str, tree: dict[str, Any]) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=f"{name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(tree, file, indent=1)
        rename(temporary, folder / name)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
