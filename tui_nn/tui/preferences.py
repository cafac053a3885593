"""What the workbench remembers of its user: theme, speed, glyphs and which views stood where."""

from __future__ import annotations

import contextlib
import threading
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
        self._unkept: dict[str, Any] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        if path is not None:
            # A file that cannot be read, or was written by another version, is as good as none.
            with contextlib.suppress(msgspec.ValidationError):
                self.preferences = msgspec.convert(userfiles.read(path.name, path.parent), Preferences)

    def change(self, **changes: Any) -> None:
        """Change some preferences, and have a thread keep them. No state of the disk disturbs the work."""
        changed = replace(self.preferences, **changes)
        if changed == self.preferences:
            return
        self.preferences = changed
        if self._path is not None:
            with self._changed:
                self._unkept |= changes
                if self._thread is None:
                    self._thread = threading.Thread(target=self._keep, args=[self._path], name="keep", daemon=True)
                    self._thread.start()

    def drain(self, seconds: float) -> None:
        """Wait until everything is kept, so long at most."""
        with self._changed:
            self._changed.wait_for(lambda: self._thread is None, seconds)

    def _keep(self, path: Path) -> None:
        while True:
            with self._changed:
                changes, self._unkept = self._unkept, {}
                if not changes:
                    self._thread = None
                    self._changed.notify_all()
                    return
            with contextlib.suppress(OSError):
                userfiles.update(path.name, partial(_changed, changes=changes), path.parent)


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
