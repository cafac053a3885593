"""The guard itself: a script with next to no imports, so that it is there at once. See `guard`."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import termios

assert sys.platform != "win32"

ON, OFF = b"1", b"0"
PATIENCE = 2  # seconds that a terminal may take no bytes
RESTORED = (
    b"\x1b\\"  # ends a sequence that was cut off
    b"\x1b[?2026l"  # what is drawn is shown at once
    b"\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"  # the mouse
    b"\x1b[?2004l\x1b[?1004l\x1b[?2048l\x1b[<u"  # pastes, focus, sizes and keys are reported as usual
    b"\x1b[?1049l\x1b[?7h\x1b[?25h\x1b[0m"  # the former screen, its line wrap, cursor and colours
)


def main(numbers: str) -> None:
    """The guard: stdin is the pipe, stdout and stderr are the terminal. `numbers`: its attributes as they were."""
    # A shell that has the terminal back has its own attributes: with a handler, setting others fails then.
    signal.signal(signal.SIGTTOU, lambda *_: None)
    word = OFF
    while heard := os.read(0, 64):
        word = heard[-1:]
    if word == OFF:
        return
    signal.alarm(PATIENCE)
    flags = list(map(int, numbers.split(",")))
    with contextlib.suppress(OSError, termios.error):
        termios.tcsetattr(1, termios.TCSANOW, flags[:6] + [flags[6:]])  # noqa: RUF005 - what mypy can follow
        termios.tcflush(1, termios.TCIFLUSH)  # where the mouse was
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # it may write to a terminal that is another's now
    with contextlib.suppress(OSError):
        os.write(2, RESTORED)


if __name__ == "__main__":
    main(sys.argv[1])
