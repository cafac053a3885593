"""Folders of the user: kept state, caches and settings. A container may have a bare user without any.

Training needs none of them. What cannot do without one says how to name it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from tui_nn.errors import StorageError


def user_folder(kind: Literal["state", "cache", "config"], variable: str = "") -> Path:
    """The platform's folder of this kind for tui-nn, or the one that the environment's `variable` names.

    Raises StorageError where there is no home directory.
    """
    named = os.environ.get(variable) if variable else None
    if named:
        return Path(named)
    import platformdirs

    folder = getattr(platformdirs, f"user_{kind}_path")
    try:
        return Path(folder("tui-nn"))
    except RuntimeError:
        names = [name for name in ("HOME", f"XDG_{kind.upper()}_HOME", variable) if name]
        raise StorageError(f"there is no home directory: set {', '.join(names[:-1])} or {names[-1]}.") from None


def expanded(path: str | Path) -> Path:
    """The path with a leading ~ replaced. Raises StorageError if that means nothing here."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise StorageError(f"{path}: there is no such home directory: set HOME, or write the path in full.") from None
