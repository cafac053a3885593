"""A process that has imported everything and forks a child for each order: `tui-nn` starts in a hundredth of a second.

An order is a line of JSON on stdin: `words`, `cwd`, `environment`, `out`, `err`, the limits `seconds`, `processor`,
`memory`, `largest`, and `anew` for a new interpreter, as a user starts one. The answer is two lines on stdout: the
number of the process, and once it has ended [exit code, negative for a signal; seconds of the processor; MiB at most;
whether it was ended for its time].
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import importlib
import json
import os
import resource
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any, NoReturn

import screen

import tui_nn
from tui_nn.cli.main import entry
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.plugin.registry import load_registry

OTHERS_FILES = (1, 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH: what lets root read everything
PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER = 24, 36


def import_everything() -> None:
    """So that a child has nothing left to import, but for scikit-learn, which no command has."""
    package = Path(tui_nn.__path__[0])
    for file in package.rglob("*.py"):
        parts = file.relative_to(package).with_suffix("").parts
        if parts[0] != "sklearn" and parts[-1] not in ("__init__", "__main__"):
            with contextlib.suppress(ImportError):  # what needs an optional library
                importlib.import_module(".".join(("tui_nn", *parts)))
    build(load_experiment("iris"), load_registry())


def be_an_ordinary_user() -> None:
    """A file without permissions is none for root either, once it has no power over other people's files."""
    if os.getuid() or sys.platform != "linux":
        return
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted and inheritable, the low half of each first
    libc = ctypes.CDLL(None)
    for power in OTHERS_FILES:
        libc.prctl(PR_CAPBSET_DROP, power, 0, 0, 0)  # so that a new interpreter has none either
    if libc.capget(header, sets) == 0:
        for index in range(3):
            sets[index] &= ~sum(1 << power for power in OTHERS_FILES)
        libc.capset(header, sets)


def child(order: dict[str, Any]) -> NoReturn:
    """Become `tui-nn` with these words; never returns."""
    os.setsid()
    os.chdir(order["cwd"])
    for number, path in enumerate((os.devnull, order["out"], order["err"])):
        opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    os.environ.clear()
    os.environ.update(order["environment"])
    be_an_ordinary_user()
    for limit, value in (
        (resource.RLIMIT_CPU, order["processor"]),
        (resource.RLIMIT_AS, order["memory"]),
        (resource.RLIMIT_FSIZE, order["largest"]),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if order["anew"]:
        os.execv(sys.executable, [sys.executable, "-P", "-m", "tui_nn", *order["words"]])
    sys.argv = ["tui-nn", *order["words"]]
    if sys.argv[1] == screen.WORD:
        screen.drive()
    try:
        entry()
    except SystemExit as ended:
        leave(ended)


def leave(ended: SystemExit) -> NoReturn:
    """As the interpreter does, but for taking itself apart, which takes longer than most commands."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(ended.code if isinstance(ended.code, int) else 1)


def adopt() -> None:
    """What a command leaves running becomes a child of this process, where the system can do that."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_those_left_behind(process: int) -> None:
    """Whatever a command has started, sessions of their own included."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process, signal.SIGKILL)
    with contextlib.suppress(OSError):
        while left := Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
            for one in map(int, left):
                os.kill(one, signal.SIGKILL)
                os.waitpid(one, 0)


def waited_for(process: int, seconds: float) -> tuple[int, float, float, bool]:
    """How it ended, and what it used."""
    until, late = time.monotonic() + seconds, False
    while True:
        found, status, used = os.wait4(process, os.WNOHANG)
        if found:
            break
        if time.monotonic() > until and not late:
            late = True
            os.killpg(process, signal.SIGKILL)
        time.sleep(0.002)
    end_those_left_behind(process)
    mebi = used.ru_maxrss / (1024 if sys.platform == "linux" else 1 << 20)
    return os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, mebi, late


def main() -> None:
    """Until nobody orders any more."""
    import_everything()
    adopt()
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        process = os.fork()
        if process == 0:
            child(order)
        print(process, flush=True)
        print(json.dumps(waited_for(process, order["seconds"])), flush=True)


if __name__ == "__main__":
    main()
