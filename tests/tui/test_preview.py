"""Before there is a run the panes show what the experiment starts from, and follow it as it is changed."""

from __future__ import annotations

import itertools
import re
from types import SimpleNamespace

import numpy as np
import pytest
from rich.text import Text

from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.render import Look, Series, curve
from tui_nn.render.axes import LABELS
from tui_nn.tui import model
from tui_nn.tui.app import WorkbenchApp
from tui_nn.tui.bench.preview import Preview
from tui_nn.tui.first_keys import with_card
from tui_nn.tui.widgets.view import ViewPane
from tui_nn.views import find

pytestmark = pytest.mark.preview


def worked(bench):
    """What is shown once all is known."""
    bench.shown  # noqa: B018 - asks
    while bench.preview.waiting:
        bench.preview.work()
    return bench.shown


def test_it_is_the_network_that_a_run_begins_with(bench, registry):
    subject = worked(bench)
    assert bench.subject is None
    setup = build(load_experiment("digits"), registry)
    for theta, expected in zip(subject.weights().thetas, setup.network.parameters.thetas, strict=True):
        np.testing.assert_array_equal(theta, expected)
    assert subject.is_preview
    assert subject.history.validation["accuracy"]


def test_it_follows_the_experiment_and_the_former_one_stands_until_then(bench):
    before = worked(bench)
    bench.editor.replace(model.add_layer(bench.experiment, 0))
    assert bench.shown is before
    assert bench.preview.wants
    assert [layer.units for layer in worked(bench).started.layers] == [25, 16, 10]
    bench.editor.replace(model.set_layer(bench.experiment, 2, units=3))  # ten classes
    assert "expected 10" in worked(bench).refused
    bench.editor.replace(model.set_layer(bench.experiment, 2, units=10))
    assert not worked(bench).refused


def test_of_what_cannot_be_trained_nothing_stands_where_the_data_cannot_be_read_either(bench):
    worked(bench)
    bench.editor.replace(model.set_key(bench.experiment, "data", "source", "no-such-data"))
    assert worked(bench) is None


def test_what_cannot_be_built_is_tried_once(registry, monkeypatch, bench):
    from tui_nn.errors import DataError

    tries = []

    def fails(*_):
        tries.append(1)
        raise DataError("the data are gone.")

    monkeypatch.setattr("tui_nn.tui.bench.preview.record_untrained", fails)
    preview = Preview(registry, lambda reader: None)
    for _ in range(3):
        assert preview.of(bench.draft) is None
        assert preview.work() is False
    assert len(tries) == 1


async def until(pilot, condition):
    for _ in range(400):
        if condition():
            return
        await pilot.pause(0.05)
    raise AssertionError([pane.text for pane in pilot.app.screen.query(ViewPane)])


def panes_of(app):
    return {pane.view.name: pane for pane in app.workbench.query(ViewPane)}


@pytest.fixture
def digits(registry, fakes, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return WorkbenchApp(load_experiment("digits"), registry, fakes.FakeTrainer(), Look())


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_while_the_data_are_read_the_panes_say_so(digits, monkeypatch, size):
    monkeypatch.setattr(Preview, "work", lambda self: False)
    async with digits.run_test(size=size) as pilot:
        panes = [pane for pane in digits.screen.query(ViewPane) if pane.display and pane.size.width]
        await until(pilot, lambda: all(pane.text.startswith("Reading the data ...") for pane in panes))
        monkeypatch.undo()
        await until(pilot, lambda: not any("Reading" in pane.text for pane in panes))
        assert all(pane.text for pane in panes)


@pytest.mark.parametrize("at_first", [True, False], ids=["opened so", "changed to it"])
async def test_before_play_what_cannot_be_trained_shows_its_data_and_why_there_is_no_network(
    registry, fakes, tmp_path, monkeypatch, at_first
):
    monkeypatch.chdir(tmp_path)
    experiment = load_experiment("digits")
    wrong = model.set_layer(experiment, 1, units=7)
    app = WorkbenchApp(wrong if at_first else experiment, registry, fakes.FakeTrainer(), Look())
    async with app.run_test(size=(120, 40)) as pilot:
        if not at_first:
            await until(pilot, lambda: "training sample 1 is 9" in panes_of(app)["network"].text)
            app.bench.editor.replace(wrong)
            app.workbench.redraw()
        await until(pilot, lambda: "No network" in panes_of(app)["network"].text)
        await until(pilot, lambda: any("1,438 training samples" in pane.text for pane in panes_of(app).values()))
        await until(pilot, lambda: "input 8x8" in panes_of(app)["network"].text)
        texts = {name: " ".join(pane.text.split()) for name, pane in panes_of(app).items()}
        assert "expected 10" in texts["network"]
        counts = re.findall(r"([0-9]) ×([0-9]+)", texts["data"])
        assert sum(int(count) for _, count in counts) == 1438
        rows = [line.split() for line in panes_of(app)["network"].text.split("\n")]
        assert ["2:", "7", "sigmoid", *"1234567"] in rows, "what was asked for"
        assert ["10", "classes", *"0123456789"] in rows, "above the classes of the data"
        panes = panes_of(app)
        assert not panes["confusion"].display, "which would say nothing that the others do not"
        assert panes["network"].outer_size.height == panes["loss"].outer_size.height + panes["data"].outer_size.height
        assert "all keys" in texts["loss"]
        assert "space" not in texts["loss"], "it would train, and cannot"
        seen = [texts[name] for name, pane in panes.items() if pane.display]
        assert not any("right" in text or "train 7" in text for text in seen), "no numbers of another network"
        panes_of(app)["network"].focus()
        await pilot.press("right", "enter")  # no cursor moves in a network that is not there
        assert panes_of(app)["network"].knobs.at is None
        app.bench.editor.replace(experiment)
        app.workbench.redraw()
        await until(pilot, lambda: "training sample 1 is 9" in panes_of(app)["network"].text)
        assert not panes["confusion"].has_class("silent")


async def test_the_panes_are_alive_before_play_and_the_run_takes_over(digits):
    async with digits.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "142" in panes_of(digits).get("data", panes_of(digits)["loss"]).text)
        panes = panes_of(digits)
        await until(pilot, lambda: "training sample 1 is 9" in panes["network"].text)
        assert list(panes) == ["network", "loss", "confusion", "data"]
        assert "1,438 training samples" in panes["data"].text
        counts = re.findall(r"([0-9]) ×([0-9]+)", panes["data"].text)
        assert [int(name) for name, _ in counts] == list(range(10))
        assert sum(int(count) for _, count in counts) == 1438
        assert "always 3: 10.3 % right" in panes["confusion"].text, "37 of 359 validation samples are a 3"
        assert "train 7.1" in panes["loss"].text
        assert "epoch 30" in panes["loss"].text, "the axes are for what may come"
        for words in ("space  train", "a      add a layer", "?      all keys"):
            assert [words in pane.text for pane in panes.values()] == [False, True, False, False]
        lines = [{line.strip() for line in pane.text.split("\n") if line.strip()} for pane in panes.values()]
        assert all(not one & other for one, other in itertools.combinations(lines, 2)), "nothing is said twice"
        await pilot.press("space")
        await pilot.pause()
        assert digits.bench.shown is digits.bench.subject
        assert list(panes_of(digits)) == ["network", "loss", "confusion", "units"]
        assert "all keys" not in panes["loss"].text


async def test_whoever_looks_at_the_data_or_at_something_else_keeps_it(digits):
    async with digits.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "data" in panes_of(digits))
        panes_of(digits)["data"].focus()
        await pilot.press("v")
        assert list(panes_of(digits))[-1] != "data"
        kept = list(panes_of(digits))
        await pilot.press("space")
        await pilot.pause()
        assert list(panes_of(digits)) == kept


async def test_the_data_in_the_place_of_another_view_are_not_remembered_as_chosen(digits):
    async with digits.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "data" in panes_of(digits))
        panes_of(digits)["network"].focus()
        await pilot.press("v")
        remembered = digits.bench.remembered.preferences.views["picture"]
        assert remembered[-1] == "units"
        assert remembered[0] == panes_of(digits)[remembered[0]].view.name


async def test_one_pane_turns_its_readings_and_has_the_keys_in_its_curve_at_once(digits):
    async with digits.run_test(size=(80, 24)) as pilot:
        pane = digits.screen.query(ViewPane).first()
        await until(pilot, lambda: "answer" in pane.text)
        pane.focus()
        await pilot.press("n")
        await pilot.pause()
        assert "answer" in pane.text, "it is drawn of what there is before a run too"
        await pilot.press("v")
        assert pane.view.name == "loss"
        assert "space  train" in pane.text


@pytest.mark.parametrize("readings", [("gradient", "update"), ("W - W0", "update ratio")])
async def test_a_picture_does_not_stand_under_the_name_of_what_there_is_not_yet(digits, readings):
    view = {"update": "network", "update ratio": "weights"}[readings[1]]
    async with digits.run_test(size=(80, 24)) as pilot:
        pane = digits.screen.query(ViewPane).first()
        pane.take(find(view))
        pane.draw(digits.bench.shown)
        await until(pilot, lambda: "loading" not in pane.text and pane.readings)
        pane.focus()
        while pane.view.reading(digits.bench.shown, pane.knobs) != readings[0]:
            await pilot.press("n")
        await until(pilot, lambda: not digits.bench.shown.waiting)
        await pilot.press("n")
        await until(pilot, lambda: "no earlier Theta" in pane.text)
        assert pane.border_title.endswith(readings[1])


async def test_the_first_keys_go_with_the_first_axes_into_another_pane_and_stay_over_no_table(digits):
    async with digits.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "all keys" in panes_of(digits)["loss"].text)
        await until(pilot, lambda: "142" in panes_of(digits).get("data", panes_of(digits)["loss"]).text)
        first, second, *_ = digits.screen.query(ViewPane)
        for pane, view, carded in ((first, "loss", "loss"), (second, "accuracy", "loss"), (first, "data", "accuracy")):
            digits.workbench.show_view(pane, find(view))
            await pilot.pause()
            assert ["all keys" in one.text for one in panes_of(digits).values()].count(True) == 1
            assert "all keys" in panes_of(digits)[carded].text


async def test_before_the_network_is_built_the_keys_stand_in_one_pane(digits, monkeypatch):
    monkeypatch.setattr(Preview, "of", lambda self, experiment: None)
    for size in ((120, 40), (80, 24), (60, 20)):
        async with digits.run_test(size=size) as pilot:
            panes = list(digits.screen.query(ViewPane))
            await until(pilot, lambda panes=panes: any("train" in pane.text for pane in panes))
            carded = [pane for pane in panes if "train" in pane.text]
            assert [pane.display for pane in carded] == [True]
        digits = WorkbenchApp(digits.bench.experiment, digits.bench.registry, digits.bench.client, Look())


@pytest.mark.parametrize("at_first", [True, False], ids=["opened so", "changed to it"])
async def test_without_its_data_no_key_is_said_to_train(registry, fakes, tmp_path, monkeypatch, at_first):
    monkeypatch.chdir(tmp_path)
    experiment = load_experiment("digits")
    gone = model.set_key(experiment, "data", "source", "gone.csv")
    app = WorkbenchApp(gone if at_first else experiment, registry, fakes.FakeTrainer(), Look())
    async with app.run_test(size=(120, 40)) as pilot:

        def seen():
            return " ".join(" ".join(pane.text for pane in panes_of(app).values()).split())

        if not at_first:
            await until(pilot, lambda: "space train" in seen())
            app.bench.editor.replace(gone)
            app.workbench.redraw()
        await until(pilot, lambda: "enter edit the row" in seen() and "space train" not in seen())
        await pilot.pause(0.3)
        assert "space train" not in seen()


@pytest.mark.parametrize("size", [(39, 16), (25, 13), (28, 6), (20, 5), (3, 2)])
def test_the_card_covers_no_axis_and_keeps_to_its_box(size):
    width, height = size
    axes = curve([Series("loss", np.zeros(1), np.ones(1))], width, height, Look("none"))
    carded = with_card(axes, width, height, Look("none")).plain.split("\n")
    assert len(carded) <= height
    assert max(map(len, carded)) <= width
    for before, after in zip(axes.plain.split("\n"), carded, strict=True):
        assert before[: LABELS + 1] == after[: LABELS + 1]
    assert ("space  train" in "\n".join(carded)) is (width >= 30 and height >= 6)
    empty = with_card(Text(), width, height, Look("none")).plain
    assert ("space  train" in empty) is (width >= 24)


@pytest.mark.parametrize("does", ["_poll", "redraw"])
async def test_an_answer_that_comes_while_panes_are_drawn_is_drawn_later(digits, monkeypatch, does):
    """The thread that found it says so between any two steps of the screen: a pane stood for ever as it was before."""
    async with digits.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "training sample 1 is 9" in panes_of(digits)["network"].text)
        screen = digits.workbench
        draw = screen._draw

        def drawn(*, slow):
            draw(slow=slow)
            screen._slow_due = True

        class Arriving(list):
            def __ne__(self, _):
                screen._slow_due = True
                return False

        if does == "redraw":
            monkeypatch.setattr(screen, "_draw", drawn)
        else:
            screen._tick, screen._slow_due = 1, False
            monkeypatch.setattr(type(screen.bench), "shown", property(lambda _: SimpleNamespace(done=Arriving())))
            monkeypatch.setattr(screen, "_ask", lambda: None)
        getattr(screen, does)()
        assert screen._slow_due
        monkeypatch.undo()
