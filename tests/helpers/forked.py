"""Trials that are there at once: a process that has imported everything forks one for each."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from io import FileIO
from multiprocessing import get_context, process
from multiprocessing.connection import Connection
from types import SimpleNamespace
from typing import IO, Any

PRELOADED = [
    "forked", "tui_nn.cli.train", "tui_nn.cli.seeds", "tui_nn.cli.output", "tui_nn.experiment.build",
    "tui_nn.experiment.change", "tui_nn.plugin.registry", "tui_nn.report.finished", "tui_nn.report.require",
    "tui_nn.runs.session", "tui_nn.training.listening", "tui_nn.training.resume", "tui_nn.training.whole",
    "tui_nn_standard",
]  # fmt: skip

STARTING = threading.Lock()


def be(command: Sequence[str], environment: Mapping[str, str], stdin: Connection, stderr: Connection) -> None:
    """Become `python -m tui_nn.training.leash WORDS`."""
    from tui_nn.cli.main import entry
    from tui_nn.training.leash import end_with_parent

    os.setsid()
    nothing = os.open(os.devnull, os.O_WRONLY)
    for number, opened in enumerate((stdin.fileno(), nothing, stderr.fileno())):
        os.dup2(opened, number)
    for stream in (stdin, stderr):
        stream.close()
    # What multiprocessing has made of them is of another file.
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
        for number, mode in enumerate(("r", "w", "w"))
    )
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr  # type: ignore[misc]
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["tui-nn", *command[command.index("tui_nn.training.leash") + 1 :]]
    threading.Thread(target=end_with_parent, name="leash", daemon=True).start()
    entry()


class Forked:
    """As much of `subprocess.Popen` as a trial needs."""

    def __init__(self, command: Sequence[str], *, stderr: IO[bytes], env: Mapping[str, str], **_: Any) -> None:
        context = get_context("forkserver")
        context.set_forkserver_preload(PRELOADED)
        read, write = os.pipe()
        self.stdin = FileIO(write, "w")
        ends = Connection(read, writable=False), Connection(os.dup(stderr.fileno()), readable=False)
        self._process = context.Process(target=be, args=(command, dict(env), *ends))
        with STARTING:
            self._process.start()
            # Else each start looks how all others are, while the threads that wait for them do.
            process._children.discard(self._process)
        for end in ends:
            end.close()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        code = self._process.exitcode
        if code is None:
            raise subprocess.TimeoutExpired("a trial", timeout or 0)
        return code

    def terminate(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()


# What a trial knows of `subprocess`.
SUBPROCESS = SimpleNamespace(
    Popen=Forked, PIPE=subprocess.PIPE, DEVNULL=subprocess.DEVNULL, TimeoutExpired=subprocess.TimeoutExpired
)
