"""The end of the process, which a thread of a plugin cannot put off for ever."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from typing import NoReturn

from tui_nn.leftover import leftover

PATIENCE = 2.0  # seconds that threads have to end by themselves


def leave(code: int) -> NoReturn:
    """End the process with this exit code. A thread that is no daemon and does not end is named, and left behind."""
    if threading.active_count() > 1:
        threading.Thread(target=_end_anyway, args=(code,), name="leaving", daemon=True).start()
    sys.exit(code)


def _end_anyway(code: int) -> None:
    """End the process if its main thread has come to its end, and Python waits for others."""
    time.sleep(PATIENCE)
    if threading.main_thread().is_alive():
        return
    for thread in leftover():
        print(f"tui-nn: a thread is still running and was abandoned: {thread}.", file=sys.stderr)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
