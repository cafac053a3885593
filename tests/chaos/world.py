"""The surroundings of a case: a home, a working directory, files of somebody else, and a folder for what is written."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
from pathlib import Path

from forks import Forks

SENTINELS = {
    "home": (".profile", ".ssh/id", ".config/mine", ".local/state/mine", "runs/mine"),
    "outside": ("precious.json", "precious.bin", "folder/file"),
    "cwd": ("notes.txt", "tui_nn.py", "numpy.py", "folder/file"),
}
HASHED = 1 << 20  # bytes: of larger files the moment of the last change is looked at


class World:
    """Folders: `home`, `outside`, `cwd` (which a command is started in), `out` and `tmp`, which it may write to.

    background: starts what goes on beside the commands.
    """

    def __init__(self, root: Path, background: Forks) -> None:
        self.root, self.background = root, background
        self.home, self.outside, self.cwd = (root / name for name in SENTINELS)
        self.out, self.tmp = self.cwd / "out", root / "tmp"
        for folder, names in SENTINELS.items():
            for name in names:
                path = root / folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(f"raise SystemExit('{name} of somebody else was run')\n")
        self.out.mkdir()
        self.tmp.mkdir()

    @property
    def environment(self) -> dict[str, str]:
        """What a command is told of it."""
        return {
            "HOME": str(self.home), "TMPDIR": str(self.tmp), "TERM": "xterm-256color", "LANG": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1",  # Python takes half a file for a whole one where files may not grow
        }  # fmt: skip

    def emptied(self) -> None:
        """As before the first command: nothing in `out`."""
        for folder in (self.out, self.tmp):
            remove(folder)
            folder.mkdir()

    def close(self) -> None:
        """Remove all of it."""
        remove(self.root)


def remove(path: Path) -> None:
    """A tree, whatever permissions its folders have."""
    for folder, names, _ in os.walk(path):
        for name in names:
            if not os.path.islink(os.path.join(folder, name)):  # noqa: PTH114, PTH118
                os.chmod(os.path.join(folder, name), 0o700)  # noqa: PTH101, PTH118
    shutil.rmtree(path)


def state_of(root: Path) -> dict[str, tuple[object, ...]]:
    """Path -> what is there: kind, permissions, and content, target or names; of a file also when it was changed."""
    found: dict[str, tuple[object, ...]] = {}
    for folder, names, files in os.walk(root):
        for name in (*names, *files):
            path = Path(folder, name)
            with contextlib.suppress(FileNotFoundError):  # a trainer beside us has just removed it
                found[str(path.relative_to(root))] = _state(path)
    return found


def _state(path: Path) -> tuple[object, ...]:
    at = path.lstat()
    if stat.S_ISREG(at.st_mode):
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if at.st_size < HASHED else ""
        return at.st_mode, at.st_mtime_ns, at.st_size, digest
    return (at.st_mode, os.readlink(path)) if stat.S_ISLNK(at.st_mode) else (at.st_mode,)  # noqa: PTH115
