"""What somebody may put in the place of a file of a run."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

Spoil = Callable[[Path], None]


def _need(there: bool, what: str) -> None:
    if not there:
        pytest.skip(f"on Windows: has no {what} that are files")


def pipe(path: Path) -> None:
    _need(hasattr(os, "mkfifo"), "pipes")
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


def a_socket(path: Path) -> None:
    _need(hasattr(socket, "AF_UNIX"), "sockets")
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as one, pytest.MonkeyPatch.context() as patch:
        patch.chdir(path.parent)
        one.bind(path.name)


def device(path: Path) -> None:
    _need(os.path.exists("/dev/zero"), "devices")  # noqa: PTH110
    path.unlink(missing_ok=True)
    path.symlink_to("/dev/zero")


def dangling(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(path.parent / "nowhere")


def full_of(content: bytes) -> Spoil:
    def write(path: Path) -> None:
        path.unlink(missing_ok=True)
        path.write_bytes(content)

    return write


def hole(path: Path) -> None:
    path.unlink(missing_ok=True)
    with path.open("wb") as file:
        file.truncate(1 << 36)


def cut(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


KINDS: dict[str, Spoil] = {
    "pipe": pipe,
    "folder": folder,
    "socket": a_socket,
    "device": device,
    "dangling link": dangling,
    "hole": hole,
    "cut": cut,
    "empty": full_of(b""),
    "zeros": full_of(bytes(3000)),
    "no text": full_of(b"\xff\xfe\n{\xff}\n"),
    "a list": full_of(b"[1]\n"),
    "null": full_of(b"null\n"),
    "deep lists": full_of(b"[" * 100_000 + b"]" * 100_000 + b"\n"),
    "deep objects": full_of(b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"\n"),
    "deep TOML": full_of(b"a = " + b"[" * 10_000 + b"]" * 10_000 + b"\n"),
    "deep keys": full_of(b".".join([b"a"] * 3_000) + b" = 1\n"),
    "a long number": full_of(b"a = " + b"9" * 10_000 + b"\n"),
}
