"""What the workbench remembers of its user: theme, speed, glyphs and which views stood where."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from tui_nn.errors import StorageError
from tui_nn.home import user_folder

FILE = "workbench.json"


@dataclass(frozen=True)
class Preferences:
    """views: by the kind of data ("picture", "plane", "numbers", "classes"), the names of the views in the panes."""

    theme: str = ""
    speed: float = 10.0
    ascii: bool = False
    views: dict[str, tuple[str, ...]] = field(default_factory=dict)


class Remembered:
    """The preferences and the file they are kept in; without a file they last as long as the application."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self.preferences = Preferences()
        if path is not None:
            # A file that cannot be read, or was written by another version, is as good as none.
            with contextlib.suppress(OSError, msgspec.DecodeError):
                self.preferences = msgspec.json.decode(path.read_bytes(), type=Preferences)

    def change(self, **changes: Any) -> None:
        """Change some preferences, and keep them. A full or read-only disk does not disturb the work."""
        changed = replace(self.preferences, **changes)
        if changed == self.preferences:
            return
        self.preferences = changed
        if self._path is not None:
            with contextlib.suppress(OSError):
                self._path.parent.mkdir(parents=True, exist_ok=True)
                temporary = self._path.with_name(f"{self._path.name}.new")
                temporary.write_bytes(msgspec.json.format(msgspec.json.encode(changed)))
                temporary.replace(self._path)


def of_user() -> Remembered:
    """The preferences in the folder that this system has for a user's configuration."""
    try:
        return Remembered(user_folder("config") / FILE)
    except StorageError:  # without a home nothing is remembered
        return Remembered()
