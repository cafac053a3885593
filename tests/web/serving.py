"""`tui-nn serve` as a process of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys

SERVERS = ("CI", "GITHUB_ACTIONS", "NO_COLOR")


class Serving:
    """Its process, and the address that it has printed."""

    def __init__(self, process, entrance) -> None:
        self.process, self.entrance = process, entrance
        self.url, _, self.token = entrance.partition("/?token=")

    def ends(self, number=signal.SIGINT):
        """The exit code after a signal."""
        self.process.send_signal(number)
        return self.process.wait(30)


@contextlib.contextmanager
def serving(*words, cwd, **more):
    """A `Serving` on a free port; it is ended at the end."""
    environment = {name: value for name, value in os.environ.items() if name not in SERVERS}
    command = [sys.executable, "-P", "-m", "tui_nn", "serve", "--port", "0", *map(str, words)]
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, text=True, env={**environment, **more})
    try:
        yield Serving(process, process.stdout.readline().strip())
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(30)
        process.stdout.close()
