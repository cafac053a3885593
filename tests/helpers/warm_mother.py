"""A process that has imported everything, and becomes `python -m tui_nn` in a fork of itself each time it is asked."""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import resource
import runpy
import signal
import socket
import sys
import threading
import time
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, NoReturn

MOST = 1 << 17  # bytes of an order
LEFT_OUT = ("tui", "sklearn")  # which import libraries that few commands ask for


def import_everything() -> None:
    """And call nothing: what is kept between calls is kept by nobody yet."""
    import tui_nn

    package = Path(tui_nn.__path__[0])
    for file in package.rglob("*.py"):
        parts = file.relative_to(package).with_suffix("").parts
        if parts[0] not in LEFT_OUT and parts[-1] not in ("__init__", "__main__", "leash", "child"):
            with contextlib.suppress(ImportError, AssertionError):  # what needs an optional library, or another system
                importlib.import_module(".".join(("tui_nn", *parts)))
    for point in entry_points(group="tui_nn"):
        point.load()


def become(order: dict[str, Any], files: list[int]) -> None:
    """`python -m MODULE WORDS`, with these as its standard streams, until it ends; what it raises goes on."""
    for number, file in enumerate(files):
        os.dup2(file, number)
    os.closerange(3, max(files) + 1)
    if order["session"]:
        os.setsid()
    if order["group"] >= 0:
        os.setpgid(0, order["group"])
    if order["largest"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["largest"], order["largest"]))
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["environment"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.stdin, sys.stdout = open(0, encoding="utf-8"), open(1, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = open(2, "w", 1, encoding="utf-8", errors="backslashreplace")  # noqa: SIM115
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr  # type: ignore[misc]
    if any(name.startswith("TEXTUAL") for name in os.environ) and "textual.constants" in sys.modules:
        importlib.reload(sys.modules["textual.constants"])  # which reads them when it is imported
    sys.argv = [sys.argv[0], *order["words"]]
    code = None
    try:
        runpy.run_module(order["module"], run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        code = ended.code
    leave(code)


def leave(code: object) -> NoReturn:
    """As the interpreter does, but for taking itself apart, which takes longer than most commands."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


def main(door: socket.socket) -> None:
    """Answer each order with the number of a process, which whoever asked adopts. Returns in those processes."""
    import_everything()
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        data, files, *_ = socket.recv_fds(door, MOST, 3)
        if not data:
            os._exit(0)
        read, write = os.pipe()
        between = os.fork()
        if not between:
            between = os.getpid()
            child = os.fork()
            if child:
                os.write(write, b"%d" % child)
                os._exit(0)
            while os.getppid() == between:
                time.sleep(0.0002)
            for end in (read, write, door.detach()):
                os.close(end)
            return become(json.loads(data), files)
        for end in (write, *files):
            os.close(end)
        os.waitpid(between, 0)  # from now on the child is theirs who asked
        door.send(os.read(read, 20))
        os.close(read)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
