"""A sweep in the workbench: found by the launcher, its settings as lines, one of its runs opened."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from textual.widgets import OptionList

from tui_nn.experiment import load_experiment
from tui_nn.render import Look
from tui_nn.sweep.executors import LocalExecutor
from tui_nn.sweep.plan import Axis, make_plan
from tui_nn.sweep.results import SweepDirectory
from tui_nn.sweep.run import run_plan
from tui_nn.tui.app import WorkbenchApp
from tui_nn.tui.screens.choose import ChooseScreen
from tui_nn.tui.screens.compare import Plot
from tui_nn.tui.screens.launch import LaunchScreen
from tui_nn.tui.screens.sweep import SweepScreen
from tui_nn.tui.trainer_client import ProcessTrainer


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("swept")
    axes = [Axis("training.optimizer.rate", ("0.001", "0.05")), Axis("network.layers[0].units", ("4", "8"))]
    plan = make_plan("iris", axes, 1, ["training.epochs=8"])
    directory = SweepDirectory(folder / "sweeps" / "iris")
    with LocalExecutor(2) as executor:
        run_plan(plan, directory, executor, in_place=True)
    return folder


async def test_a_sweep_is_seen_and_one_of_its_runs_opened(swept, registry, monkeypatch):
    monkeypatch.chdir(swept)
    app = WorkbenchApp(load_experiment("digits"), registry, ProcessTrainer(Path("runs")), Look("none"))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("o")
        await pilot.pause()
        await pilot.press(*"sweeps")
        for _ in range(60):
            await pilot.pause(0.1)
            if "●" in str(app.screen.query_one("#picture").content):
                break
        assert "4 of 4 trials" in str(app.screen.query_one("#words").content)
        assert "rate 0.05" in str(app.screen.query_one("#picture").content), "the best of them"
        await pilot.press("enter")
        await pilot.pause(0.3)
        assert isinstance(app.screen, SweepScreen)
        options = app.screen.query_one(OptionList)
        assert options.option_count == 4
        for width, height in ((60, 20), (80, 24), (200, 60), (100, 30)):
            await pilot.resize_terminal(width, height)
            await pilot.pause()
            parts = [app.screen.query_one(Plot), options, app.screen.query_one("#filter")]
            assert all(part.region.bottom < height - 1 for part in parts), [part.region for part in parts]
            assert parts[0].region.height >= 4
        first = str(options.get_option_at_index(0).prompt)
        assert "accuracy@validation" in first
        assert "rate 0.05" in first, "the better of the two rates by far"
        plot = str(app.screen.query_one(Plot).content)
        for words in ("optimizer.rate" if "optimizer.rate" in plot else "rate", "units", "0.05", "●"):
            assert words in plot
        before = plot
        await pilot.press("down")
        await pilot.pause()
        assert str(app.screen.query_one(Plot).content) != before, "another line stands out"
        await pilot.press("slash", *"units 4", "enter")
        await pilot.pause()
        assert options.option_count == 2
        assert all("units 4" in str(one.prompt) for one in options.options)
        await pilot.press("slash", "ctrl+u", "enter")
        await pilot.pause()
        assert options.option_count == 4
        await pilot.press("m")
        await pilot.pause()
        assert " accuracy@validation" not in str(options.get_option_at_index(0).prompt)
        await pilot.press("v")
        await pilot.pause(0.3)
        assert isinstance(app.screen, ChooseScreen)
        names = [entry.name for entry in app.screen._entries]
        assert names[0] == "settings"
        await pilot.press(*["down"] * names.index("votes"), "enter")
        await pilot.pause(0.5)
        for _ in range(100):
            plot = str(app.screen.query_one(Plot).content)
            if "units 8" in plot:
                break
            await pilot.pause(0.1)
        assert plot.count("units 8") == plot.count("units 4") == 2, "a tile each"
        assert plot.count("►") == 1
        await pilot.press("enter")
        await pilot.pause(0.5)
        assert app.bench.client.reader.path.parent.parent.name == "iris"
        assert app.bench.draft.experiment.name == "iris"


async def test_a_sweep_under_way_is_seen_to_go_on(tmp_path, registry, monkeypatch):
    axes = [Axis("training.optimizer.rate", ("0.001", "0.05"))]
    plan = make_plan("iris", axes, 2, ["training.epochs=3"])
    whole, directory = tmp_path / "whole", SweepDirectory(tmp_path / "sweeps" / "iris")
    with LocalExecutor(2) as executor:
        run_plan(plan, directory, executor, in_place=True)
    (directory.path / "trials").rename(whole)
    results = [whole / f"{trial.identity}.json" for trial in plan.trials]
    (directory.path / "trials").mkdir()
    shutil.copy(results[-1], directory.path / "trials")
    monkeypatch.chdir(tmp_path)
    app = WorkbenchApp(load_experiment("digits"), registry, ProcessTrainer(Path("runs")), Look("none"))
    async with app.run_test(size=(100, 30)) as pilot:
        app.push_screen(SweepScreen(directory.path, Look("none"), registry))
        await pilot.pause(0.5)
        screen = app.screen
        rows = [str(one.prompt) for one in screen.query_one(OptionList).options]
        assert ["rate 0.05" in row for row in rows] == [True, False], "what has a result comes before what has none"
        assert [row.split("  ")[-1] for row in rows] == ["1 of 2 trials", "0 of 2 trials"]
        for result in results:
            shutil.copy(result, directory.path / "trials")
        for _ in range(60):
            await pilot.pause(0.1)
            if "4 of 4" in str(screen.query_one(".dialog").border_title):
                break
        assert "4 of 4 trials" in str(screen.query_one(".dialog").border_title)
        rows = [str(one.prompt) for one in screen.query_one(OptionList).options]
        assert len(rows) == 2
        assert not any("trials" in row for row in rows)


async def test_a_sweep_without_a_result_shows_what_is_planned_and_whether_it_goes_on(swept, registry, monkeypatch):
    """It is found by the list that was open before it began; the run that is under way can be opened."""
    (source,) = (swept / "sweeps").iterdir()
    folder = swept / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    app = WorkbenchApp(load_experiment("digits"), registry, ProcessTrainer(Path("runs")), Look("none"))
    async with app.run_test(size=(100, 30)) as pilot:

        async def until(seen):
            for _ in range(80):
                await pilot.pause(0.1)
                if seen():
                    return
            raise AssertionError("it did not happen within 8 s")

        await pilot.press("o")
        await pilot.pause()
        await pilot.press(*"sweep")
        directory = SweepDirectory(folder / "sweeps" / "new")
        directory.make()
        shutil.copy(source / "sweep.json", directory.path)
        trial = directory.plan().trials[2]
        shutil.copytree(source / "runs" / trial.identity, directory.run(trial))
        with directory.locked():
            await until(lambda: "0 of 4 trials, under way" in str(app.screen.query_one("#words").content))
            await pilot.press("enter")
            await until(lambda: isinstance(app.screen, SweepScreen) and app.screen.keys)
            frame, options = app.screen.query_one(".dialog"), app.screen.query_one(OptionList)
            assert "0 of 4 trials, under way" in str(frame.border_title)
            rows = [str(one.prompt) for one in options.options]
            assert [row.endswith("0 of 1 trials") for row in rows] == [True] * 4
            await until(lambda: "no result" in str(app.screen.query_one(Plot).content))
            assert [one.short for one in app.screen.keys] == ["choose", "open the run", "filter"]
            assert frame.outer_size.height < 24, "three lines that lead nowhere take the whole screen"
            assert not any("accuracy" in words for words in (*rows, str(app.screen.query_one(Plot).content)))
            await pilot.press("enter")
            await until(lambda: app.messages)
            assert app.messages[-1].message == "No trial of this setting has begun yet."
        await until(lambda: "0 of 4 trials, stopped" in str(frame.border_title))
        await pilot.press("down", "down", "enter")
        await until(lambda: app.bench.client.reader is not None)
        assert app.bench.client.reader.path.resolve() == directory.run(trial).resolve()


async def test_a_preview_that_was_drawn_before_its_room_was_known_is_drawn_anew(swept, registry, monkeypatch):
    """A slow machine lays the dialog out later than a run is read."""

    async def at_once(_):
        """Who does not wait draws for the room that there was before."""

    monkeypatch.chdir(swept / "sweeps" / "iris")
    monkeypatch.setattr(LaunchScreen, "_laid_out", at_once)
    app = WorkbenchApp(load_experiment("digits"), registry, ProcessTrainer(Path("runs")), Look("none"))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("o")
        await pilot.pause()
        picture = app.screen.query_one("#picture")

        def fills():
            return "validation" in str(picture.content) and str(picture.content).count("\n") + 1 == picture.size.height

        runs = [*Path("runs").iterdir()]
        await pilot.press(*["down"] * len(runs))
        await pilot.pause(0.3)
        assert not fills(), "an example has all the room for its words"
        await pilot.press("up")
        for _ in range(60):
            await pilot.pause(0.1)
            if fills():
                break
        assert fills()
