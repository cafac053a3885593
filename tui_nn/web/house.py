"""Who is here: a place for each visitor, with a folder of their own, and what the process there may do."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from tui_nn.confined import VARIABLE, Bounds
from tui_nn.datasets.fetch import HOME as CACHE
from tui_nn.errors import StorageError
from tui_nn.home import user_folder
from tui_nn.system.door import FORCED as CONTROL
from tui_nn.userfiles import HOME as STATE

WAITS = 5.0  # seconds for the place of one who is just leaving: a page that is loaded again leaves first
LONG = 40  # bytes of the system's folder for temporary files, beyond which a run's socket finds no room in it
# Of whoever serves, and not for those who are served.
LEFT_OUT = ("NO_COLOR", "TUI_NN_ASCII", "LINES", "TEXTUAL", "TEXTUAL_LOG", STATE, CONTROL)


@dataclass(frozen=True)
class Served:
    """What each visitor gets. words: of `tui-nn`. readable: files and folders of whoever serves, which these need.

    asks: whether visitors are asked what they are called, for `--student`.
    """

    words: tuple[str, ...]
    readable: tuple[str, ...] = ()
    watches: bool = False
    asks: bool = False


class Full(Exception):
    """All places are taken."""


@dataclass(frozen=True)
class Room:
    """Where a visitor is: the folder, and the environment of the process in it."""

    folder: Path
    environment: dict[str, str]


class House:
    """most: visitors at once. kept: where their folders stay; None for folders that go with them.

    Raises StorageError where no folder can be made.
    """

    def __init__(self, served: Served, most: int, kept: Path | None = None) -> None:
        self.served, self.most = served, most
        try:
            if kept is not None:
                kept.mkdir(mode=0o700, parents=True, exist_ok=True)
            short = len(os.fsencode(tempfile.gettempdir())) < LONG or not Path("/tmp").is_dir()
            self.temporary = Path(
                os.path.realpath(tempfile.mkdtemp(prefix="tui-nn-serve-", dir=None if short else "/tmp"))
            )
        except OSError as error:
            raise StorageError(f"{error.filename}: {error.strerror or error}.") from None
        self._kept = kept.resolve() if kept is not None else None
        self._here: list[str] = []  # the visitors, one entry for each place that is taken
        self._left = asyncio.Condition()

    def command(self, name: str = "") -> list[str]:
        """The words of a visitor's process. Nothing is imported from the folder it works in."""
        student = [f"--student={name}"] if self.served.asks and name else []
        return [sys.executable, "-P", "-m", "tui_nn", *self.served.words, *student]

    def has_room(self, visitor: str) -> bool:
        """Whether somebody may come: one who is here already may, for a page that is loaded again leaves first."""
        return len(self._here) < self.most or visitor in self._here

    @contextlib.asynccontextmanager
    async def place(self, visitor: str) -> AsyncIterator[Room]:
        """A place, until it is left. Raises Full."""
        async with self._left:
            try:
                await asyncio.wait_for(self._left.wait_for(lambda: len(self._here) < self.most), WAITS)
            except TimeoutError:
                raise Full from None
            self._here.append(visitor)
        scratch = None
        try:
            scratch = Path(tempfile.mkdtemp(prefix="t", dir=self.temporary))
            (scratch / "tmp").mkdir()
            folder = scratch / "home" if self._kept is None else self._kept / visitor
            folder.mkdir(mode=0o700, exist_ok=True)
            yield Room(folder, self._environment(folder, scratch / "tmp"))
        finally:
            if scratch is not None:
                await asyncio.to_thread(shutil.rmtree, scratch, ignore_errors=True)
            async with self._left:
                self._here.remove(visitor)
                self._left.notify_all()

    def close(self) -> None:
        """Once all have left: nothing temporary stays."""
        shutil.rmtree(self.temporary, ignore_errors=True)

    def _environment(self, folder: Path, temporary: Path) -> dict[str, str]:
        """That of this process, with the visitor's folder as home; fetched data sets are everybody's."""
        environment = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
        environment = {name: value for name, value in environment.items() if not name.startswith("XDG_")}
        readable = list(self.served.readable)
        with contextlib.suppress(StorageError):
            cache = str(user_folder("cache", CACHE).absolute())
            environment[CACHE] = cache
            readable.append(cache)
        own = Bounds((str(folder), str(temporary)), tuple(readable), self.served.watches)
        imported = [str(Path(path).absolute()) for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
        return environment | {
            VARIABLE: own.as_variable(),
            "PYTHONPATH": os.pathsep.join(imported),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUTF8": "1",
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver",
            "TEXTUAL_COLOR_SYSTEM": "truecolor",
            **dict.fromkeys(("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"), str(folder)),
            **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary)),
        }
