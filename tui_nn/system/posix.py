"""Linux, macOS and other POSIX systems. What has a name here has it in `windows` too."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import resource
import select
import signal
import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

assert sys.platform != "win32"

from tui_nn.system.guard import follow_stops as follow_stops  # noqa: E402
from tui_nn.system.guard import guarded as guarded  # noqa: E402

if TYPE_CHECKING:
    import subprocess

OPEN = os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC  # never waits for who would write into a pipe, and is not inherited
NO_LINK = os.O_NOFOLLOW

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # ask a process to end; the first is Ctrl+C
BREAK = signal.SIGURG  # breaks into what hangs: ignored by default, so one that comes late does no harm
# How a child is started that neither Ctrl+C nor the end of the terminal is to reach.
APART: dict[str, Any] = {"start_new_session": True}
LOOPBACK_IS_OWN = False  # whether a process needs ports of 127.0.0.1 to talk to itself and to its trainers

CGROUPS = (
    ("memory.max", "memory.current"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
)  # version 2 and version 1
UNKNOWN = 2**62  # bytes


# Files


def read_at(descriptor: int, count: int, place: int) -> bytes:
    """At most so many bytes from a place in a file."""
    return os.pread(descriptor, count, place)


def write_at(descriptor: int, content: bytes | memoryview, place: int) -> int:
    """Write at a place in a file. Returns how many bytes were."""
    return os.pwrite(descriptor, content, place)


def rename(source: str | Path, target: str | Path) -> None:
    """Rename; what had the name is gone, and its readers keep it."""
    os.replace(source, target)


def remove(path: str | Path, *, missing_ok: bool = False) -> None:
    """Remove a file's name; its readers keep the file."""
    Path(path).unlink(missing_ok=missing_ok)


def sync_folder(folder: Path) -> None:
    """Make renames in this folder last."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def keep_private(path: Path) -> None:
    """See that only its owner can read a file: it was made so."""


def lock(descriptor: int, *, shared: bool = False, wait: bool = False) -> bool:
    """Lock an open file until it is closed, however that happens. False if another has it, and nobody is to `wait`.

    Raises OSError where the file system has no locks.
    """
    how = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB)
    try:
        fcntl.flock(descriptor, how)
    except BlockingIOError:
        return False
    return True


# Processes


def is_alive(pid: int) -> bool:
    """Whether a process of this number runs. A zombie is a process that has ended and was not yet collected."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    with contextlib.suppress(OSError):
        status = Path(f"/proc/{pid}/stat").read_text("ascii", "replace")
        return status.rpartition(")")[2].split()[0] != "Z"
    return True


def ask_to_end(child: subprocess.Popen[bytes]) -> None:
    """Have a child save what it has, and end."""
    child.terminate()


def wait_for_end_of_input() -> None:
    """Until whoever has the other end of the standard input lets go of it."""
    while os.read(0, 4096):
        pass


def end_this_process() -> None:
    """As if somebody had asked this process to end, from any thread."""
    os.kill(os.getpid(), signal.SIGTERM)


def break_in(thread: int) -> None:
    """Have the handler of BREAK called in the main thread, whose number this is, also in the midst of a wait."""
    signal.pthread_kill(thread, BREAK)


def ask_group(leader: int) -> None:
    """Ask a process that was started apart, and all that are of its group, to save and end."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGTERM)


def end_group(leader: int) -> None:
    """End all of them, saved or not."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def group_lives(leader: int) -> bool:
    """Whether any of them still runs."""
    try:
        os.killpg(leader, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # macOS says so of those that have ended and that nobody has asked about
        return sys.platform != "darwin"
    if not Path("/proc/self/stat").exists():
        return True
    # Who has ended is of the group until somebody has asked how, which not every first process of a container does.
    listed = chain([Path(f"/proc/{leader}/stat")], Path("/proc").glob("[0-9]*/stat"))  # the leader lives, as a rule
    return any(group == str(leader) and state not in "ZX" for state, group in map(_state_and_group, listed))


def _state_and_group(path: Path) -> tuple[str, str]:
    """As Linux lists them; of a process that is gone nothing."""
    words = _text(path).rpartition(")")[2].split()
    return (words[0], words[2]) if words else ("X", "")


def killed_by(code: int) -> str:
    """What killed a child with this returncode, as a word; empty if it ended by itself."""
    return signal.Signals(-code).name if code < 0 else ""


def had_no_last_word(code: int) -> bool:
    """Whether a child with this returncode was killed so that it could write nothing about it."""
    return code == -signal.SIGKILL


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# Memory


def free_memory() -> int:
    """Bytes that the machine, or the container, can still give."""
    return min(_of_machine(), _of_container())


def _of_machine() -> int:
    found = dict(re.findall(r"^(\w+):\s+(\d+) kB$", _text(Path("/proc/meminfo")), re.MULTILINE))
    if "MemAvailable" in found:
        return 1024 * (int(found["MemAvailable"]) + int(found.get("SwapFree", 0)))
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError):
        return UNKNOWN


def _of_container() -> int:
    root = Path("/sys/fs/cgroup")
    for limit, usage in CGROUPS:
        most, used = _text(root / limit).strip(), _text(root / usage).strip()
        if most.isdigit() and used.isdigit():
            # Pages of files count as used until somebody else needs them.
            kept = re.search(r"^(?:total_)?inactive_file (\d+)$", _text((root / usage).with_name("memory.stat")), re.M)
            return int(most) - int(used) + (int(kept[1]) if kept else 0)
    return UNKNOWN


def memory_left_to_process() -> int:
    """Bytes that the limit of this process leaves it."""
    most = resource.getrlimit(resource.RLIMIT_AS)[0]
    used = _text(Path("/proc/self/statm")).split()
    if most == resource.RLIM_INFINITY or not used:
        return UNKNOWN
    return most - int(used[0]) * os.sysconf("SC_PAGE_SIZE")


def _text(path: Path) -> str:
    try:
        return path.read_text("ascii")
    except (OSError, ValueError):
        return ""


# The terminal: `guarded` and `follow_stops` are in `guard`


def terminal_is_gone() -> bool:
    """Whether what keys are read from has been hung up.

    Most programs are told by SIGHUP, but not one whose terminal is not its session's own, or that was told to ignore
    the signal. Textual would then read nothing, for ever, at full speed.
    """
    if sys.__stdin__ is None:
        return False
    poll = select.poll()
    try:
        poll.register(sys.__stdin__.fileno(), 0)
        return bool(poll.poll(0))  # a hang-up is told whether it was asked for or not
    except (OSError, ValueError):
        return False
