"""`python -m tui_nn` at the price of a fork: a process that has imported everything forks one each time.

Each is a child of the process of the tests, as any other, with the words, folder, environment and files that it was
started with. What only a new interpreter shows needs one: see `anew`. There is one anyway where Python or
numpy's library would be told something else when they start, where there are no forks, and below such a process.
"""

from __future__ import annotations

import ctypes
import inspect
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from warm_mother import MOST

MODULES = ("tui_nn", "tui_nn.training.leash")
PR_SET_CHILD_SUBREAPER = 36
TOLD = ("PYTHON", "LC_", "LANG", "LD_")  # variables that are read once, when a process starts
NEVER_MIND = ("PYTHONDONTWRITEBYTECODE",)
# Of what a process is started with: what a fork has not been taught. Their values where nobody asks for them.
UNTAUGHT = {"preexec_fn": (None,), "pass_fds": ((),), "executable": (None,), "shell": (False,), "umask": (-1,),
            "uid": (None,), "gid": (None,), "gids": (None,)}  # fmt: skip
ENDS = ("p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite")


def module_of(command: Any) -> tuple[str, list[str]] | None:
    """(MODULE, WORDS) of `python -m MODULE WORDS` where it is ours; None for all other commands."""
    if isinstance(command, str | bytes | os.PathLike):
        return None
    words = [os.fsdecode(word) for word in command]
    at = 2 if words[1:2] == ["-P"] else 1
    ours = words[0] == sys.executable and words[at : at + 1] == ["-m"] and words[at + 1] in MODULES
    return (words[at + 1], words[at + 2 :]) if ours else None


def told(environment: Mapping[str, str]) -> dict[str, str]:
    """What a process reads once, when it starts."""
    return {
        name: value
        for name, value in environment.items()
        if (name.startswith(TOLD) or name.endswith("_NUM_THREADS")) and name not in NEVER_MIND
    }


class Mother:
    """The process that forks. It is started when it is first asked."""

    def __init__(self) -> None:
        self.rests = sys.platform != "linux"
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._door: socket.socket | None = None
        self._told: dict[str, str] = {}

    def has_been_told(self, environment: Mapping[str, str]) -> bool:
        """Whether a process with this environment would have started as this one has."""
        with self._lock:
            self._start()
        return told(environment) == self._told

    def _start(self) -> None:
        if self._process is not None:
            return
        self._told = told(os.environ)
        self._door, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-P", str(Path(__file__).with_name("warm_mother.py")), str(theirs.fileno())]
        with theirs:
            self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, cwd="/")

    def fork(self, order: Mapping[str, Any], files: list[int]) -> int:
        """The number of a process that is now a child of this one."""
        with self._lock:
            assert self._door is not None
            adopts(True)
            try:
                socket.send_fds(self._door, [json.dumps(order).encode()], files)
                return int(self._door.recv(20))
            finally:
                adopts(False)

    def close(self) -> None:
        if self._process is not None and self._door is not None:
            self._door.close()
            self._process.wait(10)


def adopts(yes: bool) -> None:
    """Whether a descendant whose parent ends becomes a child of this process."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, int(yes), 0, 0, 0)


MOTHER = Mother()


class Popen(subprocess.Popen):  # type: ignore[type-arg]
    """A `subprocess.Popen` that has a process of ours forked."""

    def _execute_child(self, *given: Any) -> None:
        start = super()._execute_child  # type: ignore[misc]
        asked = inspect.signature(start).bind(*given).arguments
        command = None if MOTHER.rests else module_of(asked["args"])
        environment = {os.fsdecode(name): os.fsdecode(value) for name, value in (asked["env"] or os.environ).items()}
        if (
            command is None
            or any(asked.get(name, known[0]) not in known for name, known in UNTAUGHT.items())
            or not MOTHER.has_been_told(environment)
        ):
            start(*given)
            return
        order = {
            "module": command[0], "words": command[1], "environment": environment,
            "cwd": str(Path(os.fsdecode(asked["cwd"] or ".")).absolute()), "session": asked["start_new_session"],
            "group": asked.get("process_group", -1),
        }  # fmt: skip
        assert len(json.dumps(order)) < MOST
        theirs = (asked["p2cread"], asked["c2pwrite"], asked["errwrite"])
        self.pid = MOTHER.fork(order, [own if file == -1 else file for own, file in enumerate(theirs)])
        self._child_created = True
        self._close_pipe_fds(*(asked[name] for name in ENDS))  # type: ignore[attr-defined]


@contextmanager
def warm() -> Iterator[None]:
    """Within, whoever starts `tui-nn` from this process gets a fork."""
    with mock.patch.object(subprocess, "Popen", Popen):
        yield
    MOTHER.close()


@contextmanager
def anew() -> Iterator[None]:
    """Within, a process is a new interpreter, as a user starts one."""
    with mock.patch.object(MOTHER, "rests", True):
        yield
