"""`runs`, `watch` and `control`, on a trainer that is a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from tui_nn.cli import control, runs, watch
from tui_nn.report.finished import finished
from tui_nn.runs import RunReader
from tui_nn.runs.control import Refused
from tui_nn.tui.trainer_client import ProcessTrainer


def call(module, *arguments):
    done = CliRunner().invoke(module.command, [str(argument) for argument in arguments])
    return done


def start(folder, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "tui_nn", "train", "iris", "--quiet", "--run-dir", str(folder), *arguments],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
        env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip


def until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def standing(base):
    found = json.loads(call(runs, base, "--json").output)["runs"]
    return {os.path.basename(one["run"]): one for one in found}  # noqa: PTH119 - a name in JSON


@pytest.fixture
def trainer(tmp_path):
    process = start(tmp_path / "a", "--paused", "--set", "training.epochs=100000")
    reader = RunReader(tmp_path / "a")

    def ready():
        reader.refresh()
        return reader.history.epochs and reader.state() == "paused" and (tmp_path / "a" / "control").exists()

    try:
        until(ready)
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_headless_run_is_steered_watched_and_stopped(tmp_path, trainer):
    run = tmp_path / "a"
    assert call(control, "status", run).output == "a: status paused\n"
    assert standing(tmp_path)["a"]["state"] == "paused"
    assert call(control, "step", run, 2, "epoch").exit_code == 0
    until(lambda: standing(tmp_path)["a"]["epoch"] == 2 and standing(tmp_path)["a"]["state"] == "paused")
    page = call(watch, run, "--once").output
    assert "a paused  epoch 2/100000" in page
    for part in ("most confused", "1 dense 8 relu", "No problem found", "validation"):
        assert part in page
    assert "\x1b" not in page
    assert call(control, "set", run, "training.optimizer.rate=0.002").output == "a: set (was paused)\n"
    refused = call(control, "set", run, "network.layers[0].units=9")
    assert "cannot be changed during training" in str(refused.exception)
    changes = RunReader(run)
    until(lambda: changes.refresh() and changes.history.changes)
    assert [(change.key, change.value) for change in changes.history.changes] == [("training.optimizer.rate", "0.002")]
    # The client of the workbench asks for the same; what is refused is refused whole, with the trainer's reason.
    client = ProcessTrainer(tmp_path)
    client.show(RunReader(run))
    with pytest.raises(Refused, match="'stairs'"):
        client.set({"training.lambda": "0.5", "training.schedule": '{ kind = "stairs" }'})
    client.set({"training.lambda": "0.25", "training.batch": '"full"'})
    until(lambda: changes.refresh() and len(changes.history.changes) > 2)
    assert [(change.key, change.value) for change in changes.history.changes[1:]] == [
        ("training.lambda", "0.25"),
        ("training.batch", '"full"'),
    ]
    assert call(control, "play", run).output == "a: play (was paused)\n"
    until(lambda: standing(tmp_path)["a"]["epoch"] > 3)
    assert standing(tmp_path)["a"]["state"] == "live"
    assert call(control, "pause", run).exit_code == 0
    assert call(control, "stop", run).exit_code == 0
    trainer.wait(20)
    assert standing(tmp_path)["a"]["standing"] == "stopped"
    followed = call(watch, run, "--follow")
    lines = [line for line in followed.output.splitlines() if line.startswith("epoch")]
    reader = RunReader(run)
    reader.refresh()
    assert len(lines) == len(reader.history.epochs)
    assert followed.exit_code == trainer.returncode == 0
    gone = call(control, "pause", run)
    assert "the run has ended (finished), so there is nothing to control" in str(gone.exception)
    assert f"`tui-nn train --resume {run}` goes on with it." in str(gone.exception)


def test_a_run_whose_trainer_was_killed_has_crashed(tmp_path, trainer):
    trainer.kill()
    trainer.wait()
    assert standing(tmp_path)["a"]["state"] == "crashed"
    followed = call(watch, tmp_path / "a", "--follow")
    assert followed.exit_code == 1
    assert "ended without a summary" in followed.output
    table = call(runs, tmp_path).output.splitlines()
    assert table[0].split() == ["run", "state", "experiment", "epoch", "last", "trained", "age"]
    assert table[1].split()[:4] == ["a", "crashed", "iris", "0/100000"]


def test_following_gives_the_exit_code_of_the_run(tmp_path):
    process = start(tmp_path / "a", "--set", "training.epochs=3", "--require", "accuracy >= 1.01")
    assert process.wait(30) == 5
    assert call(watch, tmp_path / "a", "--follow").exit_code == 5
    # Without a terminal it follows anyway.
    assert call(watch, tmp_path / "a").output.count("epoch ") == 4


def test_epochs_are_counted_against_those_that_are_planned_now(tmp_path, monkeypatch, trainer):
    """100,000 epochs were planned; then 3, while it is paused: every place says `of 3`, also after a crash."""
    monkeypatch.chdir(tmp_path)
    run = tmp_path / "a"
    assert call(control, "set", run, "training.epochs=3", "training.lambda=0.5").exit_code == 0
    assert call(control, "step", run, 2, "epoch").exit_code == 0
    until(lambda: standing(tmp_path)["a"]["epoch"] == 2)
    assert standing(tmp_path)["a"]["epochs"] == 3
    assert "epoch 2/3" in call(watch, run, "--once").output
    trainer.kill()
    trainer.wait()
    assert standing(tmp_path)["a"]["epochs"] == 3
    assert finished(run).summary.epochs == 3
    assert "epoch 2/3" in call(watch, run, "--once").output


def test_no_folder_and_no_run(tmp_path):
    assert "there is no such folder" in str(call(runs, tmp_path / "none").exception)
    empty = call(runs, tmp_path)
    assert (empty.exit_code, "no run in" in empty.output) == (0, True)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.04, "0.0 s"), (59, "59 s"), (300, "5 min"), (7300, "2 h"), (2e5, "2 d")]
)
def test_lengths_of_time_in_one_unit(seconds, words):
    assert runs.length_of(seconds) == words
