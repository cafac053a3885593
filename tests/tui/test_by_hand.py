"""One weight set by hand: typed, explained where it is wrong, sent, and seen by every view at the same step."""

from __future__ import annotations

import pytest
from textual.widgets import Input, Label

from tui_nn.engine.events import LayerShape, SettingChanged
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.experiment.change import Settings
from tui_nn.runs import open_run
from tui_nn.runs.recorder import RunRecorder
from tui_nn.runs.session import Session
from tui_nn.training import recorded_network
from tui_nn.training.whole import whole_of
from tui_nn.tui.bench.by_hand import parse
from tui_nn.tui.screens.entry import EntryScreen
from tui_nn.views import Subject

LAYERS = (
    LayerShape("dense", 4, "tanh", (4, 3)),
    LayerShape("dropout", 4, "", None),
    LayerShape("dense", 1, "sigmoid", (1, 5)),
)


@pytest.mark.parametrize("text", ["1 4 0 -0.5", "1, 4, 0, -0.5", "1 4 0 = -1/2", " 1 4 0 -5e-1 ; "])
def test_one_weight(text):
    assert parse(text, LAYERS) == {(1, 4, 0): -0.5}


def test_rows_as_on_the_slide():
    assert parse("1 1: -30 20 20; 3 1 0 -10", LAYERS) == {
        (1, 1, 0): -30,
        (1, 1, 1): 20,
        (1, 1, 2): 20,
        (3, 1, 0): -10,
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1 4 0", "expected layer unit input weight"),
        ("", "Expected layer unit input weight"),
        (";", "Expected layer unit input weight"),
        ("1 4 b 2", "whole numbers"),
        ("1 4 0 x", "'x' is not a weight"),
        ("1 4 0 1/0", "'1/0' is not a weight"),
        ("4 1 0 2", "layers 1 to 3"),
        ("2 1 0 2", "dropout, has no weights"),
        ("1 5 0 2", "units 1 to 4"),
        ("3 1 5 2", "inputs 1 to 4, and 0, the bias"),
        ("3 1 0 inf", "'inf' is not a weight"),
        ("1 1: -30 20", "has 3 weights, the bias first; found 2"),
        ("1 1 0: 3", "expected layer unit input weight"),
        ("1 1 0 3; 1 1 0", "'1 1 0': expected"),
    ],
)
def test_a_mistake_is_explained(text, words):
    with pytest.raises(ValueError, match=words):
        parse(text, LAYERS)


async def test_it_is_typed_sent_and_undone(app, screen, fakes):
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("W")
        assert not isinstance(app.screen, EntryScreen), "nothing trains"
        reader = fakes.FakeReader()
        reader.theta = fakes.weights(5, [0.0, 0.0, 0.0], [0.125, 0.0, 0.0])
        client = app.bench.client
        client.reader, client.state = reader, "paused"
        await pilot.press("W")
        assert isinstance(app.screen, EntryScreen)
        app.screen.query_one(Input).value = "2 1 0 3"
        await pilot.press("enter")
        assert "layers 1 to 1" in str(app.screen.query_one("#problem", Label).content)
        app.screen.query_one(Input).value = "1 2 0 3"
        await pilot.press("enter")
        await app.workers.wait_for_complete()
        await pilot.press("u")
        await app.workers.wait_for_complete()
        assert client.asked() == [{"theta[1][2][0]": "3.0"}, {"theta[1][2][0]": "0.125"}]
        client.refuses = "not today."
        await pilot.press("U")
        await app.workers.wait_for_complete()
        assert "not today." in {note.message for note in app._notifications}
        assert screen.bench.editor.redo() is not None, "it can be tried again"


def test_views_ask_the_network_again_at_the_same_step(registry, tmp_path, monkeypatch):
    """XOR at step 0: an output bias of 30 makes every point of the plane a 1."""
    monkeypatch.chdir(tmp_path)
    experiment = load_experiment("xor")
    setup = build(experiment, registry)
    settings = Settings(experiment, registry, setup.trainer)
    recorder = RunRecorder(tmp_path / "run", settings.trainer, whole_of(setup, registry, tmp_path / "run"))
    seen = []

    def look(event):
        if getattr(event, "step", None) == 0:
            subject.reader.refresh()
            subject.plane()
            subject.work()
            seen.append(subject.plane().field.copy())

    subject = Subject(open_run(tmp_path / "run"), lambda reader: recorded_network(reader, registry))
    script = [SettingChanged(0, 0, "theta[2][1][0]", "30")]
    Session(settings.trainer, recorder, observers=[look], settings=settings, script=script, stop_at=1).run()
    recorder.close()
    before, after = seen
    assert before.min() < 0.8
    assert after.min() > 0.99
