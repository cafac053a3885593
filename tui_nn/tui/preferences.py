"""What the workbench remembers of its user: theme, speed, glyphs and which views stood where."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from tui_nn import userfiles
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
            with contextlib.suppress(msgspec.ValidationError):
                self.preferences = msgspec.convert(userfiles.read(path.name, path.parent), Preferences)

    def change(self, **changes: Any) -> None:
        """Change some preferences, and keep them. A full or read-only disk does not disturb the work."""
        changed = replace(self.preferences, **changes)
        if changed == self.preferences:
            return
        self.preferences = changed
        if self._path is not None:
            with contextlib.suppress(OSError):
                userfiles.update(self._path.name, partial(_changed, changes=changes), self._path.parent)


def _changed(kept: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """What another workbench has changed meanwhile stays, for it is not this one's to take back."""
    try:
        there = msgspec.convert(kept, Preferences)
    except msgspec.ValidationError:
        there = Preferences()
    views = {**there.views, **changes.get("views", {})}
    tree: dict[str, Any] = msgspec.to_builtins(replace(there, **{**changes, "views": views}))
    return tree


def of_user() -> Remembered:
    """The preferences in the folder that this system has for a user's configuration."""
    try:
        return Remembered(user_folder("config") / FILE)
    except StorageError:  # without a home nothing is remembered
        return Remembered()
