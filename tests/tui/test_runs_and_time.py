"""Runs: the catalogue, branches and their tree, the launcher, comparison; with real runs in directories."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import recording
from textual.widgets import OptionList, SelectionList, Static

from tui_nn.experiment import load_experiment
from tui_nn.render import Look
from tui_nn.runs import RunReader, open_run
from tui_nn.runs.catalogue import catalogue
from tui_nn.runs.family import Parent, family, offset_of, parent_of, write_branch
from tui_nn.tui.app import WorkbenchApp
from tui_nn.tui.screens import compare
from tui_nn.tui.screens.compare import CompareScreen
from tui_nn.tui.screens.launch import LaunchScreen
from tui_nn.tui.trainer_client import ProcessTrainer
from tui_nn.tui.widgets.view import ViewPane
from tui_nn.views import Knobs, Subject, find
from tui_nn.views.comparison import Compared, differences, draw_table


def train(folder, registry, *overrides, example="digits"):
    return recording.train(folder, registry, example, "training.epochs=3", *overrides)


@pytest.fixture
def base(tmp_path, registry):
    train(tmp_path / "runs" / "20260101-000000-digits-aaaaaaaa", registry)
    train(tmp_path / "runs" / "20260101-000001-digits-bbbbbbbb", registry, "training.batch=64")
    return tmp_path / "runs"


def test_the_catalogue_says_how_runs_stand(base):
    crashed = base / "20260101-000002-digits-cccccccc"
    crashed.mkdir()
    for name in ("events.jsonl", "experiment.toml", "snapshots"):
        (crashed / name).write_bytes((base / "20260101-000000-digits-aaaaaaaa" / name).read_bytes())
    lines = (crashed / "events.jsonl").read_bytes().splitlines(keepends=True)
    (crashed / "events.jsonl").write_bytes(b"".join(lines[:-1]) + b'{"event": "torn')
    found = {info.path.name[-8:]: info for info in catalogue(base)}
    assert found["aaaaaaaa"].state == "finished"
    assert (
        found["aaaaaaaa"].metrics == open_run(base / "20260101-000000-digits-aaaaaaaa").summary().metrics["validation"]
    )
    assert found["cccccccc"].state == "starting", "no live file: nobody knows more"
    assert found["cccccccc"].epoch == 3
    (base / "no-run").mkdir()
    assert len(catalogue(base)) == 3


def test_a_tree_of_branches(tmp_path):
    for name in "abcd":
        (tmp_path / name).mkdir()
    thetas = [np.ones((2, 3)), None]
    write_branch(tmp_path / "b", Parent("a", 100, 4), thetas)
    write_branch(tmp_path / "c", Parent("b", 150, 6), thetas)
    assert parent_of(tmp_path / "a") is None
    assert parent_of(tmp_path / "c") == Parent("b", 150, 6)
    assert [offset_of(tmp_path / name) for name in "abc"] == [0, 4, 10]
    assert [one.path.name for one in family(tmp_path / "b")] == ["a", "b", "c"]
    assert [one.path.name for one in family(tmp_path / "d")] == ["d"]
    write_branch(tmp_path / "a", Parent("c", 1, 1), thetas)  # a ring, by hand: it must end
    assert family(tmp_path / "a")
    assert offset_of(tmp_path / "a") >= 0


def test_settings_that_differ_and_results(base):
    runs = [
        Compared(number, info, RunReader(info.path))
        for number, info in enumerate(sorted(catalogue(base), key=lambda info: info.path.name), start=1)
    ]
    assert differences(runs) == [("training.batch", ["32", "64"])]
    text = draw_table(runs, 120, Look("none")).plain
    assert text.split("\n")[-1].split() == ["batch", "32", "64"]
    assert f"{runs[0].info.metrics['accuracy']:.4f}" in text
    assert all(len(line) <= 60 for line in draw_table(runs, 60, Look("none")).plain.split("\n"))


async def until(condition):
    for _ in range(300):
        if condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not happen within 15 s")


async def test_a_run_is_opened_scrubbed_and_branched(base, registry, monkeypatch):
    """The whole path: the launcher opens a finished run, time goes back, a branch starts from there, with overlay."""
    monkeypatch.chdir(base.parent)
    client = ProcessTrainer(Path("runs"))
    app = WorkbenchApp(load_experiment("digits"), registry, client, Look())
    async with app.run_test(size=(120, 40)) as pilot:
        screen = app.workbench
        await pilot.press("o")
        await pilot.pause()
        assert isinstance(app.screen, LaunchScreen)
        await pilot.press(*"bbbb")
        await pilot.pause()
        assert app.screen.query_one(OptionList).option_count == 1
        await pilot.press("enter")
        await until(lambda: client.reader is not None)
        assert client.state == "ended"
        assert screen.bench.draft.experiment.training.batch == 64
        await pilot.press("comma", "comma")
        assert screen.bench.subject.epoch == 1
        panes = list(app.screen.query(ViewPane))
        assert all(pane.border_subtitle == "past: epoch 1" for pane in panes)
        status = str(app.screen.query_one("#status", Static).render())
        accuracy = client.reader.history.validation["accuracy"]
        assert "past: epoch 1 of 3" in status
        assert f"acc {accuracy[1]:.4f}" in status
        assert accuracy[1] != accuracy[-1]
        assert app.screen.has_class("past")
        (matrix,) = (pane for pane in panes if pane.view.name == "confusion")
        correct = round(accuracy[1] * client.reader.history.started.samples["validation"])
        await until(lambda: f"({correct} of " in matrix.text)  # what the network is asked is drawn when it is known
        recorded = screen.bench.subject.snapshots().values(1)
        await pilot.press("B")
        await until(lambda: client.state == "paused" and client.reader.weights() is not None)
        started = client.reader.weights()
        np.testing.assert_array_equal(np.concatenate([theta.ravel() for theta in started.thetas]), recorded)
        assert parent_of(client.reader.path).epoch == 1
        await pilot.press("e")
        await until(lambda: len(client.reader.history.epochs) > 1)
        text = find("loss").draw(screen.bench.subject, Knobs(), (100, 20), Look()).plain
        assert "parent digits 00:00:01" in text, "the run it left is drawn too"
        await pilot.press("x")
        await until(lambda: client.state == "ended")
    client.wait(5)


async def test_runs_are_pinned_filtered_and_opened(base, registry, monkeypatch):
    monkeypatch.chdir(base.parent)
    client = ProcessTrainer(Path("runs"))
    app = WorkbenchApp(load_experiment("digits"), registry, client, Look())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("C")
        await pilot.pause()
        assert isinstance(app.screen, CompareScreen)
        assert len(app.screen.pinned) == 2
        await pilot.press("space")
        await pilot.pause()
        assert len(app.screen.pinned) == 1
        await pilot.press("slash", *"aaaa")
        await pilot.pause()
        assert app.screen.query_one(SelectionList).option_count == 1
        await pilot.press("enter", "o")
        await until(lambda: client.reader is not None)
        assert client.reader.path.name.endswith("aaaaaaaa")


async def test_compared_runs_that_train_are_followed_and_new_ones_are_listed(base, registry, monkeypatch):
    monkeypatch.chdir(base.parent)
    monkeypatch.setattr(compare, "LOOK_EVERY", 0.05)
    log = base / "20260101-000001-digits-bbbbbbbb" / "events.jsonl"
    whole, summary = log.read_bytes().splitlines(keepends=True), (log.parent / "summary.json").read_bytes()
    for name in ("summary.json", "live", "lock"):
        (log.parent / name).unlink()
    first = next(line for line in whole if line.startswith(b'{"event":"epoch"'))
    log.write_bytes(b"".join(whole[: whole.index(first) + 1]))
    app = WorkbenchApp(load_experiment("digits"), registry, ProcessTrainer(Path("runs")), Look())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("C")
        await pilot.pause()

        def rows():
            runs = app.screen.query_one(SelectionList)
            return [str(runs.get_option_at_index(at).prompt) for at in range(runs.option_count)]

        def table():
            return [line.split()[:5] for line in str(app.screen.query_one("#table", Static).content).split("\n")]

        await pilot.press("down")
        assert "starting" in rows()[0], "no live file, no lock: nobody knows more"
        assert ["2", "digits", "00:00:01", "starting", "0"] in table()
        log.write_bytes(b"".join(whole))
        (log.parent / "summary.json").write_bytes(summary)
        await until(lambda: ["2", "digits", "00:00:01", "finished", "3"] in table())
        assert "finished" in rows()[0]
        shutil.copytree(log.parent, base / "20260101-000002-digits-cccccccc")
        await until(lambda: len(rows()) == 3)
        assert [row.split()[:2] for row in rows()] == [["3", "finished"], ["pinned", "2"], ["pinned", "1"]]
        runs = app.screen.query_one(SelectionList)
        assert "00:00:00" in str(runs.get_option_at_index(runs.highlighted).prompt), "the bar stays on its run"


async def test_trials_of_a_sweep_are_compared_with_each_other(base, registry, monkeypatch):
    """Their directories are named by what they are, and not by their experiment."""
    for name, run in (("12ab", "aaaaaaaa"), ("34cd", "bbbbbbbb")):
        (found,) = base.glob(f"*-{run}")
        found.rename(base / name)
    train(base / "56ef", registry, example="iris")
    monkeypatch.chdir(base.parent)
    app = WorkbenchApp(load_experiment("digits"), registry, ProcessTrainer(Path("runs")), Look())
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(CompareScreen(base, base / "12ab", Look()))
        await pilot.pause()
        await until(lambda: app.screen.pinned)
        assert {Path(run).name for run in app.screen.pinned} == {"12ab", "34cd"}


async def opened_comparison(app, pilot):
    """Open the comparison, and wait for its table."""
    await pilot.press("C")
    await until(lambda: app.screen.query("#table") and app.screen.query_one("#table").region.height > 4)
    await pilot.pause()


async def test_a_table_of_compared_runs_says_how_many_lines_have_no_room_and_a_key_shows_them(
    base, registry, monkeypatch
):
    train(base / "20260101-000002-digits-cccccccc", registry, "training.batch=16", "training.seed=5")
    monkeypatch.chdir(base.parent)
    app = WorkbenchApp(load_experiment("digits"), registry, ProcessTrainer(Path("runs")), Look())
    async with app.run_test(size=(60, 20)) as pilot:
        await opened_comparison(app, pilot)
        box, table, scroll = (app.screen.query_one(what) for what in (".dialog", "#table", "#scroll"))
        hidden = table.region.height - scroll.region.height
        assert hidden > 0
        assert str(box.border_subtitle).startswith(f"{hidden} more line")
        for _ in range(hidden):
            if "more line" not in str(box.border_subtitle):
                break
            await pilot.press("n")
            await pilot.pause()
        assert table.region.bottom == scroll.region.bottom
        assert "first line" in str(box.border_subtitle)
        await pilot.press("n")
        await pilot.pause()
        assert table.region.y == scroll.region.y
        await pilot.resize_terminal(120, 50)
        await pilot.pause()
        assert not box.border_subtitle


async def test_no_line_of_compared_runs_is_missed_where_all_have_room_nor_a_cross_left_to_what_is_not_pinned(
    base, registry, monkeypatch
):
    monkeypatch.chdir(base.parent)
    app = WorkbenchApp(load_experiment("digits"), registry, ProcessTrainer(Path("runs")), Look())
    async with app.run_test(size=(200, 60)) as pilot:
        await opened_comparison(app, pilot)
        assert app.screen.query_one("#table").region.height == app.screen.query_one("#scroll").region.height
        await until(lambda: not app.screen.query_one(".dialog").border_subtitle)
        runs = app.screen.query_one("#runs")
        assert ["X" in runs.render_line(y).text for y in range(runs.option_count)] == [True, True]
        await pilot.press("space")
        await until(lambda: "X" not in runs.render_line(0).text)
        assert "X" in runs.render_line(1).text


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_the_curve_of_a_run_to_be_opened_is_drawn_to_its_axis(base, registry, monkeypatch, size):
    monkeypatch.chdir(base.parent)
    app = WorkbenchApp(load_experiment("digits"), registry, ProcessTrainer(Path("runs")), Look())
    async with app.run_test(size=size) as pilot:
        await pilot.press("o")

        def drawn():
            return app.screen.query("#picture") and "epoch" in seen(app.screen.query_one("#picture"))

        await until(drawn)
        await pilot.press("down", "down", "down")  # an example, whose text takes all of the room
        await until(lambda: not drawn())
        await pilot.press("up", "up")
        await until(drawn)
        await pilot.resize_terminal(100, 22)
        await pilot.pause()
        await until(drawn)


def seen(widget):
    """The text of what has room."""
    return "\n".join(widget.render_line(y).text for y in range(widget.size.height))


async def test_the_curves_of_many_runs_keep_their_room(base, registry, monkeypatch):
    (run,) = base.glob("*-bbbbbbbb")
    for number in range(2, 9):
        shutil.copytree(run, base / f"20260101-00000{number}-digits-bbbbbbbb")
    monkeypatch.chdir(base.parent)
    app = WorkbenchApp(load_experiment("digits"), registry, ProcessTrainer(Path("runs")), Look())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("C")
        await until(lambda: len(app.screen.pinned) == 4 and app.screen.query_one("#table").region.height > 4)
        await pilot.pause()
        assert app.screen.query_one("#plot").region.height >= 8


async def test_a_stopped_run_is_called_so_in_the_list_too(base, registry, monkeypatch):
    monkeypatch.chdir(base.parent)
    (run,) = base.glob("*-bbbbbbbb")
    summary = json.loads((run / "summary.json").read_text())
    (run / "summary.json").write_text(json.dumps(summary | {"reason": "stopped"}))
    app = WorkbenchApp(load_experiment("digits"), registry, ProcessTrainer(Path("runs")), Look())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("C")
        await pilot.pause()
        runs = app.screen.query_one(SelectionList)
        assert "stopped" in str(runs.get_option_at_index(0).prompt)
        assert f"acc {summary['metrics']['validation']['accuracy']:.4f}" in runs.render_line(0).text


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (200, 60)])
async def test_curves_table_and_list_of_compared_runs_have_room(base, registry, monkeypatch, size):
    monkeypatch.chdir(base.parent)
    app = WorkbenchApp(load_experiment("digits"), registry, ProcessTrainer(Path("runs")), Look())
    async with app.run_test(size=size) as pilot:
        await pilot.press("C")
        await pilot.pause()
        await until(lambda: app.screen.query_one("#table").region.height > 1)
        await pilot.pause()
        parts = app.screen.query("#plot, #scroll, #filter, #runs")
        assert len(parts) == 4
        assert all(part.region.bottom < size[1] - 1 for part in parts), [part.region for part in parts]
        assert parts.first().region.height >= 4
        assert parts.last().region.height >= 2
        seen = [strip.text for strip in app.screen._compositor.render_strips()]
        assert any(line.split()[1:4] == ["batch", "32", "64"] for line in seen), "in what they differ is seen"


def test_time_of_a_subject_without_snapshots(tmp_path):
    subject = Subject(RunReader(tmp_path))
    subject.move(-1)
    subject.go(5)
    assert subject.epoch is None
    assert subject.weights() is None
