"""The workbench among sick runs: listed as what they are, opened with a sentence, and everything else works."""

from __future__ import annotations

import faulthandler
import shutil
from pathlib import Path

import pytest
from recording import train
from spoiling import KINDS, full_of
from textual.widgets import SelectionList

from tui_nn.experiment import load_experiment
from tui_nn.render import Look
from tui_nn.runs import layout
from tui_nn.runs.catalogue import catalogue
from tui_nn.tui.app import WorkbenchApp
from tui_nn.tui.screens.compare import CompareScreen
from tui_nn.tui.screens.launch import LaunchScreen
from tui_nn.tui.trainer_client import ProcessTrainer

SICK = {
    **{f"summary {kind}": (layout.SUMMARY, KINDS[kind]) for kind in ("a list", "pipe", "deep objects", "hole")},
    **{f"events {kind}": (layout.EVENTS, KINDS[kind]) for kind in ("a list", "pipe", "dangling link", "empty", "hole")},
    **{f"{name} pipe": (name, KINDS["pipe"]) for name in (layout.LOG, layout.LIVE, layout.SNAPSHOTS, layout.PARENT)},
    **{f"experiment {kind}": (layout.EXPERIMENT, KINDS[kind]) for kind in ("pipe", "deep TOML", "no text")},
    "summary huge": (layout.SUMMARY, full_of(b'{"schema": 3, "epoch": 1e400}')),
}
UNREADABLE = {name for name in SICK if name.startswith(("summary", "events")) and name != "events empty"}


@pytest.fixture(scope="module")
def base(tmp_path_factory, registry):
    """Only read: looking at a run changes nothing."""
    runs = tmp_path_factory.mktemp("sick") / "runs"
    train(runs / "20260101-000000-sound-aaaaaaaa", registry, "iris", "training.epochs=2")
    for number, (name, (file, spoil)) in enumerate(SICK.items(), start=1):
        run = runs / f"20260101-0000{number:02}-{name.replace(' ', '.')}-aaaaaaaa"
        shutil.copytree(runs / "20260101-000000-sound-aaaaaaaa", run)
        spoil(run / file)
    return runs


@pytest.fixture(autouse=True)
def _in_time():
    faulthandler.dump_traceback_later(240, exit=True)  # a wait for a pipe ends no other way
    yield
    faulthandler.cancel_dump_traceback_later()


def test_sick_runs_are_listed_as_what_they_are(base):
    infos = {info.path.name.split("-")[2].replace(".", " "): info for info in catalogue(base)}
    assert infos["sound"].state == "finished"
    assert len(infos) == len(SICK) + 1
    assert {name for name, info in infos.items() if info.state == "unreadable"} == UNREADABLE
    for name in UNREADABLE:
        assert SICK[name][0] in infos[name].problem


async def test_the_launcher_and_comparison_survive_sick_runs(base, registry, monkeypatch):
    monkeypatch.chdir(base.parent)
    app = WorkbenchApp(load_experiment("iris"), registry, ProcessTrainer(Path("runs")), Look())
    async with app.run_test(size=(100, 40)) as pilot:
        await pilot.press("o")
        await pilot.pause()
        assert isinstance(app.screen, LaunchScreen)
        for _ in range(len(SICK) + 1):  # a preview of each
            await pilot.press("down")
            await pilot.pause()
        await pilot.press("escape", "C")
        await pilot.pause()
        assert isinstance(app.screen, CompareScreen)
        runs = app.screen.query_one(SelectionList)
        assert runs.option_count == len(SICK) + 1
        for _ in range(runs.option_count):
            await pilot.press("space", "down")
        await pilot.press("m", "g")
        await pilot.pause()
        assert len(app.screen.pinned) > len(SICK) // 2


@pytest.mark.parametrize("name", SICK)
async def test_a_sick_run_is_opened_with_a_sentence(base, registry, monkeypatch, name):
    monkeypatch.chdir(base.parent)
    client = ProcessTrainer(Path("runs"))
    app = WorkbenchApp(load_experiment("iris"), registry, client, Look())
    (run,) = base.glob(f"*-{name.replace(' ', '.')}-*")
    async with app.run_test(size=(100, 40)) as pilot:
        await app.workbench.open(f"run:{run}")
        await pilot.pause()
        assert client.reader is not None or len(app.messages)
        await pilot.press("comma", "period")
        await pilot.pause()
