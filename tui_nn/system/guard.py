"""The terminal is as before whatever ends the application: SIGKILL, a crash in C, an exception on the way out.

Who is killed cannot clean up, so a tiny process of its own waits on a pipe that ends with the application. It is a
child, not a parent: the shell goes on dealing with the application itself, with its signals, stops and exit code.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import Any

assert sys.platform != "win32"

from tui_nn.system.guard_process import OFF, ON, PATIENCE  # noqa: E402

PROCESS = Path(__file__).with_name("guard_process.py")
BLOCKED = [signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP, signal.SIGTSTP, signal.SIGTTIN]
guards: list[int] = []  # where the guard of this process is told


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    """Within, the terminal is in the application's mode. If that ends otherwise than by returning, it is restored."""
    numbers = _attributes()
    if not numbers:
        yield
        return
    import subprocess

    theirs, ours = os.pipe()
    command = [sys.executable, "-I", "-S", str(PROCESS), ",".join(map(str, numbers))]
    former = signal.pthread_sigmask(signal.SIG_BLOCK, BLOCKED)  # inherited: what ends the group must not end the guard
    process = subprocess.Popen(command, stdin=theirs, stdout=0)
    signal.pthread_sigmask(signal.SIG_SETMASK, former)
    os.close(theirs)
    guards.append(ours)
    _tell(ON)
    try:
        yield
        _tell(OFF)
    finally:
        guards.remove(ours)
        os.close(ours)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)


def _attributes() -> list[int]:
    """Those of the terminal, in one row; none where there is no such terminal."""
    try:
        *flags, special = termios.tcgetattr(0)
    except (OSError, termios.error):
        return []
    return [*flags, *(one if isinstance(one, int) else ord(one) for one in special)]


def follow_stops() -> None:
    """An application that is suspended (SIGTSTP) has restored the terminal: its guard is told, and when it goes on."""
    if not guards:
        return
    for number, word in ((signal.SIGTSTP, OFF), (signal.SIGCONT, ON)):
        former = signal.getsignal(number)
        if callable(former):
            signal.signal(number, _telling(word, former))


def _telling(word: bytes, former: Any) -> Any:
    def handle(*given: Any) -> None:
        _tell(word)
        former(*given)

    return handle


def _tell(word: bytes) -> None:
    for guard in guards:
        with contextlib.suppress(OSError):
            os.write(guard, word)
