"""Weights set by hand: typed or pasted over a cell, explained where they are wrong, and seen at the same step."""

from __future__ import annotations

import re
from textwrap import wrap

import numpy as np
import pytest
from patience import until
from recording import train
from textual.events import Paste
from textual.geometry import Offset

from tui_nn.engine.events import SettingChanged
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.experiment.change import Settings
from tui_nn.render import Look
from tui_nn.runs import open_run
from tui_nn.runs.recorder import RunRecorder
from tui_nn.runs.session import Session
from tui_nn.training import recorded_network
from tui_nn.training.whole import whole_of
from tui_nn.tui.app import WorkbenchApp
from tui_nn.tui.bench.by_hand import fitting_rows, parts_of, placed
from tui_nn.tui.bench.pasted import read_rows, written_out
from tui_nn.tui.widgets.cell import CellField
from tui_nn.tui.widgets.key_line import KeyLine
from tui_nn.views import Subject

MATRIX = [[1.0, 2.0], [3.0, 4.0]]
OCTAVE = """Theta1 =

 Columns 1 and 2:

  -30.0000   20.0000
   10.0000  -20.0000

 Column 3:

   20.0000
  -20.0000

"""


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("-0.5", [[-0.5]]),
        (" -1/2 ", [[-0.5]]),
        ("-5e-1", [[-0.5]]),
        ("−.5", [[-0.5]]),
        ("[[1, 2], [3, 4]]", MATRIX),
        ("array([[1., 2.],\n       [3., 4.]])", MATRIX),
        ("np.array([[1, 2], [3, 4]], dtype=np.float32)", MATRIX),
        ("tensor([[1., 2.],\n        [3., 4.]], requires_grad=True)", MATRIX),
        ("[[1. 2.]\n [3. 4.]]", MATRIX),
        ("[1 2; 3 4]", MATRIX),
        ("[1, 2,\n 3, 4];", [[1.0, 2.0, 3.0, 4.0]]),
        ("Theta1 = [1 2; ...\n 3 4];", MATRIX),
        ("Theta1 =\n\n   1   2\n   3   4\n\n", MATRIX),
        (OCTAVE, [[-30.0, 20.0, 20.0], [10.0, -20.0, -20.0]]),
        ("A =\n\n   1.0e+03  *\n\n   1   2\n   3   4\n", [[1000.0, 2000.0], [3000.0, 4000.0]]),
        ("# name: Theta1\n# type: matrix\n# rows: 2\n# columns: 2\n 1 2\n 3 4\n", MATRIX),
        ("1\t2\r\n3\t4\r\n", MATRIX),
        ("1, 2\n3, 4", MATRIX),
        ("[1/3 -1 / 4]", [[1 / 3, -0.25]]),
    ],
)
def test_numbers_as_people_paste_them(text, rows):
    found = read_rows(text)[0]
    assert found == rows
    assert read_rows(written_out(found)) == [rows], "what is shown of it means the same"


def test_numpy_itself_is_read_to_the_last_bit():
    theta = np.random.default_rng(0).normal(size=(3, 40))
    with np.printoptions(precision=17, floatmode="unique"):
        for text in (repr(theta), str(theta), str(theta.tolist())):
            np.testing.assert_array_equal(read_rows(text)[0], theta)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no number"),
        ("[]", "no number"),
        ("x", "'x' is not a number or a fraction"),
        ("nan", "'nan' is not a number"),
        ("1_0", "'1_0' is not a number"),
        ("1/0", "'1/0' divides by 0"),
        ("1e39", "'1e39' is too large for a weight"),
        ("[1 - 2]", "'-' is not a number"),
        ("[1, 2", "bracket is not closed"),
        ("[1; 2]'", "stands behind the matrix"),
        ("[[1, 2], [3]]", "Row 2 has 1 number, row 1 has 2"),
        ("[[[1]]]", "more than two dimensions"),
        ("1\t\t3", "Row 1 has an empty cell"),
        ("\t1\t2", "Row 1 has an empty cell"),
        ("[[1. ... 2.]\n ...\n [3. ... 4.]]", "shortened"),
        ("Theta1(2,3) = 4", "is not a number"),
        (" Columns 1 and 2:\n\n 1 2\n 3 4\n\n Column 3:\n\n 5\n", "2 and 1 rows"),
    ],
)
def test_what_cannot_be_read_is_explained(text, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        read_rows(text)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("7", {(1, 2, 1): 7}),
        ("1 2 3", {(1, 2, 0): 1, (1, 2, 1): 2, (1, 2, 2): 3}),
        ("[8; 9]", {(1, 1, 1): 8, (1, 2, 1): 9}),
        ("[1 2 3; 4 5 6]", {(1, 1, 0): 1, (1, 1, 1): 2, (1, 1, 2): 3, (1, 2, 0): 4, (1, 2, 1): 5, (1, 2, 2): 6}),
        ("[1\n2\n3]", {(1, 2, 0): 1, (1, 2, 1): 2, (1, 2, 2): 3}),  # numpy breaks long rows
    ],
)
def test_a_number_a_row_a_column_or_the_whole_matrix(text, places):
    assert placed(fitting_rows(text, (2, 3)), (1, 2, 1), (2, 3)) == places


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[1 2; 3 4]", "Found 2 x 2; expected a number, a row of 3, bias first, a column of 2, or all 2 x 3."),
        (
            "0,5",
            "Found 1 x 2; expected a number, a row of 3, bias first, a column of 2, or all 2 x 3; a decimal",
        ),
    ],
)
def test_a_size_that_does_not_fit_is_explained_with_those_that_do(text, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        fitting_rows(text, (2, 3))


@pytest.fixture
async def matrix(app, fakes):
    """The application with a paused run of one 2 x 3 matrix, and a pane with its cursor at unit 2, input 0."""
    async with app.run_test(size=(100, 30)) as pilot:
        app.bench.start(paused=True)
        app.bench.poll()
        app.bench.client.reader.theta = fakes.weights(5, [0.0, 0.5, 0.0], [0.125, 0.0, 0.0])
        await pilot.press("W", "down")
        yield pilot, app.screen.focused


def said(app):
    return {note.message for note in app.messages}


async def typed(pilot, text):
    """Enter, this text over what was there, and Enter; gives the field."""
    await pilot.press("enter")
    await pilot.pause()
    field = pilot.app.screen.focused
    assert isinstance(field, CellField)
    spot = field._where[0]
    assert spot is None or field.styles.width.value >= min(spot.width, field._where[1].width), "nothing of it is seen"
    field.value = text
    await pilot.press("enter")
    await pilot.pause()
    if not field.hint.has_class("wrong"):
        await pilot.app.workers.wait_for_complete()
    return field


async def test_a_weight_is_typed_over_its_cell_sent_and_undone(app, screen, matrix):
    pilot, pane = matrix
    client = app.bench.client
    assert (pane.view.name, pane.knobs.at) == ("weights", (1, 0))
    await pilot.press("enter")
    await pilot.pause()
    field = app.screen.focused
    assert field.value == "0.125"
    spot = pane._drawing.spots[1, 0]
    assert field.region.offset == pane.content_region.offset + Offset(spot.column, spot.line + (spot.height - 1) // 2)
    assert "leave" in screen.query_one(KeyLine).markup
    assert "play" not in screen.query_one(KeyLine).markup, "the footer offers no keys that do not work now"
    await pilot.press("escape")
    await app.workers.wait_for_complete()
    assert app.screen.focused is pane
    assert client.asked() == []

    field = await typed(pilot, "1/0")
    assert "divides by 0" in str(field.hint.content)
    field.value = "3"
    await pilot.press("enter")
    await app.workers.wait_for_complete()
    await pilot.press("u")
    await app.workers.wait_for_complete()
    assert client.asked() == [{"theta[1][2][0]": "3.0"}, {"theta[1][2][0]": "0.125"}]
    client.refuses = "not today."
    await pilot.press("U")
    await app.workers.wait_for_complete()
    assert "not today." in said(app)
    assert screen.bench.editor.redo() is not None, "it can be tried again"


async def test_what_was_done_is_told_whole_in_the_frame_or_below(app, matrix):
    pilot, pane = matrix
    for room in (4, 2, 1, 0, -9):
        words = "d" * (pane.size.width - room)
        pane.note(words)
        pane.draw(app.bench.shown)
        await pilot.pause()
        assert words in "\n".join(strip.text for strip in app.screen._compositor.render_strips())


async def test_a_matrix_is_pasted_and_only_what_differs_is_sent(app, matrix):
    pilot, pane = matrix
    pane.post_message(Paste("Theta1 =\n\n   0   0.5   1\n   1/8 0   -2\n"))
    await pilot.pause()
    await pilot.pause()
    assert app.screen.focused.value == "[0 0.5 1; 0.125 0 -2]"
    await pilot.press("enter")
    await app.workers.wait_for_complete()
    assert app.bench.client.asked() == [{"theta[1][1][2]": "1.0", "theta[1][2][2]": "-2.0"}]


async def test_what_was_done_is_said_as_long_as_it_is_what_u_undoes(app, matrix):
    pilot, pane = matrix

    async def frame():
        await app.workers.wait_for_complete()
        app.workbench.redraw()
        return str(pane.border_subtitle)

    await typed(pilot, "3")
    assert "u undoes" in await frame()
    await typed(pilot, "4")
    assert "theta[1][2][0] = 4, in the recipe; u undoes" in await frame()
    await pilot.press("u")
    assert "undoes" not in await frame(), "what it speaks of is undone"


async def test_the_past_is_not_edited(app, matrix, monkeypatch):
    pilot, _ = matrix
    monkeypatch.setattr(Subject, "epoch", 1)
    await pilot.press("enter")
    await app.workers.wait_for_complete()
    assert any("This is the past" in one for one in said(app))


async def test_a_terminal_that_loses_the_focus_keeps_the_field_and_a_click_leaves_it(app, matrix):
    pilot, _ = matrix
    await pilot.press("enter")
    await pilot.pause()
    field = app.screen.focused
    field.value = "4"
    app.app_focus = False
    await pilot.pause()
    app.app_focus = True
    await pilot.pause()
    assert (app.screen.focused, field.value) == (field, "4")
    app.screen.builder.focus()
    await pilot.pause()
    await app.workers.wait_for_complete()
    await pilot.pause()
    assert not app.screen.query(CellField)
    assert app.screen.focused is app.screen.builder
    assert app.bench.client.asked() == []


async def shown(pilot):
    """Wait for the initial network."""
    for _ in range(300):
        await pilot.pause(0.02)
        subject = pilot.app.bench.shown
        if subject is not None and subject.started is not None and not pilot.app.bench.preview.wants:
            return subject
    raise AssertionError("no network is shown")


@pytest.mark.preview
async def test_before_play_the_experiment_begins_with_what_is_edited(registry, fakes):
    app = WorkbenchApp(load_experiment("xor"), registry, fakes.FakeTrainer(), Look())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("W")  # before there is anything to show
        before = [theta.copy() for theta in (await shown(pilot)).weights().thetas]
        await app.workers.wait_for_complete()
        assert app.screen.focused.knobs.at == (0, 0)
        await pilot.press("down", "right")
        await typed(pilot, "-1/3")
        after = [theta.copy() for theta in (await shown(pilot)).weights().thetas]
        assert after[0][1, 1] == np.float32(-1 / 3)
        after[0][1, 1] = before[0][1, 1]
        for one, other in zip(before, after, strict=True):
            np.testing.assert_array_equal(one, other)
        assert app.bench.experiment.network.weights[0][1][1] == pytest.approx(-1 / 3)
        await pilot.press("u")
        await app.workers.wait_for_complete()
        assert app.bench.experiment.network.weights is None


@pytest.mark.preview
async def test_a_network_too_large_to_be_written_out_names_another_way(registry, fakes):
    layers = '[{kind="dense",units=900,activation="relu"},{kind="dense",units=10,activation="sigmoid"}]'
    app = WorkbenchApp(load_experiment("digits", [f"network.layers={layers}"]), registry, fakes.FakeTrainer(), Look())
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        await pilot.press("W")
        await typed(pilot, "0.5")
        assert any("Press r" in one for one in said(app))
        assert app.bench.experiment.network.weights is None


async def test_after_the_end_it_is_a_branch(registry, fakes, tmp_path):
    run = train(tmp_path / "run", registry, "xor", "training.epochs=3")
    app = WorkbenchApp(load_experiment("xor"), registry, fakes.FakeTrainer(), Look())
    async with app.run_test(size=(120, 40)) as pilot:
        app.bench.client.show(open_run(run))
        app.bench.poll()
        app.workbench.redraw()
        await pilot.press("W")
        await typed(pilot, "2.5")
        branch = app.bench.client.branch
        assert (branch.parent.run, branch.parent.epoch, branch.thetas[0][0, 0]) == ("run", 3, 2.5)
        np.testing.assert_array_equal(branch.thetas[1], open_run(run).weights().thetas[1])
        assert app.bench.client.starts()[-1][1], "paused"
        await pilot.press("u")
        await app.workers.wait_for_complete()
        (back,) = app.bench.client.asked()
        assert float(back["theta[1][1][0]"]) == open_run(run).weights().thetas[0][0, 0]


async def test_the_weights_of_a_run_are_waited_for_and_not_taken_from_the_one_before(registry, fakes, tmp_path):
    run = train(tmp_path / "run", registry, "xor", "training.epochs=3")
    app = WorkbenchApp(load_experiment("xor"), registry, fakes.SlowTrainer(), Look())
    async with app.run_test(size=(120, 40)) as pilot:
        client = app.bench.client
        client.show(open_run(run))
        app.bench.poll()
        app.workbench.redraw()
        await pilot.press("W")
        await app.workers.wait_for_complete()
        client.start(app.bench.experiment, paused=True, speed=1.0)
        assert app.bench.shown.is_former
        await pilot.press("enter")
        await pilot.pause()
        assert not app.screen.query(CellField), "what was there is not what is to be changed"
        client.state, client.reader = "paused", open_run(run)
        await until(lambda: app.screen.query(CellField))
        await pilot.press("escape")


@pytest.mark.parametrize("fails", ["", "no space left"])
async def test_the_branch_may_take_a_while_to_begin(registry, fakes, tmp_path, fails):
    run = train(tmp_path / "run", registry, "xor", "training.epochs=3")
    app = WorkbenchApp(load_experiment("xor"), registry, fakes.SlowTrainer(), Look())
    async with app.run_test(size=(120, 40)) as pilot:
        app.bench.client.show(open_run(run))
        app.bench.client.fails = fails
        app.bench.poll()
        app.workbench.redraw()
        await pilot.press("W")
        await typed(pilot, "2.5")
        if fails:
            assert fails in said(app)
            assert app.bench.editor.undo() is None
        else:
            assert app.bench.editor.undo().run == app.bench.client.reader.path
            assert any("on a branch from epoch 3" in one for one in said(app))


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


@pytest.mark.parametrize("theta", [(4, 3), (25, 65), (10, 26)])
def test_what_can_be_typed_is_said_in_two_lines_of_a_pane_which_the_cursor_has_there(theta):
    """A third line would cover the last row of the matrix."""
    assert len(wrap(f"Type or paste {parts_of(theta)}, or all.", 39)) <= 2
