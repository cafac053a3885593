"""A Python that looks like Windows' to tui-nn, and to nothing else: with this folder on PYTHONPATH, so do its children.

What Windows lacks is not there; the few functions of Windows that tui_nn.system.windows calls are made of POSIX's.
Files that are open can be removed here all the same.
"""

from __future__ import annotations

import builtins
import ctypes
import fcntl
import os
import select
import signal
import socket
import subprocess
import sys
import types
from pathlib import Path

sys.path.insert(1, str(Path(__file__).parents[1]))
from windows_lacks import ABSENT, LACKING

OURS = ("tui_nn", "tui_nn_standard")
CREATE_NO_WINDOW, CREATE_NEW_PROCESS_GROUP = 0x08000000, 0x200
LOCK_VIOLATION, INVALID_PARAMETER = 33, 87


class Seen(types.ModuleType):
    """A module as our code sees it: with some names less, and some more."""

    def __init__(self, module, lacking=(), more=None):
        super().__init__(module.__name__)
        self.__dict__.update(_module=module, _lacking=frozenset(lacking), _more=more or {})

    def __getattr__(self, name):
        if name in self._lacking:
            raise AttributeError(f"module '{self.__name__}' has no attribute '{name}' on Windows")
        return self._more[name] if name in self._more else getattr(self._module, name)

    def __setattr__(self, name, value):
        setattr(self._module, name, value)

    def __delattr__(self, name):
        delattr(self._module, name)


class WindowsError_(OSError):
    winerror = INVALID_PARAMETER


class Process(subprocess.Popen):
    """No signal is sent to another process: it is ended."""

    def __init__(self, *words, creationflags=0, start_new_session=None, **options):
        assert start_new_session is None, "that is POSIX's"
        super().__init__(*words, start_new_session=bool(creationflags), **options)

    def send_signal(self, number):
        raise AssertionError(f"signal {number} for another process")

    def terminate(self):
        os.kill(self.pid, signal.SIGKILL)

    kill = terminate


def run(words, creationflags=0, **options):  # noqa: ARG001
    if words[0] == "icacls":
        os.chmod(words[1], 0o600)  # noqa: PTH101
        return subprocess.CompletedProcess(words, 0)
    return subprocess.run(words, **options)


def kill(pid, number):
    raise AssertionError(f"os.kill({pid}, {number}) ends a process on Windows, or sends Ctrl+C")


class Kernel:
    """kernel32."""

    error = 0

    def LockFileEx(self, handle, flags, zero, low, high, place):  # noqa: ARG002
        try:
            fcntl.flock(handle.value, (fcntl.LOCK_EX if flags & 2 else fcntl.LOCK_SH) | (flags & 1 and fcntl.LOCK_NB))
        except BlockingIOError:
            Kernel.error = LOCK_VIOLATION
            return 0
        return 1

    def GlobalMemoryStatusEx(self, found):
        assert found[0] == ctypes.sizeof(found) == 64
        found[4] = 8 << 30
        return 1


def open_process(access, inherit, pid):  # noqa: ARG001
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        raise WindowsError_(INVALID_PARAMETER, "The parameter is incorrect") from None
    return pid


def peek(handle):
    """Nothing is ever written to a leash: what there is to read is its end."""
    if select.select([handle], [], [], 0)[0]:
        raise BrokenPipeError


def made(name, **names):
    module = types.ModuleType(name)
    module.__dict__.update(names)
    return module


MORE = {
    "os": {"O_BINARY": 0, "O_NOINHERIT": os.O_CLOEXEC, "kill": kill},
    "signal": {"SIGBREAK": signal.SIGQUIT, "CTRL_BREAK_EVENT": 1},
    "sys": {"platform": "win32"},
    "socket": {"SO_EXCLUSIVEADDRUSE": socket.SO_REUSEADDR},
    "subprocess": {
        "Popen": Process, "run": run, "CREATE_NO_WINDOW": CREATE_NO_WINDOW,
        "CREATE_NEW_PROCESS_GROUP": CREATE_NEW_PROCESS_GROUP,
    },
    "ctypes": {
        "WinDLL": lambda name, use_last_error=False: Kernel(),
        "get_last_error": lambda: Kernel.error,
        "WinError": lambda code: WindowsError_(code, "an error of Windows"),
    },
}  # fmt: skip
MADE = {
    "msvcrt": made("msvcrt", get_osfhandle=lambda descriptor: descriptor),
    "_winapi": made(
        "_winapi", OpenProcess=open_process, CloseHandle=lambda handle: None, WAIT_TIMEOUT=258,
        PeekNamedPipe=peek, WaitForSingleObject=lambda handle, milliseconds: 258,
    ),
}  # fmt: skip
real = builtins.__import__
seen = {}


def pretended(name, globals=None, locals=None, fromlist=(), level=0):
    importer = [str((globals or {}).get(key)).partition(".")[0] for key in ("__package__", "__name__")]
    if not {*importer}.isdisjoint(OURS):
        if name.partition(".")[0] in ABSENT:
            raise ModuleNotFoundError(f"No module named '{name}' on Windows", name=name)
        if name in MADE:
            return MADE[name]
        if level == 0 and name in {*LACKING, *MORE}:
            if name not in seen:
                seen[name] = Seen(real(name), LACKING.get(name, ()), MORE.get(name))
            if fromlist and set(fromlist).isdisjoint(MORE.get(name, ())):
                real(name, globals, locals, fromlist)  # which may be modules
            for one in fromlist or ():
                if not hasattr(seen[name], one):
                    raise ImportError(f"cannot import name '{one}' from '{name}' on Windows")
            return seen[name]
    return real(name, globals, locals, fromlist, level)


builtins.__import__ = pretended
