"""A watchdog for a trainer that hangs: what it was doing when it fell silent is written into the run directory.

The interpreter's own fault handler writes it, from a thread that needs no lock, so even a loop in C cannot prevent it.
A reader learns from it which line of which plugin is to blame.
"""

from __future__ import annotations

import contextlib
import faulthandler
import re
import sysconfig
import time
from pathlib import Path
from types import TracebackType

from tui_nn.engine.events import Event
from tui_nn.errors import StorageError
from tui_nn.files import open_new
from tui_nn.runs import layout
from tui_nn.system import remove

SILENCE = 10.0  # seconds without an event, after which a trainer is said to be stalled
REARM = 1.0  # seconds: the fault handler starts a thread each time it is armed
LIBRARY = Path(__file__).parents[1]


class Watchdog:
    """Call it for every event of a run. One a process."""

    def __init__(self, run: Path, silence: float = SILENCE) -> None:
        self._path, self._silence = run / layout.STALLED, silence
        self._file = open_new(self._path)
        self._armed = 0.0

    def __call__(self, event: Event | None = None) -> None:  # noqa: ARG002
        now = time.monotonic()
        if now - self._armed < REARM:
            return
        if self._file.seek(0, 2):  # it was silent, and is not any more
            self._file.truncate(0)
        self._armed = now
        faulthandler.dump_traceback_later(self._silence, file=self._file)

    def __enter__(self) -> Watchdog:
        self()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        faulthandler.cancel_dump_traceback_later()
        self._file.close()
        with contextlib.suppress(OSError):
            remove(self._path)


def stalled(run: Path) -> str:
    """Where the trainer of this run hangs, in words; empty if it does not."""
    try:
        text = (layout.read(run, layout.STALLED) or b"").decode("utf-8", "replace")
    except StorageError:
        return ""
    blocks = [block for block in text.split("Thread ") if "session.py" in block]
    frames = re.findall(r'File "(.+?)", line (\d+) in (.+)', blocks[-1] if blocks else "")
    if not frames:
        return ""
    return " in ".join(["no step for a while: it hangs", _innermost(frames)])


def _innermost(frames: list[tuple[str, str, str]]) -> str:
    """The innermost line of a plugin, or else of whatever is run."""
    standard = Path(sysconfig.get_path("stdlib"))
    for file, line, function in frames:
        path = Path(file)
        if LIBRARY in path.parents or "numpy" in path.parts or (path.parent == standard):
            continue
        return f"{function}, {path.name}, line {line}"
    file, line, function = frames[0]
    return f"{function}, {Path(file).name}, line {line}"
