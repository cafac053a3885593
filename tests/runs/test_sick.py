"""A run that came by mail may hold anything: each command ends with one clear error, or works, and lists survive.

(file of a run) x (what is wrong with it) x (command), in this process: exit code 6 or another of ours, never 1, never a
traceback, and in time. Two commands of each pair by turns; with TUI_NN_ALL=1 all of them.
"""

from __future__ import annotations

import faulthandler
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from recording import train
from spoiling import KINDS

from tui_nn.errors import ExitCode
from tui_nn.runs import layout

pytestmark = pytest.mark.slow

SECONDS = 60  # for a command: only that it does not hang

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
    *(["export", "runs/sick", "--to", "npz", "--out", "out.npz"]),
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


def in_turn(name: str, kind: str) -> list[list[str]]:
    """Two commands, others for each pair, so that each meets every file and every kind."""
    number = FILES.index(name) * len(KINDS) + list(KINDS).index(kind)
    return [COMMANDS[(2 * number + one) % len(COMMANDS)] for one in range(2)]


@pytest.mark.long
@pytest.mark.usefixtures("in_time")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", FILES)
def test_every_command_over_a_sick_run_ends_with_an_error_of_ours_or_works(
    runs: Path, tmp_path: Path, tui_nn: Callable, name: str, kind: str
) -> None:
    if kind == "cut" and not (runs / "sick" / name).exists():
        pytest.skip("there is no such file")
    for words in COMMANDS if "TUI_NN_ALL" in os.environ else in_turn(name, kind):
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
