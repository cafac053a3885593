"""`tui-nn` for the shells of tests: a command that is found first, as after an installation."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warm import MOTHERS
from warm_mother import MOST

# Asks for a process that is forked, hands it what it was started with itself, and ends as that does.
CLIENT = """#!{python} -IS
import json, os, socket, sys
door = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
door.connect({address!r})
socket.send_fds(door, [json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()], [0, 1, 2])
sys.exit(int(door.recv(20)))
"""


def put(folder: Path, text: str) -> str:
    """A command of this text in a new folder. Returns the path of a shell that finds it."""
    folder.mkdir()
    (folder / "tui-nn").write_text(text)
    (folder / "tui-nn").chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def plain(folder: Path) -> str:
    """One that becomes `python -m tui_nn`, and so gets the signals."""
    return put(folder, f'#!/bin/sh\nexec "{sys.executable}" -m tui_nn "$@"\n')


@contextmanager
def forking(folder: Path) -> Iterator[str]:
    """One whose process this one starts, which costs a fork (warm.py); for commands that nobody signals."""
    if MOTHERS.rest:
        yield plain(folder)
        return
    address = f"\0tui-nn-{os.getpid()}-{folder}"[:100]
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
        listening.bind(address)
        listening.listen()
        threading.Thread(target=answer, args=(listening,), daemon=True).start()
        yield put(folder, CLIENT.format(python=sys.executable, address=address))
        listening.shutdown(socket.SHUT_RDWR)  # which ends the thread


def answer(listening: socket.socket) -> None:
    """Each that comes gets the exit code of its process."""
    while True:
        try:
            door, _ = listening.accept()
        except OSError:
            return
        threading.Thread(target=start, args=(door,), daemon=True).start()


def start(door: socket.socket) -> None:
    with door:
        order, files, *_ = socket.recv_fds(door, MOST, 3)
        words, cwd, environment = json.loads(order)
        command = [sys.executable, "-m", "tui_nn", *words]
        done = subprocess.run(
            command, cwd=cwd, env=environment, stdin=files[0], stdout=files[1], stderr=files[2], check=False
        )
        for file in files:
            os.close(file)
        door.send(b"%d" % (done.returncode if done.returncode >= 0 else 128 - done.returncode))
