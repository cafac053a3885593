"""Building: pure changes and what they mean for trained weights, then the same by keyboard."""

from __future__ import annotations

import numpy as np
import pytest
from textual.widgets import Input, OptionList, Static, TextArea

from tui_nn.experiment import load_experiment
from tui_nn.plugin.pictures import picture_of
from tui_nn.render import Look
from tui_nn.tui import model
from tui_nn.tui.bench.branch import fitting_thetas
from tui_nn.tui.bench.editor import Editor
from tui_nn.tui.facts import hint, words_of
from tui_nn.tui.screens.ask import AskScreen
from tui_nn.tui.screens.file import FileScreen
from tui_nn.tui.screens.pick import PickScreen
from tui_nn.tui.widgets.builder import WIDTH, rows_of


def units(experiment):
    return [layer.get("units") for layer in experiment.network.layers]


def test_undo_and_redo(registry):
    editor = Editor(load_experiment("digits"), registry)
    first = editor.experiment
    editor.replace(model.add_layer(first, 0))
    editor.replace(model.set_key(editor.experiment, "training", "batch", 64))
    editor.restore(editor.undo())
    assert editor.experiment.training.batch == 32
    editor.restore(editor.undo())
    assert editor.experiment == first
    assert editor.undo() is None
    editor.restore(editor.redo())
    editor.restore(editor.redo())
    assert editor.experiment.training.batch == 64
    assert editor.redo() is None
    editor.restore(editor.undo())
    editor.replace(model.set_key(editor.experiment, "training", "seed", 5))
    assert editor.redo() is None, "a new change ends what could be done again"


def test_layers_inserted_and_duplicated():
    experiment = load_experiment("digits")
    assert units(model.insert_layer(experiment, 0)) == [16, 25, 10]
    assert units(model.insert_layer(experiment, 1)) == [25, 16, 10]
    assert units(model.duplicate_layer(experiment, 0)) == [25, 25, 10]
    dropout = model.change_kind(experiment, 0, "dropout", {"rate": 0.5})
    assert dropout.network.layers[0] == {"kind": "dropout", "rate": 0.5}


@pytest.mark.parametrize(
    ("shapes", "kept"),
    [
        ([(25, 65), (10, 26)], [0, 1]),
        ([(25, 65), (16, 26), (10, 17)], [0, None, None]),
        ([(25, 65), (25, 26), (10, 26)], [0, None, 1]),
        ([(25, 65), None, (10, 26)], [0, None, 1]),
        ([(30, 65), (10, 31)], [None, None]),
        ([(12, 65), (25, 13), (10, 26)], [None, None, 1]),
    ],
)
def test_weights_that_fit_are_kept(shapes, kept):
    thetas = [np.ones((25, 65)), np.full((10, 26), 2.0)]
    found = fitting_thetas(thetas, shapes)
    assert [None if theta is None else next(i for i, t in enumerate(thetas) if t is theta) for theta in found] == kept


@pytest.mark.parametrize("kind", ["activation", "loss", "layer", "optimizer", "initializer", "schedule", "dataset"])
def test_everything_in_the_registry_is_described(registry, kind):
    for name in registry.names(kind):
        assert registry.get(kind, name).description in words_of(registry, kind, name)
        if kind in ("activation", "loss", "schedule", "initializer") or name == "maxout":
            text = picture_of(registry, kind, name, 50, 14, Look())
            assert text is not None, name
            assert "nothing has been recorded" not in text.plain, name
    assert hint("alpha", 0.1) == "a number; default 0.1"


@pytest.mark.parametrize(
    ("name", "neurons", "counted"),
    [
        ("forward-3-4-2", "6 neurons", ["20 weights + 6 biases", "= 26 parameters"]),  # the lecture's 4 + 2, 20 + 6
        ("digits", "35 neurons", ["1,850 weights + 35 biases", "= 1,885 parameters"]),  # 25 * 64 + 10 * 25
    ],
)
def test_the_rows_count_neurons_weights_and_biases(registry, name, neurons, counted):
    rows = rows_of(model.draft(load_experiment(name), registry), "drawn", ">")
    (at,) = [place for place, row in enumerate(rows) if row.left == "LAYERS"]
    assert rows[at].right == neurons
    assert [row.right for row in rows[at + 1 : at + 3]] == counted
    assert all(len(row.left) + len(row.right) < WIDTH for row in rows[at : at + 3])


async def test_undo_by_key_and_a_layer_that_moves(app, screen):
    async with app.run_test(size=(80, 24)) as pilot:
        screen.builder.select("layer-0")
        await pilot.press("i")
        await app.workers.wait_for_complete()
        assert units(screen.bench.draft.experiment) == [16, 25, 10]
        await pilot.press("right_square_bracket")
        await app.workers.wait_for_complete()
        assert units(screen.bench.draft.experiment) == [25, 16, 10]
        assert screen.builder.selected_layer == 1
        await pilot.press("u", "u")
        await app.workers.wait_for_complete()
        assert units(screen.bench.draft.experiment) == [25, 10]
        await pilot.press("U")
        await app.workers.wait_for_complete()
        assert units(screen.bench.draft.experiment) == [16, 25, 10]


async def test_a_kind_is_picked_and_its_options_become_rows(app, screen):
    async with app.run_test(size=(80, 24)) as pilot:
        screen.builder.select("schedule")
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, PickScreen)
        await pilot.press(*"cosine")
        await pilot.pause()
        names = app.screen.query_one(OptionList)
        assert [names.get_option_at_index(i).id for i in range(names.option_count)] == ["cosine"]
        assert "cos(pi" in str(app.screen.query_one("#words", Static).render())
        await pilot.press("enter")
        await pilot.pause()
        assert model.chosen_kind(screen.bench.draft.experiment.training.schedule).startswith("cosine")


async def test_a_setting_goes_to_the_running_net_without_a_question(app, screen):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("space")
        screen.builder.select("optimizer.rate")
        await pilot.press("enter")
        await pilot.pause()
        app.screen.query_one(Input).value = "0.02"
        await pilot.press("enter")
        await pilot.pause()
        assert screen.bench.client.asked() == [{"training.optimizer.rate": "0.02"}]
        assert screen.bench.client.state == "running"
        assert screen.bench.draft.experiment.training.optimizer["rate"] == 0.02


async def test_another_number_of_units_asks_what_becomes_of_the_run(app, screen):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("space")
        screen.builder.select("layer-0")
        await pilot.press("c")
        await pilot.pause()
        assert isinstance(app.screen, AskScreen)
        choices = app.screen.query_one(OptionList)
        names = [choices.get_option_at_index(i).id for i in range(choices.option_count)]
        assert names == ["stop", "keep", "cancel"], "without recorded weights nothing can be kept"
        choices.highlighted = 1
        await pilot.press("enter")
        await pilot.pause()
        assert ("forget", False) in screen.bench.client.sent
        assert units(screen.bench.draft.experiment) == [25, 25, 10]


async def test_the_experiment_file_is_edited_saved_and_loaded(app, screen, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f")
        await pilot.pause()
        assert isinstance(app.screen, FileScreen)
        area = app.screen.query_one(TextArea)
        good = area.text
        area.text = good.replace("units = 25", "unitz = 25")
        await pilot.pause()
        assert "unitz" in str(app.screen.query_one("#problem").render())
        await pilot.press("ctrl+t")
        await pilot.pause()
        assert isinstance(app.screen, FileScreen), "what is wrong is not taken"
        area.text = good.replace("units = 25", "units = 31")
        await pilot.pause()
        await pilot.press("ctrl+s", "ctrl+t")
        await pilot.pause()
        assert units(screen.bench.draft.experiment) == [31, 10]
    assert units(load_experiment(str(tmp_path / "digits.toml"))) == [31, 10]
