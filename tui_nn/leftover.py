"""Threads that somebody began and nobody ends: Python waits for them, and the process would stay for ever."""

from __future__ import annotations

import sys
import sysconfig
import threading
import traceback
from pathlib import Path

POOL = Path("concurrent", "futures", "thread.py")  # its idle threads end by themselves when Python does


def leftover() -> list[str]:
    """Each thread that is no daemon and is still at work, with its line: `'Thread-1', mine.py:4, in wait`."""
    frames = sys._current_frames()
    found = []
    for thread in threading.enumerate():
        if thread.daemon or thread in (threading.main_thread(), threading.current_thread()):
            continue
        frame = frames.get(thread.ident or 0)
        stack = traceback.extract_stack(frame) if frame is not None else []
        if stack and Path(stack[-1].filename).parts[-3:] == POOL.parts:
            continue
        found.append(", ".join([f"'{thread.name}'", *_where(stack)]))
    return found


def _where(stack: list[traceback.FrameSummary]) -> list[str]:
    """The innermost line that is not of Python's own library, if there is one."""
    library = Path(sysconfig.get_path("stdlib"))
    for frame in reversed(stack):
        if library not in Path(frame.filename).parents or "site-packages" in frame.filename:
            return [f"{Path(frame.filename).name}:{frame.lineno}, in {frame.name}"]
    return []
