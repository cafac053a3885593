"""Files that were saved: where they are, and, to whoever sits at a browser and has no other way to them, the files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.app import App

from tui_nn.confined import is_served

BYTES = "application/octet-stream"


def place_of(path: Path) -> str:
    """Where a file is: the whole path, or for a visitor, to whom that says nothing, its name. Asks no disk."""
    return path.name if is_served() else str(path.absolute())


def hand_over(app: App[Any], *paths: Path) -> None:
    """Have the browser save them, if there is one."""
    for path in paths if app.is_web else ():
        app.deliver_binary(path, save_directory=path.parent, mime_type=BYTES)
