"""The end of the process, which a plugin's thread cannot put off for ever."""

from __future__ import annotations

import contextlib
import os
import sys
import sysconfig
import threading
import time
import traceback
from pathlib import Path
from typing import NoReturn

PATIENCE = 2.0  # seconds that threads have to end after the last result


def leave(code: int) -> NoReturn:
    """End the process with this exit code. A thread that is no daemon and does not end is named, and left behind."""
    if _left():
        threading.Thread(target=_end_anyway, args=(code,), name="leaving", daemon=True).start()
    sys.exit(code)


def _left() -> list[threading.Thread]:
    """Threads that Python would wait for."""
    ours = (threading.main_thread(), threading.current_thread())
    return [one for one in threading.enumerate() if not one.daemon and one not in ours]


def _end_anyway(code: int) -> None:
    """Python has begun to end the process, and waits for threads: give them a moment, and no more."""
    time.sleep(PATIENCE)
    frames = sys._current_frames()
    for thread in _left():
        frame = frames.get(thread.ident or 0)
        where = _where(traceback.extract_stack(frame)) if frame is not None else ""
        print(f"tui-nn: the thread '{thread.name}' has not ended{where}; left behind.", file=sys.stderr)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _where(stack: traceback.StackSummary) -> str:
    """The innermost line that is not of Python's own library."""
    library = Path(sysconfig.get_path("stdlib"))
    for frame in reversed(stack):
        if library not in Path(frame.filename).parents or "site-packages" in frame.filename:
            return f": {Path(frame.filename).name}:{frame.lineno}, in {frame.name}"
    return ""
