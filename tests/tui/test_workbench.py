"""The workbench with a scripted trainer: keys, edits, dialogs, and what a dead trainer leaves on the screen."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from doubles import FakeReader
from patience import until
from textual.content import Content
from textual.widgets import Label, OptionList, Static

from tui_nn.engine.events import EpochFinished
from tui_nn.experiment import load_experiment
from tui_nn.render import Look
from tui_nn.runs.family import offset_of
from tui_nn.tui.app import WorkbenchApp
from tui_nn.tui.bench.branch import initial_of
from tui_nn.tui.keys import ELSEWHERE, KEYS, bindings, help_text, shown
from tui_nn.tui.screens import ask
from tui_nn.tui.screens.ask import AskScreen
from tui_nn.tui.screens.entry import EntryScreen
from tui_nn.tui.screens.form import FormScreen
from tui_nn.tui.screens.page import Laid
from tui_nn.tui.screens.pick import PickScreen
from tui_nn.tui.screens.workbench import WorkbenchScreen
from tui_nn.tui.status import status_line
from tui_nn.tui.widgets.builder import Builder
from tui_nn.tui.widgets.key_line import KeyLine
from tui_nn.tui.widgets.view import ViewPane
from tui_nn.views import Subject

# Terminal, cells within the frame of a pane, and of an enlarged view: those of tests/views/test_fill.py.
BOXES = [
    ((60, 20), (25, 13), (56, 16)), ((80, 24), (45, 17), (76, 20)), ((120, 40), (39, 16), (116, 36)),
    ((200, 60), (79, 26), (196, 56)),
]  # fmt: skip


def asked(app):
    return str(app.screen.query_one("#question", Label).content)


def units(app):
    return [layer["units"] for layer in app.bench.draft.experiment.network.layers]


SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)])


async def test_a_branch_is_said_to_be_one_as_soon_as_that_is_known(app, monkeypatch):
    """The panel is drawn before its directory has been read; nothing else may change after that."""
    async with app.run_test(size=(100, 30)) as pilot:
        known = {}
        monkeypatch.setattr(FakeReader, "fact", lambda _, question, unknown: known.get(question, unknown))
        await pilot.press("space", "space")
        row = next(at for at in range(30) if app.workbench.builder.get_option_at_index(at).id == "initializer")

        def weights():
            return str(app.workbench.builder.get_option_at_index(row).prompt)

        await until(lambda: "paused" in str(app.screen.query_one("#status", Static).render()))
        assert "branch" not in weights()
        known |= {initial_of: [np.ones((2, 3))], offset_of: 3}
        await until(lambda: "branch at 3" in weights(), 10)


@SIZES
async def test_space_plays_and_pauses(app, size):
    async with app.run_test(size=size) as pilot:
        client = app.bench.client
        await pilot.press("space")
        assert client.sent[0][0] == "start"
        assert client.sent[0][2] is False
        await pilot.press("space")
        assert client.state == "paused"
        await pilot.press("space", "b", "e")
        assert [one[0] for one in client.sent[1:]] == ["pause", "play", "step", "step"]
        assert [one[1].get("unit") for one in client.sent[3:]] == ["batch", "epoch"]
        status = app.screen.query_one("#status", Static)
        await until(lambda: "epoch 1/3" in str(status.render()))
        assert "acc 0.7500" in str(status.render())


@SIZES
async def test_build_64_16_10_from_scratch_by_keyboard(app, size):
    async with app.run_test(size=size) as pilot:
        builder = app.workbench.query_one(Builder)
        builder.highlighted = next(i for i in range(30) if builder.get_option_at_index(i).id == "layer-0")
        await pilot.press("d")
        await pilot.pause()
        assert units(app) == [10]
        await pilot.press("a")
        await pilot.pause()
        assert units(app) == [16, 10]
        shapes = [layer.theta for layer in app.bench.draft.shapes.layers]
        assert shapes == [(16, 65), (10, 17)]
        assert app.bench.draft.shapes.parameters == 16 * 65 + 10 * 17


async def test_units_and_activation_are_edited_in_place(app):
    async with app.run_test(size=(80, 24)) as pilot:
        builder = app.workbench.query_one(Builder)
        builder.highlighted = next(i for i in range(30) if builder.get_option_at_index(i).id == "layer-0")
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, FormScreen)
        await pilot.press("n", "o", "enter")
        await pilot.pause()
        assert isinstance(app.screen, FormScreen), "a mistake is explained where it was made"
        assert "whole number from 1" in str(app.screen.query_one("#problem").render())
        app.screen.query_one("#field-units").value = "40"
        await pilot.press("enter")
        await pilot.pause()
        assert units(app) == [40, 10]
        await pilot.press("t")
        await pilot.pause()
        assert isinstance(app.screen, PickScreen)
        await pilot.press(*"leaky", *["backspace"] * 5, *"relu")
        await pilot.pause()
        names = app.screen.query_one(OptionList)
        shown = {names.get_option_at_index(i).id for i in range(names.option_count)}
        assert {"relu", "leaky_relu"} <= shown
        assert "sigmoid" not in shown
        names.highlighted = [names.get_option_at_index(i).id for i in range(names.option_count)].index("relu")
        await pilot.pause()
        assert "max(0, z)" in str(app.screen.query_one("#words").render())
        await pilot.press("enter")
        await pilot.pause()
        assert app.bench.draft.experiment.network.layers[0]["activation"] == "relu"


async def test_an_output_that_does_not_fit_is_explained_and_not_trained(app):
    async with app.run_test(size=(120, 40)) as pilot:
        from tui_nn.tui import model

        app.bench.editor.replace(model.set_layer(app.bench.draft.experiment, 1, units=7))
        await pilot.press("space")
        await pilot.pause()
        assert "expected 10" in app.bench.draft.error
        assert app.bench.client.sent == []


async def test_a_change_while_training_asks(app):
    async with app.run_test(size=(80, 24)) as pilot:
        builder = app.workbench.query_one(Builder)
        builder.highlighted = next(i for i in range(30) if builder.get_option_at_index(i).id == "layer-0")
        await pilot.press("space", "a")
        await pilot.pause()
        assert isinstance(app.screen, AskScreen)
        await pilot.press("escape")
        await pilot.pause()
        assert units(app) == [25, 10]
        assert app.bench.client.state == "running"
        await pilot.press("a")
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert units(app) == [25, 10], "what lies under the bar changes nothing"
        await pilot.press("a")
        await pilot.pause()
        await pilot.press("s")
        await pilot.pause()
        assert units(app) == [25, 16, 10]
        assert ("forget", True) in app.bench.client.sent


async def test_what_is_asked_of_a_run_is_true_while_one_reads_it(app, monkeypatch):
    monkeypatch.setattr(ask, "LOOK_EVERY", 0.02)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("space", "q")
        await pilot.pause()
        history = app.bench.client.reader.history
        assert asked(app) == "A run is training, epoch 1 of 3. What should happen to it?"
        values = {"loss": 0.4, "accuracy": 0.8}
        history.apply(EpochFinished(2, 10, values, values, None))
        app.bench.client.state = "paused"
        await until(lambda: asked(app) == "A run is paused, epoch 2 of 3. What should happen to it?")
        app.bench.client.state = "ended"
        await until(lambda: asked(app) == "The run has ended meanwhile, at epoch 2 of 3.")
        await pilot.press("escape")
        await pilot.pause()
        assert app.is_running


@pytest.mark.parametrize("over", ["ended", "crashed"])
@pytest.mark.parametrize("press", ["q", "a"], ids=["quit", "change"])
async def test_a_run_that_is_over_is_not_offered_to_be_stopped_or_kept(app, monkeypatch, press, over):
    monkeypatch.setattr(ask, "LOOK_EVERY", 0.02)
    async with app.run_test(size=(80, 24)) as pilot:

        def offered():
            options = app.screen.query_one(OptionList)
            return " ".join(str(options.get_option_at_index(at).prompt) for at in range(options.option_count))

        await pilot.press("space", press)
        await pilot.pause()
        assert "Keep" in offered()
        app.bench.client.state = over
        await until(lambda: "Keep" not in offered())
        assert "Stop and save" not in offered()
        screen = app.screen
        assert screen.query_one(OptionList).highlighted == screen.query_one(OptionList).option_count - 1
        await pilot.press("k")
        await pilot.pause()
        assert app.screen is screen, "its key does nothing either"
        await pilot.press("s")
        await pilot.pause()
        assert app.screen is not screen or not app.is_running


async def test_a_branch_from_the_past_is_said_to_be_one_before_it_begins(app, fakes, monkeypatch):
    monkeypatch.setattr(Subject, "epoch", 1)
    monkeypatch.setattr(Subject, "weights", lambda self: fakes.weights(5, *[[1.0] * 65] * 25))
    async with app.run_test(size=(80, 24)) as pilot:
        app.workbench.builder.select("layer-0")
        await pilot.press("space", "c")
        await pilot.pause()
        branch = app.screen.query_one(OptionList).get_option("branch").prompt
        assert "in a branch from epoch 1" in " ".join(str(branch).split())


async def test_reset_keeps_the_seed_and_reroll_takes_the_next(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("r")
        await pilot.press("n")
        starts = [one for one in app.bench.client.sent if one[0] == "start"]
        assert [one[1].training.seed for one in starts] == [0, 1]
        assert all(one[2] for one in starts), "both wait for the first step"


async def test_quit_while_training_asks_and_says_what_each_choice_does(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("space", "q")
        await pilot.pause()
        assert isinstance(app.screen, AskScreen)
        await pilot.press("escape")
        await pilot.pause()
        assert app.is_running
        await pilot.press("q", "enter")
        await pilot.pause()
        assert app.is_running, "what lies under the bar changes nothing"
        await pilot.press("q")
        await pilot.pause()
        await pilot.press("s")
        await pilot.pause()
    assert ("stop", {}) in app.bench.client.sent
    assert app.return_code == 0


@pytest.mark.parametrize("press", ["s", "k", "escape"])
async def test_quit_asks_what_becomes_of_a_run_that_is_being_started(registry, fakes, press):
    app = WorkbenchApp(load_experiment("iris"), registry, fakes.SlowTrainer(), Look())
    async with app.run_test(size=(80, 24)) as pilot:
        client = app.bench.client
        client.poll = lambda: False  # it takes long
        await pilot.press("space", "q")
        await pilot.pause()
        assert asked(app) == "A run is being started. What should happen to it?"
        await pilot.press(press)
        await pilot.pause()
        assert app.is_running is (press == "escape")
    left = [one[1] for one in client.sent if one[0] == "forget"][:1]
    assert left == {"s": [True], "k": [False], "escape": []}[press]


async def test_quit_asks_nothing_of_a_run_that_waits_for_its_first_step(registry, fakes):
    app = WorkbenchApp(load_experiment("iris"), registry, fakes.SlowTrainer(), Look())
    async with app.run_test(size=(80, 24)) as pilot:
        app.bench.client.poll = lambda: False
        await pilot.press("r", "q")
        await until(lambda: not app.is_running)


async def test_a_killed_trainer_is_said_and_the_workbench_goes_on(app):
    async with app.run_test(size=(80, 24)) as pilot:
        client = app.bench.client
        await pilot.press("space")
        client.state, client.message = "crashed", "the trainer was killed by SIGKILL at step 5."
        await until(lambda: "SIGKILL" in str(app.screen.query_one("#error", Static).render()))
        await pilot.press("space")
        assert client.state == "running"


async def test_views_cycle_and_enlarge(app):
    async with app.run_test(size=(120, 40)) as pilot:
        pane = next(iter(app.screen.query(ViewPane)))
        await pilot.press("v")
        assert pane.view.name == "loss"
        names = sorted(pane.view.name for pane in app.screen.query(ViewPane))
        assert names == ["confusion", "loss", "network", "units"]
        pane.focus()
        await pilot.press("enter")
        assert app.screen.enlarged is pane
        await pilot.press("escape")
        assert app.screen.enlarged is None


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (200, 60)])
async def test_an_enlarged_view_has_all_but_state_and_one_row_of_keys(app, size):
    async with app.run_test(size=size) as pilot:
        pane = next(iter(app.screen.query(ViewPane)))
        pane.focus()
        await pilot.press("enter")
        await pilot.pause()
        status, keys = (app.screen.query_one(name) for name in ("#status", "KeyLine"))
        assert (status.region.y, status.region.height) == (0, 1)
        assert (keys.region.y, keys.region.height) == (size[1] - 1, 1)
        assert "esc back" in Content.from_markup(keys.markup).plain
        assert pane.region == (0, 1, size[0], size[1] - 2)
        assert not app.screen.query_one("#builder").display
        await pilot.press("escape")
        await pilot.pause()
        assert app.screen.query_one("#builder").display
        assert pane.region.width < size[0]


async def test_the_mouse_presses_keys_and_edits_rows(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.click(KeyLine, offset=(2, 0))
        await pilot.pause()
        assert app.bench.client.sent[0][0] == "start"
        app.bench.client.forget()
        await pilot.click("#builder", offset=(5, 4))
        await pilot.pause()
        assert isinstance(app.screen, EntryScreen)


async def test_a_terminal_that_is_too_small_is_told(app):
    async with app.run_test(size=(50, 15)) as pilot:
        await pilot.pause()
        assert "60 x 20" in str(app.screen.query_one("#small", Static).render())
        assert not app.screen.query_one("#main").display


def test_every_key_is_bound_and_in_the_help():
    bound = {binding.action for binding in bindings()} | {f"press('{action}')" for action in ELSEWHERE}
    assert bound == {f"press('{key.action}')" for key in KEYS}
    for key in KEYS:
        assert key.help in help_text()
        assert key.action == "focus_next" or hasattr(WorkbenchScreen, f"action_{key.action}")
    pressed = [one for key in KEYS for one in key.keys.split(",")]
    assert len(pressed) == len(set(pressed)), "a key does one thing"


@pytest.mark.parametrize("width", [40, 58, 110])
def test_what_a_key_does_is_a_column_of_the_help(width):
    lines = [Content.from_markup(line).plain for line in help_text(width=width).split("\n")]
    assert max(map(len, lines)) <= width
    titles = {key.group for key in KEYS}
    names = {f"  {key.show:7}" for key in KEYS}
    assert all(not line or line in titles or (line[:9] in names | {" " * 9} and line[9] != " ") for line in lines)
    text = " ".join(line[9:] for line in lines if line.startswith("  "))
    assert all(key.help in text for key in KEYS)


def test_the_document_has_every_key():
    text = (Path(__file__).parents[2] / "docs" / "workbench.md").read_text("utf-8")
    for key in KEYS:
        assert f"| `{key.show}` | {key.help} |" in text, key.action


async def test_a_real_trainer_killed_with_sigkill_and_started_again(registry, tmp_path, monkeypatch):
    """The whole path: the child process, its run directory, its death, and the next run."""
    import asyncio

    from tui_nn.tui.trainer_client import ProcessTrainer

    monkeypatch.chdir(tmp_path)
    client = ProcessTrainer(Path("runs"))
    app = WorkbenchApp(load_experiment("digits"), registry, client, Look())

    async def until(condition):
        for _ in range(200):
            if condition():
                return
            await asyncio.sleep(0.05)
        live = client.reader.live() if client.reader else None
        found = (client.state, client.message, live and (live.state, live.step))
        raise AssertionError(f"it did not happen within 10 s: {found}")

    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("space")
        await until(lambda: client.reader is not None and len(client.reader.history.epochs) > 2)
        first = client.reader.path
        client.children.process.kill()
        await until(lambda: client.state == "crashed")
        end = r"the trainer (?:was killed by SIGKILL|ended with exit code 1) at step (\d+)"
        said = rf"{end}(?:; what is shown is of step (\d+))?\."
        reached, seen = re.match(said, client.message).groups()
        assert f"step {seen or reached}  " in status_line(app.bench, False, 200)
        await pilot.press("b")
        await until(lambda: client.state == "paused" and client.reader.live() and client.reader.live().step == 1)
        assert client.reader.path != first
        await pilot.press("x")
        await until(lambda: client.state == "ended")
        assert client.reader.history.ended.reason == "stopped"
    client.wait(5)


async def test_data_that_come_while_it_is_open_are_found_at_the_next_start(registry, tmp_path, fakes):
    path = tmp_path / "late.csv"
    experiment = load_experiment("iris", [f"data.source={path}", "data.target=kind"])
    app = WorkbenchApp(experiment, registry, fakes.FakeTrainer(), Look())
    async with app.run_test(size=(100, 30)) as pilot:
        screen = app.workbench
        await pilot.press("space")
        assert "there is no such file" in screen.bench.draft.error
        assert not screen.bench.client.sent
        path.write_text("x,y,kind\n" + "1,2,a\n2,1,b\n3,3,c\n" * 20)
        await pilot.press("space")
        assert screen.bench.client.sent[0][0] == "start"
        assert screen.bench.draft.shapes is not None


@pytest.mark.parametrize(("size", "pane", "large"), BOXES)
async def test_panes_have_at_least_the_boxes_that_views_are_tested_in(app, size, pane, large):
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        first = next(iter(app.screen.query(ViewPane)))
        assert first.size.width >= pane[0]
        assert first.size.height >= pane[1]
        first.focus()
        await pilot.press("enter")
        await pilot.pause()
        assert first.size == large


async def test_after_an_enlarged_view_keys_go_on(app):
    async with app.run_test(size=(80, 24)) as pilot:
        pane = next(iter(app.screen.query(ViewPane)))
        pane.focus()
        for name in ("loss", "accuracy"):
            await pilot.press("enter")
            await pilot.pause()
            assert app.screen.enlarged is pane
            await pilot.press("escape")
            await pilot.pause()
            assert app.screen.focused is pane
            await pilot.press("v")
            await pilot.pause()
            assert pane.view.name == name


@pytest.mark.parametrize(
    ("look", "said"),
    [
        (Look(), "Blue is positive and orange negative"),
        (Look("256"), "Blue is positive and orange negative"),
        (Look("16"), "Blue is positive and yellow negative"),
        (Look("16", light=True), "Blue is positive and red negative"),
        (Look("none"), "Each picture says which marks are positive"),
    ],
)
async def test_the_help_names_the_colours_that_are_seen(app, look, said):
    async with app.run_test(size=(120, 40)) as pilot:
        app.workbench.look = look
        await pilot.press("question_mark")
        await pilot.pause()
        assert said in " ".join(str(one.render()) for one in app.screen.query(Static))


@pytest.mark.parametrize("name", ["perturb", "sample", "loss", "weights"])
async def test_the_help_begins_with_the_view_that_has_the_focus_and_all_of_its_keys(app, name):
    async with app.run_test(size=(120, 40)) as pilot:
        pane = app.workbench.panes[0]
        view = app.workbench.view_of(name)
        app.workbench.show_view(pane, view)
        await pilot.press("tab", "question_mark")
        await pilot.pause()
        told = str(app.screen.query_one(Laid).render())
        own = told[: told.index("Left: what is trained")]
        assert own.startswith(f"{name}: ")
        assert own.endswith("\n\n"), "what is said of the screen stands apart"
        for knob in view.knobs:
            assert f"{shown(knob)} " in own, knob.name
            assert knob.help.split()[-1] in own, knob.name
