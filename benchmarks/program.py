"""A benchmark as a program: whoever ends it ends what it has started, too."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType


def run(main: Callable[[], None]) -> None:
    """Run it. SIGTERM ends its children, and then the program as Ctrl+C does: it removes what it has made."""
    signal.signal(signal.SIGTERM, _end)
    main()


def _end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    signal.signal(number, signal.SIG_IGN)  # `timeout` sends it twice
    for children in Path("/proc/self/task").glob("*/children"):  # Linux lists those of each thread
        for child in children.read_text().split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(child), number)
    sys.exit(128 + number)
