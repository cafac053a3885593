"""A run that came by mail may hold anything: each command ends with one clear error, or works, and lists survive.

(file of a run) x (what is wrong with it) x (command), in this process: exit code 6 or another of ours, never 1, never a
traceback, and in time.
"""

from __future__ import annotations

import faulthandler
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from recording import train

from tui_nn.errors import ExitCode
from tui_nn.runs import layout

pytestmark = pytest.mark.slow

SECONDS = 60  # for a command: only that it does not hang

Spoil = Callable[[Path], None]


def pipe(path: Path) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


def a_socket(path: Path) -> None:
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as one, pytest.MonkeyPatch.context() as patch:
        patch.chdir(path.parent)
        one.bind(path.name)


def device(path: Path) -> None:
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
FILES = [
    *(layout.EVENTS, layout.SUMMARY, layout.EXPERIMENT, layout.RECIPE, layout.ENVIRONMENT, layout.NET, layout.LIVE),
    *(layout.SNAPSHOTS, layout.CHECKPOINT, layout.BEST, layout.LOG, layout.PARENT, layout.INITIAL, layout.STALLED),
    layout.LOCK,
]
COMMANDS = [
    *(["runs", "runs"], ["runs", "runs", "--json"], ["compare", "runs/sick", "runs/sound"], ["show", "runs/sick"]),
    *(["show", "runs/sick", "--view", "loss"], ["show", "runs/sick", "--view", "weights"], ["report", "runs/sick"]),
    *(["watch", "runs/sick", "--once"], ["doctor", "runs/sick"], ["evaluate", "runs/sick"], ["verify", "runs/sick"]),
    *(["train", "--resume", "runs/sick", "--quiet"], ["train", "runs/sick/experiment.toml", "--dry-run"]),
    *(["export", "runs/sick", "--to", "npz", "--out", "out.npz"], ["runs", "runs"]),
]


@pytest.fixture(scope="module")
def runs(registry, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs of one experiment."""
    base = tmp_path_factory.mktemp("made") / "runs"
    for name in ("sound", "sick"):
        train(base / name, registry, "iris", "training.epochs=2")
    return base


@pytest.fixture
def in_time() -> Iterator[None]:
    """Ends the process, and says where it was, if a command hangs: nothing else ends a wait for a pipe."""
    faulthandler.dump_traceback_later(SECONDS, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.mark.usefixtures("in_time")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", FILES)
def test_every_command_over_a_sick_run_ends_with_an_error_of_ours_or_works(
    runs: Path, tmp_path: Path, tui_nn: Callable, name: str, kind: str
) -> None:
    if kind == "cut" and not (runs / "sick" / name).exists():
        pytest.skip("there is no such file")
    for words in COMMANDS:
        shutil.rmtree(tmp_path / "runs", ignore_errors=True)
        shutil.copytree(runs, tmp_path / "runs")
        KINDS[kind](tmp_path / "runs" / "sick" / name)
        done = tui_nn(*words, cwd=tmp_path)
        assert done.returncode in set(ExitCode) - {ExitCode.UNEXPECTED}, (words, done.stderr)
        assert "Traceback" not in done.stderr
        if words[0] in ("runs", "compare"):
            assert done.returncode == 0, done.stderr
            assert "sound" in done.stdout, (words, done.stdout, done.stderr)
            assert "sick" in done.stdout, (words, done.stdout, done.stderr)
