"""A run that was stopped, or broke off, is gone on with where it is looked at: to the same bits as by `--resume`."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from pathlib import Path

import cut_short
import numpy as np
import pytest
import recording

from tui_nn.experiment import load_experiment
from tui_nn.render import Look
from tui_nn.runs import layout, open_run
from tui_nn.runs.catalogue import RunInfo
from tui_nn.training.child import resuming_command
from tui_nn.training.unfinished import further
from tui_nn.tui.app import WorkbenchApp
from tui_nn.tui.screens.ask import AskScreen
from tui_nn.tui.screens.entry import EntryScreen
from tui_nn.tui.screens.launch import LaunchScreen
from tui_nn.tui.trainer_client import ProcessTrainer

EPOCHS = 6
SETTINGS = (f"training.epochs={EPOCHS}",)
NAME = "20260101-000000-iris-aaaaaaaa"


def theta(run):
    return np.concatenate([theta.ravel() for theta in open_run(run).weights().thetas])


async def until(condition):
    for _ in range(600):
        if condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not happen within 30 s")


@pytest.fixture
def opened(registry, monkeypatch):
    """The workbench on a run."""

    def on(run):
        monkeypatch.chdir(run.parent.parent)
        client = ProcessTrainer(run.parent)
        app = WorkbenchApp(load_experiment("iris"), registry, client, Look())
        app.bench.open(f"run:{run}")
        return app, client

    return on


@pytest.mark.parametrize("how", [cut_short.interrupted, cut_short.killed])
async def test_it_goes_on_to_the_same_weights(registry, tmp_path, opened, how):
    whole = recording.train(tmp_path / "whole", registry, "iris", *SETTINGS)
    run = how(tmp_path / "runs" / NAME, registry, "iris", *SETTINGS, epoch=3)
    app, client = opened(run)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(lambda: client.state in ("crashed", "ended"))
        assert app.bench.cut_short
        await pilot.pause(0.5)
        assert "Press R to resume it" in app.workbench._said[1]
        await pilot.press("R")
        await until(lambda: isinstance(app.screen, AskScreen))
        assert "epoch 3" in app.screen.question
        await pilot.press("t")
        await until(lambda: client.state == "ended" and client.reader.history.last_epoch == EPOCHS)
        assert client.reader.history.epochs == list(range(EPOCHS + 1)), "each once"
        assert not app.bench.cut_short
    np.testing.assert_array_equal(theta(run), theta(whole))
    client.wait(5)


@pytest.mark.parametrize(
    ("state", "reason", "resumed"),
    [
        ("crashed", "", True),
        ("finished", "stopped", True),
        ("finished", "interrupted", True),
        ("finished", "max_time", True),
        ("finished", "epochs", False),
        ("finished", "diverged", False),
        ("live", "", False),
    ],
)
def test_the_list_says_which_runs_have_more_to_do(tmp_path, state, reason, resumed):
    info = RunInfo(tmp_path, state, 0.0, reason=reason)
    assert ("R resumes it" in LaunchScreen(tmp_path, Look())._described(info)) is resumed


async def test_a_setting_that_was_changed_meanwhile_holds_from_there(registry, tmp_path, opened):
    run = cut_short.interrupted(tmp_path / "runs" / NAME, registry, "iris", *SETTINGS, epoch=3)
    app, client = opened(run)
    async with app.run_test(size=(100, 30)) as pilot:
        await app.workbench.change_to(lambda experiment: load_experiment("iris", [*SETTINGS, "training.rate=0.5"]))
        await pilot.press("R")
        await until(lambda: isinstance(app.screen, AskScreen))
        assert "rate 0.5" in app.screen.question
        await pilot.press("p")  # paused
        await until(lambda: client.state == "paused" and client.reader.history.changes)
        (change,) = client.reader.history.changes
        assert (change.key, change.value, change.epoch) == ("training.optimizer.rate", "0.5", 3)
        assert app.bench.amendments["training.optimizer.rate"].later == (("0.5", 3),)
        await pilot.press("x")
        await until(lambda: client.state == "ended")
    client.wait(5)


async def test_more_epochs_are_asked_for_where_all_are_done(registry, tmp_path, opened):
    run = recording.train(tmp_path / "runs" / NAME, registry, "iris", *SETTINGS)
    assert further(run).limit == "training.epochs"
    app, client = opened(run)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("R")
        await until(lambda: isinstance(app.screen, EntryScreen))
        await pilot.press("4", "enter")
        await pilot.pause()
        assert isinstance(app.screen, EntryScreen), "fewer than it has done"
        await pilot.press("ctrl+u", "9", "enter")
        await until(lambda: isinstance(app.screen, AskScreen))
        await pilot.press("t")
        await until(lambda: client.state == "ended" and client.reader.history.last_epoch == 9)
        assert app.bench.experiment.training.epochs == 9
    client.wait(5)


async def test_what_cannot_go_on_says_why(registry, tmp_path, opened):
    """Before anything is started, and where only the trainer finds it out, as its answer."""
    settings = ("training.epochs=400", "training.early_stopping={patience=1}", "training.rate=0.5")
    run = recording.train(tmp_path / "runs" / NAME, registry, "iris", *settings)
    assert open_run(run).history.ended.reason == "early_stopping"
    app, client = opened(run)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("R")
        await until(lambda: app.messages)
        assert "cannot be resumed" in next(iter(app.messages)).message
    other = cut_short.interrupted(tmp_path / "runs" / f"{NAME}-2", registry, "iris", *SETTINGS, epoch=3)
    app, client = opened(other)
    async with app.run_test(size=(100, 30)) as pilot:
        text = (other / layout.EXPERIMENT).read_text()
        (other / layout.EXPERIMENT).write_text(text.replace("units = 8", "units = 9"))
        app.bench.resume({}, paused=False)
        await until(lambda: client.message.startswith("Not resumed: "))
        assert client.state == "ended"
        assert client.reader.history.last_epoch == 3


async def test_a_run_that_somebody_else_goes_on_with_is_followed(registry, tmp_path, opened):
    """Its log was cut back to the checkpoint meanwhile."""
    run = cut_short.interrupted(tmp_path / "runs" / NAME, registry, "iris", *SETTINGS, epoch=3)
    app, client = opened(run)
    async with app.run_test(size=(100, 30)):
        await until(lambda: client.state == "ended")
        await asyncio.to_thread(subprocess.run, resuming_command(run), check=True, capture_output=True)
        await until(lambda: client.reader.history.last_epoch == EPOCHS)
        assert client.reader.history.epochs == list(range(EPOCHS + 1))
        assert client.reader.history.ended.reason == "epochs"


async def test_somebody_else_goes_on_with_a_run_that_was_begun_here(registry, tmp_path, opened):
    """Its first trainer, a child of this workbench, has ended long ago."""
    app, client = opened(recording.train(tmp_path / "runs" / NAME, registry, "iris", *SETTINGS))
    async with app.run_test(size=(100, 30)):
        app.bench.start(paused=True)
        app.bench.step("epoch")
        await until(lambda: client.state == "paused" and client.reader.history.last_epoch == 1)
        app.bench.stop()
        await until(lambda: client.state == "ended")
        child = subprocess.Popen(resuming_command(client.reader.path, "--paused"), stderr=subprocess.DEVNULL)
        try:
            await until(lambda: client.state != "ended")
            await asyncio.sleep(0.5)
            assert (client.state, client.message) == ("paused", "")
        finally:
            child.terminate()
            child.wait(20)


async def test_runs_that_train_elsewhere_are_seen(registry, tmp_path, opened):
    runs = tmp_path / "runs"
    run = recording.train(runs / NAME, registry, "iris", "training.epochs=1")
    elsewhere = runs / "20260101-010203-moons-bbbbbbbb"
    command = [*resuming_command(Path("none"))[:4], "train", "iris", "--run-dir", str(elsewhere), "--paused"]
    app, _ = opened(run)
    async with app.run_test(size=(120, 30)):
        await asyncio.sleep(0.5)
        assert "live" not in app.workbench._said[0]
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            await until(lambda: "also live: moons 01:02:03" in app.workbench._said[0])
        finally:
            child.terminate()
            child.wait(20)
        await until(lambda: "live" not in app.workbench._said[0])
    shutil.rmtree(elsewhere)
