"""Verdict, why, next in the workbench: silence on a healthy run; on a sick one a line, a page, and a cure by keys."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest
from textual.widgets import OptionList, Static

from tui_nn.diagnosis import diagnose
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.experiment.load import with_overrides
from tui_nn.render import Look
from tui_nn.runs import open_run
from tui_nn.runs.family import family, parent_of
from tui_nn.runs.live import LiveState
from tui_nn.runs.pauses import paused_for
from tui_nn.tui.app import WorkbenchApp
from tui_nn.tui.bench.advice import Advisor
from tui_nn.tui.bench.branch import at_hand
from tui_nn.tui.screens.why import WhyScreen
from tui_nn.tui.trainer_client import ProcessTrainer


async def until(condition, seconds=30):
    for _ in range(20 * seconds):
        if condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"it did not happen within {seconds} s")


def foot(screen):
    return str(screen.query_one("#error", Static).content)


@pytest.fixture
def opened(registry, tmp_path, monkeypatch):
    """Opens the workbench on an experiment; its trainers have gone when the test is over."""
    monkeypatch.chdir(tmp_path)
    client = ProcessTrainer(Path("runs"))

    def open_it(experiment):
        app = WorkbenchApp(experiment, registry, client, Look())
        app.bench.pace.speed = 0.0
        return app

    yield open_it
    for process in (*client.children.former, client.children.process):
        if process is not None:
            process.wait(10)


async def test_nothing_is_said_of_a_healthy_run(opened):
    app = opened(load_experiment("digits", ["training.epochs=12"]))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = app.workbench
        await pilot.press("y")
        await pilot.press("space")
        await until(lambda: screen.bench.client.state == "ended")
        await pilot.pause(0.3)
        assert screen.bench.advisor.verdicts == ()
        assert "press y" not in foot(screen)
        await pilot.press("y")
        await pilot.pause()
        assert not isinstance(app.screen, WhyScreen), "there is nothing to explain"


@pytest.mark.parametrize(
    ("settings", "name", "kept"),
    [
        (["network.initializer=zeros", "training.epochs=6"], "symmetric_start", False),
        (["training.optimizer.rate=1e-5", "training.epochs=14"], "rate_too_low", True),
    ],
)
async def test_a_sick_run_is_cured_with_two_keys(opened, settings, name, kept):
    app = opened(load_experiment("digits", settings))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = app.workbench
        await pilot.press("space")
        await until(lambda: screen.bench.client.state == "ended")
        await until(lambda: "press y" in foot(screen))
        sick = screen.bench.client.reader
        verdict = screen.bench.advisor.verdicts[0]
        assert verdict.name == name
        await pilot.press("y")
        await until(lambda: isinstance(app.screen, WhyScreen))
        assert app.screen.query_one(".why").border_title == f"Diagnosis after epoch {sick.history.epochs[-1]}"
        page = app.screen.query_one(OptionList).get_option_at_index(0).prompt.plain
        for words in (verdict.title, verdict.why.split()[-1], verdict.remedy[0], "cs231n"):
            assert words in page.replace("\n", " ")
        await pilot.press("enter")
        await until(lambda: screen.bench.client.reader is not None and screen.bench.client.reader is not sick)
        await until(lambda: screen.bench.client.state == "ended")
        cured = screen.bench.client.reader
        parent = parent_of(cured.path)
        assert parent.run == sick.path.name
        assert (parent.epoch > 0) is kept
        assert {one.path.name for one in family(cured.path)} == {sick.path.name, cured.path.name}
        assert at_hand(cured) == with_overrides(at_hand(sick), verdict.remedy)
        assert name not in [one.name for one in diagnose(cured.history, screen.bench.draft.experiment)]
        assert cured.history.validation["accuracy"][-1] > sick.history.validation["accuracy"][-1] + 0.3
        # Undo gives the former experiment back.
        await pilot.press("u")
        await until(lambda: screen.bench.draft.experiment == load_experiment("digits", settings))


async def test_of_a_run_that_is_being_gone_on_with_nothing_is_said_to_be_wrong(app, monkeypatch):
    """The one that broke off is what is seen until its trainer is there."""
    async with app.run_test(size=(110, 30)) as pilot:
        await pilot.press("space")
        monkeypatch.setattr(Advisor, "line", lambda self, ascii_only: "broken off: press y")
        for state, said in (("running", True), ("starting", False)):
            app.bench.client.state = state
            app.screen._show_status()
            assert ("broken off" in foot(app.screen)) is said


async def test_a_branch_is_opened_without_its_weights_and_reset_to_them(opened):
    """A layer can be added to a branch that was opened; r begins where the branch began, not at its seed."""
    app = opened(load_experiment("digits", ["training.epochs=2"]))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = app.workbench
        await pilot.press("space")
        await until(lambda: screen.bench.client.state == "ended")
        first = screen.bench.client.reader.path
        await pilot.press("B")
        await until(lambda: screen.bench.client.reader is not None and screen.bench.client.reader.path != first)
        await until(lambda: screen.bench.client.state == "paused")
        await pilot.press("space")
        await until(lambda: screen.bench.client.state == "ended")
        branch = screen.bench.client.reader.path
        await screen.open(f"run:{branch}")
        await pilot.pause()
        assert screen.bench.draft.experiment.network.weights is None
        assert screen.bench.same_start().kept == 2
        await pilot.press("a")
        await pilot.pause()
        assert not screen.bench.draft.error
        await pilot.press("u", "r")
        await until(
            lambda: screen.bench.client.reader is not None and screen.bench.client.reader.path not in (first, branch)
        )
        await until(lambda: screen.bench.client.state == "paused")
        again = screen.bench.client.reader.path
        assert (again / "initial.npz").read_bytes() == (branch / "initial.npz").read_bytes()
        await pilot.press("x")
        await until(lambda: screen.bench.client.state == "ended")


async def test_stepping_by_sample_ends_in_the_step_of_the_batch(opened, registry):
    """j walks the samples of the batch that comes; after the last one the batch is taken: the run has the same bits."""
    settings = ["training.epochs=1", "training.batch=4"]
    app = opened(load_experiment("iris", settings))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = app.workbench
        await pilot.press("j")
        await until(lambda: screen.bench.client.state == "paused")
        pane = screen.pane(lambda pane: pane.view.name == "sample")
        for number in range(1, 5):
            await until(lambda number=number: f"sample {number} of 4" in pane.text)
            assert "setosa" in pane.text
            assert screen.bench.client.reader.live().step == 0, "a sample moves no weight"
            await pilot.press("j")
        await until(lambda: "sample 1 of 4" in pane.text and screen.bench.client.reader.live().step == 1)
        assert screen.bench.client.reader.live().step == 1
        await pilot.press("space")
        await until(lambda: screen.bench.client.state == "ended")
        walked = screen.bench.client.reader.path
    trainer = build(load_experiment("iris", settings), registry).trainer
    losses = [loss for event in trainer.events() for loss in getattr(event, "losses", ())]
    assert open_run(walked).history.step_loss == losses


async def test_what_a_breakpoint_found_is_said_while_the_run_stands_there(app, monkeypatch):
    async with app.run_test(size=(120, 40)) as pilot:
        app.bench.start(paused=True)
        reader = app.bench.client.reader
        live = LiveState("paused", 5, 1, 0, 0.0, 1, np.zeros(0), np.zeros(0))
        monkeypatch.setattr(reader, "live", lambda: live)
        monkeypatch.setattr(reader, "log_tail", lambda lines=20: f"tui-nn: {paused_for(5, 'sample 2 is wrong')}")
        app.workbench.redraw()
        await pilot.pause()
        assert foot(app.workbench) == "Paused before step 6: sample 2 is wrong."
        app.bench.client.state = "running"
        app.workbench.redraw()
        assert foot(app.workbench) == ""
