"""A process that is served to strangers: which files it reads and writes, and whom it talks to.

Whoever sits at a served workbench types names of files, and must not reach those of whoever serves it. So the process
itself refuses, at the events that Python tells of before anything is opened, made, removed, started or connected: no
screen, reader or plugin can forget to ask. It holds in children too, which inherit the variable. It is no wall against
code: only against what data, names and keys can ask for, which is all that a visitor has.
"""

from __future__ import annotations

import errno
import json
import os
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tui_nn.system import LOOPBACK_IS_OWN

VARIABLE = "TUI_NN_SERVED"
WATCHED = "Read only: this run is watched here, and nothing here steers it."
REFUSED = "not open to visitors: it is outside of the folder of this workbench"
UNREACHED = "not open to visitors: a served workbench reaches no network"
UNSTARTED = "not open to visitors: a served workbench starts its trainers only"

# What the system says about itself, by the names that the package asks for.
SYSTEM = re.compile(
    r"/dev/(null|urandom)|/proc/(meminfo|\d+/statm?)|/sys/fs/cgroup(/.*)?|/sys/devices/system/cpu(/.*)?"
    r"|/usr/share/zoneinfo(/.*)?|/etc/(localtime|os-release|(.*/)?mime\.types)"
)
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# Event -> which of its arguments are paths that it changes.
CHANGES = {
    "os.mkdir": (0,), "os.rmdir": (0,), "os.remove": (0,), "os.rename": (0, 1), "os.link": (0, 1), "os.symlink": (1,),
    "os.truncate": (0,), "os.chmod": (0,), "os.chown": (0,), "os.utime": (0,), "os.setxattr": (0,),
}  # fmt: skip
LISTS = ("os.listdir", "os.scandir", "os.chdir")
CONTROL = f"{os.sep}control{os.sep}"  # the file of a run that says where its trainer listens, and by which word
STARTS = ("os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.startfile", "pty.spawn")


@dataclass(frozen=True)
class Bounds:
    """own: folders that are read and written. readable: what else is read. watches: no trainer is started or told."""

    own: tuple[str, ...]
    readable: tuple[str, ...] = ()
    watches: bool = False

    def as_variable(self) -> str:
        """For the environment of the process that is to keep to it."""
        return json.dumps([self.own, self.readable, self.watches])


@cache
def bounds() -> Bounds | None:
    """Those that this process keeps to; None where it is its user's own."""
    text = os.environ.get(VARIABLE)
    if text is None:
        return None
    own, readable, watches = json.loads(text)
    return Bounds(tuple(own), tuple(readable), bool(watches))


def is_served() -> bool:
    """Whether somebody else than its user sits at this process."""
    return bounds() is not None


def only_watches() -> bool:
    """Whether this process may look, and neither train nor steer."""
    found = bounds()
    return found is not None and found.watches


def confine() -> None:
    """From here on this process keeps to its bounds, if it has any; nothing takes that back."""
    found = bounds()
    if found is not None:
        sys.addaudithook(_Confinement(found))


class _Confinement:
    """Called with each event before it happens. Raises PermissionError for what is out of bounds."""

    def __init__(self, found: Bounds) -> None:
        self._own = _roots(found.own)
        self._readable = (*self._own, *_roots(found.readable), *_roots(_of_python()))
        self._watches = found.watches

    def __call__(self, event: str, given: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = given
            writes = bool(flags & WRITES) or (isinstance(mode, str) and not set("wax+").isdisjoint(mode))
            self._check(path, writes)
        elif event in CHANGES:
            for position in CHANGES[event]:
                self._check(given[position], writes=True, follows=False)
        elif event in LISTS:
            self._check(given[0], writes=False)
        elif event in ("socket.connect", "socket.bind", "socket.sendto"):
            self._check_address(given[1], connects=event != "socket.bind")
        elif event == "subprocess.Popen":
            if self._watches or not given[1] or os.fsdecode(given[1][0]) != sys.executable:
                raise PermissionError(errno.EACCES, WATCHED if self._watches else UNSTARTED)
        elif event in STARTS:
            raise PermissionError(errno.EACCES, UNSTARTED)

    def _check(self, path: Any, writes: bool, follows: bool = True) -> None:
        if path is None or isinstance(path, int):  # a descriptor: it was looked at when it was opened
            return
        place = _place(os.fsdecode(path), follows)
        if self._watches and place.endswith(CONTROL) and not place.startswith(self._own):
            raise PermissionError(errno.EACCES, WATCHED, os.fsdecode(path))
        if place.startswith(self._own if writes else self._readable):
            return
        if place.rstrip(os.sep) == f"/proc/{os.getpid()}/maps" and not writes:  # its own libraries
            return
        if SYSTEM.fullmatch(place.rstrip(os.sep)) and (not writes or place.startswith(os.devnull)):
            return
        raise PermissionError(errno.EACCES, REFUSED, os.fsdecode(path))

    def _check_address(self, address: Any, connects: bool) -> None:
        """A run's own socket only; and on Windows what a loop wakes itself with, which is a connection there."""
        if isinstance(address, str | bytes):
            if connects and self._watches:
                raise PermissionError(errno.EACCES, WATCHED)
            self._check(address, writes=True)
        elif not (LOOPBACK_IS_OWN and isinstance(address, tuple) and address[0] == "127.0.0.1"):
            raise PermissionError(errno.EACCES, UNREACHED)


def _place(path: str, follows: bool = True) -> str:
    """Where a path leads, with a separator at its end, so that no folder is taken for the beginning of another."""
    if follows:
        found = os.path.realpath(path)
    else:
        folder, name = os.path.split(os.path.abspath(path))  # noqa: PTH100
        found = os.path.join(os.path.realpath(folder), name)  # noqa: PTH118 - each file is looked at: Path is slow
    return os.path.normcase(found) + os.sep


def _roots(paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(_place(path) for path in paths)


def _of_python() -> set[str]:
    """Where Python, this package and what is installed beside it are."""
    package = Path(__file__).parent
    return {sys.prefix, sys.base_prefix, str(package), *(path for path in sys.path if path)}
