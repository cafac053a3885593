"""Windows. What has a name here has it in `posix` too.

A file that anybody has open can neither be removed nor replaced here, so that waits a moment for its readers. No signal
reaches another process: a child is asked to end by closing its standard input, or over its control channel.
"""

from __future__ import annotations

import _thread
import _winapi
import contextlib
import ctypes
import msvcrt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from ctypes import wintypes
from pathlib import Path
from typing import Any

assert sys.platform == "win32"

OPEN = os.O_BINARY | os.O_NOINHERIT  # what is read are bytes: ends of lines and Ctrl+Z mean nothing
NO_LINK = 0  # that it is one has been looked for before

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGBREAK)  # ask a process to end; the first is Ctrl+C
BREAK = signal.SIGABRT  # breaks into what hangs; of the few numbers that can be handled, the one that nobody sends
# How a child is started that neither Ctrl+C nor the end of the terminal is to reach.
APART: dict[str, Any] = {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
LOOPBACK_IS_OWN = True  # whether a process needs ports of 127.0.0.1 to talk to itself and to its trainers

UNKNOWN = 2**62  # bytes
APART_LOOKS = 0.1  # seconds between two looks for what cannot be waited for
WAITS = [0.001 * 2**step for step in range(9)]  # seconds, half of one in all: readers have a file open for less
FAR = 1 << 62  # the place of a lock, beyond all that is written: nobody else can read what is locked
FAIL_AT_ONCE, EXCLUSIVE = 1, 2  # LockFileEx
LOCK_VIOLATION, IO_PENDING = 33, 997
ACCESS_DENIED, SYNCHRONIZE = 5, 0x100000


# Files


def read_at(descriptor: int, count: int, place: int) -> bytes:
    """At most so many bytes from a place in a file."""
    os.lseek(descriptor, place, os.SEEK_SET)
    return os.read(descriptor, count)


def write_at(descriptor: int, content: bytes | memoryview, place: int) -> int:
    """Write at a place in a file. Returns how many bytes were."""
    os.lseek(descriptor, place, os.SEEK_SET)
    return os.write(descriptor, content)


def rename(source: str | Path, target: str | Path) -> None:
    """Rename; what had the name is gone. Raises PermissionError if somebody has either file open all the time."""
    _patiently(lambda: os.replace(source, target))


def remove(path: str | Path, *, missing_ok: bool = False) -> None:
    """Remove a file's name. Raises PermissionError if somebody has it open all the time."""
    _patiently(lambda: Path(path).unlink(missing_ok=missing_ok))


def _patiently(act: Callable[[], None]) -> None:
    for seconds in WAITS:
        try:
            return act()
        except PermissionError:
            time.sleep(seconds)
    return act()


def sync_folder(folder: Path) -> None:
    """Make renames in this folder last: the file system sees to that itself."""


def keep_private(path: Path) -> None:
    """See that only its owner can read a file. Raises OSError if that cannot be."""
    command = ["icacls", str(path), "/inheritance:r", "/grant:r", "*S-1-3-4:F"]  # OWNER RIGHTS
    done = subprocess.run(command, capture_output=True, creationflags=subprocess.CREATE_NO_WINDOW, check=False)
    if done.returncode:
        raise PermissionError(None, "cannot be made private to its owner", str(path))


def lock(descriptor: int, *, shared: bool = False, wait: bool = False) -> bool:
    """Lock an open file until it is closed, however that happens. False if another has it, and nobody is to `wait`.

    Raises OSError where the file system has no locks.
    """
    flags = (0 if shared else EXCLUSIVE) | (0 if wait else FAIL_AT_ONCE)
    # An OVERLAPPED: two pointers, the place in two halves, an event.
    place = (ctypes.c_uint64 * 4)(0, 0, FAR, 0)
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    handle = wintypes.HANDLE(msvcrt.get_osfhandle(descriptor))
    if kernel.LockFileEx(handle, flags, 0, 1, 0, place):
        return True
    code = ctypes.get_last_error()
    if code in (LOCK_VIOLATION, IO_PENDING):
        return False
    raise ctypes.WinError(code)


# Processes


def is_alive(pid: int) -> bool:
    """Whether a process of this number runs."""
    try:
        process = _winapi.OpenProcess(SYNCHRONIZE, False, pid)
    except OSError as error:
        return error.winerror == ACCESS_DENIED  # there is one, and it is another user's
    try:
        return _winapi.WaitForSingleObject(process, 0) == _winapi.WAIT_TIMEOUT
    finally:
        _winapi.CloseHandle(process)


def ask_to_end(child: subprocess.Popen[bytes]) -> None:
    """Have a child save what it has, and end, if it is on a leash; else it is ended as it is."""
    if child.stdin is not None:
        child.stdin.close()
    else:
        child.terminate()


def wait_for_end_of_input() -> None:
    """Until whoever has the other end of the standard input, a pipe, lets go of it.

    Who waits in a read of it has everybody wait who so much as asks what it is, as a library does that is loaded.
    """
    handle = msvcrt.get_osfhandle(0)
    with contextlib.suppress(OSError):
        while True:
            _winapi.PeekNamedPipe(handle)
            time.sleep(APART_LOOKS)


def end_this_process() -> None:
    """As if somebody had asked this process to end, from any thread."""
    signal.raise_signal(signal.SIGTERM)


def break_in(thread: int) -> None:  # noqa: ARG001
    """Have the handler of BREAK called in the main thread, whose number this is, once a wait that it is in is over."""
    _thread.interrupt_main(BREAK)


def ask_group(leader: int) -> None:
    """Ask a process, and all that it has started, to save and end: here only it itself can be asked, in its own way."""


def end_group(leader: int) -> None:
    """End all of them, saved or not."""
    command = ["taskkill", "/F", "/T", "/PID", str(leader)]
    subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)


def group_lives(leader: int) -> bool:
    """Whether it still runs; of what it has started nobody can tell."""
    return is_alive(leader)


def killed_by(code: int) -> str:
    """What killed a child with this returncode, as a word; empty if it ended by itself."""
    return f"Windows (0x{code:08X})" if code >= 0xC000_0000 else ""


def had_no_last_word(code: int) -> bool:  # noqa: ARG001
    """Whether a child with this returncode was killed so that it could write nothing about it: no code says so here."""
    return False


def processors() -> int:
    """How many this process may use."""
    return os.cpu_count() or 1


# Memory


def free_memory() -> int:
    """Bytes that the machine can still give, its page file counted."""
    # A MEMORYSTATUSEX: its length and the load, then seven numbers; the fourth is what memory and page file can give.
    found = (ctypes.c_uint64 * 8)(64)
    if not ctypes.WinDLL("kernel32").GlobalMemoryStatusEx(found):
        return UNKNOWN
    return int(found[4])


def memory_left_to_process() -> int:
    """Bytes that the limit of this process leaves it: there is none."""
    return UNKNOWN


# The terminal


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    """Within, the terminal is in the application's mode, which a killed application leaves to its console."""
    yield


def follow_stops() -> None:
    """Nothing is suspended here."""


def terminal_is_gone() -> bool:
    """Whether what keys are read from has been hung up: a console ends what runs in it."""
    return False
