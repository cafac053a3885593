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
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from warm_mother import MOST

MODULES = ("tui_nn", "tui_nn.training.leash", "tui_nn.testing.child")
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
    """The process that forks, started with this environment."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._door, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-P", str(Path(__file__).with_name("warm_mother.py")), str(theirs.fileno())]
        with theirs:
            self._process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, cwd="/", env=environment
            )

    def fork(self, order: Mapping[str, Any], files: list[int]) -> int:
        """The number of a process that is now a child of this one."""
        adopts(True)
        try:
            socket.send_fds(self._door, [json.dumps(order).encode()], files)
            return int(self._door.recv(20))
        finally:
            adopts(False)

    def close(self) -> None:
        self._door.close()
        self._process.wait(10)


class Mothers:
    """One for each of the things that a process is told when it starts, once that has been asked for often enough."""

    def __init__(self) -> None:
        self.rest = sys.platform != "linux"
        self._lock = threading.Lock()
        self._made: dict[frozenset[tuple[str, str]], Mother] = {}
        self._asked: Counter[frozenset[tuple[str, str]]] = Counter()

    def forked(self, order: Mapping[str, Any], files: list[int]) -> int | None:
        """The number of a new child of this process; None where a new interpreter costs less."""
        environment = order["environment"]
        what = frozenset(told(environment).items())
        with self._lock:
            self._asked[what] += 1
            if what not in self._made:
                if self._asked[what] < 2 and what != frozenset(told(os.environ).items()):
                    return None
                self._made[what] = Mother(environment)
            return self._made[what].fork(order, files)

    def close(self) -> None:
        while self._made:
            self._made.popitem()[1].close()


def adopts(yes: bool) -> None:
    """Whether a descendant whose parent ends becomes a child of this process."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, int(yes), 0, 0, 0)


MOTHERS = Mothers()


class Popen(subprocess.Popen):  # type: ignore[type-arg]
    """A `subprocess.Popen` that has a process of ours forked. largest: bytes of a file that it writes."""

    def __init__(self, *given: Any, largest: int | None = None, **options: Any) -> None:
        self._largest = largest
        super().__init__(*given, **options)

    def _execute_child(self, *given: Any) -> None:
        start = super()._execute_child  # type: ignore[misc]
        asked = inspect.signature(start).bind(*given).arguments
        command = None if MOTHERS.rest else module_of(asked["args"])
        if command is None or any(asked.get(name, known[0]) not in known for name, known in UNTAUGHT.items()):
            assert self._largest is None, "only a fork has been taught so"
            start(*given)
            return
        environment = asked["env"] or os.environ
        order = {
            "module": command[0], "words": command[1], "largest": self._largest,
            "environment": {os.fsdecode(name): os.fsdecode(value) for name, value in environment.items()},
            "cwd": str(Path(os.fsdecode(asked["cwd"] or ".")).absolute()), "session": asked["start_new_session"],
            "group": asked.get("process_group", -1),
        }  # fmt: skip
        assert len(json.dumps(order)) < MOST
        theirs = (asked["p2cread"], asked["c2pwrite"], asked["errwrite"])
        number = MOTHERS.forked(order, [own if file == -1 else file for own, file in enumerate(theirs)])
        if number is None:
            start(*given)
            return
        self.pid = number
        self._child_created = True
        self._close_pipe_fds(*(asked[name] for name in ENDS))  # type: ignore[attr-defined]


@contextmanager
def warm() -> Iterator[None]:
    """Within, whoever starts `tui-nn` from this process gets a fork."""
    with mock.patch.object(subprocess, "Popen", Popen):
        yield
    MOTHERS.close()


@contextmanager
def anew() -> Iterator[None]:
    """Within, a process is a new interpreter, as a user starts one."""
    with mock.patch.object(MOTHERS, "rest", True):
        yield
