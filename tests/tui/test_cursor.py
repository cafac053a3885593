"""The cursor of a view in its pane: arrows, mouse, Enter and Esc, and what a place asks of the screen."""

from __future__ import annotations

import time

import numpy as np
import pytest
from panes import first_pane
from recording import train
from textual.content import Content
from textual.events import MouseScrollDown

from tui_nn.experiment import load_experiment
from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.places import GoTo, OpenView
from tui_nn.plugin.registry import load_registry
from tui_nn.render import Look
from tui_nn.tui.app import WorkbenchApp
from tui_nn.tui.screens.entry import EntryScreen
from tui_nn.tui.widgets.field import Field
from tui_nn.tui.widgets.key_line import KeyLine
from tui_nn.tui.widgets.view import ViewPane
from tui_nn.views import find
from tui_nn.views.trace.asked import PART

PLUGIN = """
from tui_nn.plugin import Knob, hookimpl, view

TURN = Knob("turn", (0, 15, 30), "z", "turn", "Turn it.")

@view(knobs=(TURN,))
def turned(subject, knobs, box, look):
    "How far it is turned."
    return f"turned by {knobs[TURN]}"

@view
def broken(subject, knobs, box, look):
    "It raises."
    return 1 / 0

@hookimpl
def tui_nn_views():
    return [turned, broken]
"""


@pytest.fixture
async def opened(app, digits_run):
    """The application on a finished run, with a pane that has the focus."""
    async with first_pane(app, digits_run) as (pilot, pane):
        yield pilot, pane


def take(pane, name, **knobs):
    pane.take(find(name), Knobs(**knobs))
    pane.draw(pane.screen.bench.subject)


async def test_arrows_show_and_move_it_and_esc_takes_it_away(opened):
    pilot, pane = opened
    take(pane, "weights", layer=1)
    assert pane.knobs.at is None
    await pilot.press("down")
    assert pane.knobs.at == (0, 0)
    await pilot.press("down", "right", "right", "up", "up")
    assert pane.knobs.at == (0, 2)
    assert pane.text.split("\n")[-2].startswith("Theta_1,2^(2) = ")
    await pilot.press("end", "pagedown")
    assert pane.knobs.at == (9, 25)
    await pilot.press("escape")
    assert pane.knobs.at is None
    assert "Theta_" not in pane.text


async def test_the_wheel_turns_the_pages_of_units_and_arrows_go_as_they_stand(opened):
    pilot, pane = opened
    take(pane, "units")
    seen = set(pane._drawing.spots)
    assert len(seen) < 25
    for _ in range(5):
        pane.post_message(
            MouseScrollDown(pane, 1, 1, 0, 1, 0, shift=False, meta=False, ctrl=False, screen_x=1, screen_y=1)
        )
        await pilot.pause(0.3)  # turns in a row are drawn four times a second
        seen |= set(pane._drawing.spots)
    assert seen == {(1, unit) for unit in range(1, 26)}
    assert pane.screen.bench.subject.at is None
    assert pane.knobs.at == (1, 25)
    await pilot.press("home")
    lines = {spot.line for spot in pane._drawing.spots.values()}
    across = len(pane._drawing.spots) // len(lines)
    await pilot.press("down", "right")
    assert pane.knobs.at == (1, 2 + across)


async def until(pilot, holds):
    for _ in range(200):
        if holds():
            return
        await pilot.pause(0.05)
    raise AssertionError("it never held")


async def test_a_unit_is_switched_off_and_on_with_a_key_and_every_pane_follows(opened, app):
    pilot, pane = opened
    other, recorded = list(app.screen.query(ViewPane))[1:3]
    take(other, "classes")
    take(recorded, "loss")
    take(pane, "units")
    await pilot.press("X")
    assert any("Put the cursor on a hidden unit first" in notice.message for notice in app.messages)
    app.screen.show_keys()
    assert "X off" not in Content.from_markup(app.screen.query_one(KeyLine).markup).plain
    await pilot.press("down")
    app.screen.show_keys()
    assert "X off  F freeze" in Content.from_markup(app.screen.query_one(KeyLine).markup).plain
    await pilot.press("X")
    assert app.bench.subject.off == {(1, 1)}
    await until(pilot, lambda: " off  without 1.1" in other.text)
    await until(pilot, lambda: "accuracy" in pane.text)
    assert str(pane.border_subtitle) == str(other.border_subtitle) == "without 1.1"
    assert not recorded.border_subtitle, "what the run has recorded stays as it is"
    assert "views without 1.1" in app.screen.query_one("#status").visual.plain
    await pilot.press("right", "X")
    assert app.bench.subject.off == {(1, 1), (1, 2)}
    await pilot.press("X", "left", "X")
    assert app.bench.subject.off == frozenset()
    await until(pilot, lambda: other.text and " off" not in other.text)
    assert not pane.border_subtitle
    await pilot.press("enter")
    await pilot.pause()
    assert (pane.view.name, pane.knobs.own["unit"]) == ("excites", "1.1")


async def test_a_unit_is_frozen_with_a_key_in_the_experiment_and_let_go(opened, app):
    pilot, pane = opened
    take(pane, "units", at=(1, 3))
    await pilot.press("F")
    await until(pilot, lambda: app.bench.experiment.training.frozen == ["1.3"])
    await until(pilot, lambda: any("1.3 frozen in the next run" in notice.message for notice in app.messages))
    await pilot.press("F")
    await until(pilot, lambda: app.bench.experiment.training.frozen == [])
    await pilot.press("u", "u")
    await until(pilot, lambda: app.bench.experiment.training.frozen is None)


async def test_a_unit_of_a_run_under_way_is_frozen_by_its_trainer(opened, app):
    pilot, pane = opened
    take(pane, "units", at=(1, 3))
    app.bench.client.state = "paused"
    await pilot.press("F")
    await until(pilot, lambda: app.bench.client.asked() == [{"training.frozen": '["1.3"]'}])
    await until(pilot, lambda: str(pane.border_subtitle) == "1.3 frozen; u undoes")


async def test_which_weight_matters_for_2_is_answered_in_five_keys_after_training(opened, app):
    """The lecture's question, from where the focus is at first."""
    pilot, _ = opened
    app.screen.builder.focus()
    await pilot.press("shift+tab", "m", "m", "m", "down")
    pane = app.screen.focused
    assert pane.view.name == "units"
    await until(pilot, lambda: "times a" in pane.text)
    subject = app.bench.subject
    theta2, inside = subject.weights().thetas[1], subject.inside()
    mean = inside.activations[0][:, inside.classes == 2].mean(axis=1)
    best = int((theta2[2, 1:] * mean).argmax())
    said = " ".join(pane.text.split())
    assert f"Theta_3,{best + 1}^(2) = {theta2[2, best + 1]:.3g} times a {mean[best]:.3g}: " in said


async def test_a_click_puts_it(opened):
    pilot, pane = opened
    take(pane, "confusion")
    spot = pane._drawing.spots[2, 3]
    inner = pane.content_region.offset - pane.region.offset
    await pilot.click(pane, offset=(spot.column + inner.x, spot.line + inner.y))
    await pilot.pause()
    assert pane.knobs.at == (2, 3)
    assert pane.text.split("\n")[-2].startswith("2: ")


async def test_enter_enlarges_without_it_and_esc_takes_first_the_cursor_then_the_screen(opened, app):
    pilot, pane = opened
    take(pane, "confusion")
    await pilot.press("enter")
    assert app.screen.enlarged is pane
    await pilot.press("right", "escape")
    assert (app.screen.enlarged, pane.knobs.at) == (pane, None)
    await pilot.press("escape")
    assert app.screen.enlarged is None


@pytest.mark.parametrize("is_right", [False, True])
async def test_enter_at_a_cell_shows_its_samples_and_enter_there_follows_one(opened, is_right):
    pilot, pane = opened
    subject = pane.screen.bench.subject
    matrix = np.array(find("confusion").numbers(subject, Knobs())["confusion"])
    cells = matrix if is_right else matrix - np.diag(np.diag(matrix))
    row, column = np.unravel_index(int(cells.argmax()), cells.shape)
    assert bool(row == column) is is_right
    take(pane, "confusion", at=(int(row), int(column)))
    await pilot.press("enter")
    await until(pilot, lambda: pane.view.name == "mistakes" and "of 359 validation samples" in pane.text)
    assert pane.text.startswith(f"{matrix[row, column]} of 359 validation samples")
    await pilot.press("right", "right")
    (number,) = pane.knobs.at
    await pilot.press("enter")
    await until(pilot, lambda: pane.view.name == "sample" and f"sample {number} of 359" in pane.text)
    assert pane.knobs[PART] == "validation"
    assert (": right" in pane.text) is is_right
    assert (": wrong" in pane.text) is not is_right
    assert pane.knobs.at == (2, column + 1)


async def test_a_moment_is_gone_to_and_an_unknown_view_is_said(opened, app):
    pilot, pane = opened
    pane.post_message(ViewPane.Entered(pane, GoTo(1)))
    await pilot.pause()
    assert app.bench.subject.epoch == 1
    pane.post_message(ViewPane.Entered(pane, OpenView("confusio")))
    await pilot.pause()
    assert any("Did you mean 'confusion'" in notice.message for notice in app.messages)


async def test_each_view_keeps_its_knobs(opened):
    """A reading of one view is not that of the next; `n` means the reading in a view, not new weights."""
    pilot, pane = opened
    take(pane, "confusion")
    await pilot.press("n")
    assert pane.screen.bench.client.sent == []
    assert pane.knobs.reading == 1
    pane.take(find("votes"))
    assert pane.knobs.reading == 0
    pane.take(find("confusion"))
    assert pane.knobs.reading == 1


def of_plugin(fakes, tmp_path):
    """An application that has the plugin's views, a run for it, and the file of the plugin."""
    path = tmp_path / "drawn.py"
    path.write_text(PLUGIN)
    registry = load_registry([str(path)])
    run = train(tmp_path / "run", registry, "digits", "training.epochs=1")
    return WorkbenchApp(load_experiment("digits"), registry, fakes.FakeTrainer(), Look()), run, path


async def test_a_view_of_a_plugin_has_its_keys_and_a_broken_one_says_so_in_its_pane(fakes, tmp_path):
    app, run, _ = of_plugin(fakes, tmp_path)
    async with first_pane(app, run) as (pilot, pane):
        app.screen.show_view(pane, app.screen.view_of("turned"))
        assert pane.text == "turned by 0"
        app.screen.show_keys()
        footer = Content.from_markup(app.screen.query_one(KeyLine).markup).plain
        assert "z turn" in footer
        assert "log" not in footer
        assert "re-roll" not in footer
        await pilot.press("z", "z")
        assert pane.text == "turned by 30"
        commands = {finding.name: finding for finding in app.screen.findings()}
        commands["view turned: turn (z)"].do()
        assert pane.text == "turned by 0"
        assert "view: turned" in commands
        commands["view: confusion"].do()
        assert pane.view.name == "confusion"
        await pilot.pause()
        assert "arrows" in app.screen.query_one(KeyLine).markup
        app.screen.show_view(pane, app.screen.view_of("broken"))
        assert "plugin 'drawn' raised ZeroDivisionError" in " ".join(pane.text.split()), "however it is wrapped"
        await pilot.press("v")
        await pilot.pause()
        assert pane.view.name == "network"


async def test_a_view_that_was_read_again_is_drawn_as_it_is_now(fakes, tmp_path):
    app, run, path = of_plugin(fakes, tmp_path)
    async with first_pane(app, run) as (pilot, _):
        first, second, *_ = app.screen.query(ViewPane)
        app.screen.show_view(first, app.screen.view_of("turned"))
        app.screen.show_view(second, app.screen.view_of("broken"))
        path.write_text(PLUGIN.replace("turned by", "spun by").replace("[turned, broken]", "[turned]"))
        app.screen.action_plugins()
        await pilot.pause()
        app.bench.registry.become(load_registry([str(path)], strict=False))
        await pilot.press("escape")
        await pilot.pause()
        assert first.text == "spun by 0"
        assert second.view.name == "network"


async def test_a_row_is_typed_and_followed_and_a_wrong_one_is_explained(opened):
    pilot, pane = opened
    take(pane, "sample", at=(2, 1))
    for text, says in (("1 2 3", "found 3 numbers; expected 64"), (" ".join(["3"] * 64) + " -> 7", "picture by hand")):
        await pilot.press("i")
        await pilot.pause()
        assert isinstance(pilot.app.screen, EntryScreen)
        pilot.app.screen.query_one(Field).value = text
        await pilot.press("enter")
        for _ in range(100):
            if says in " ".join(pane.text.split()):
                break
            await pilot.pause(0.05)
        assert says in " ".join(pane.text.split())
        assert pane.knobs.at is None, "the cursor stood in the trace of another sample"


async def test_the_rest_of_who_asks_the_network_ends_with_the_run(opened, app):
    """A slow question rests, so that the trainer has the processor; when nothing trains any more, nobody rests."""
    pilot, pane = opened
    app.workbench._rest_until = time.monotonic() + 1000
    take(pane, "surface")
    app.workbench.redraw()
    await until(pilot, lambda: "a projection" in pane.text)


async def test_a_weight_is_nudged_with_a_key(opened, app):
    pilot, pane = opened
    take(pane, "weights", at=(2, 3))
    app.workbench.redraw()
    await pilot.press("h")
    await until(pilot, lambda: "h 0.1: dJ " in pane.text)
    await pilot.press("h")
    await until(pilot, lambda: "h 0.01: dJ " in pane.text)


async def test_two_weights_are_typed_and_a_wrong_one_is_explained(opened):
    pilot, pane = opened
    take(pane, "surface")
    for text, says in (("1.9.99 1.1.1", "There is no weight 1.9.99"), ("2.3.1 2.3.2", "→ Theta_31^(2)")):
        await pilot.press("i")
        await pilot.pause()
        pilot.app.screen.query_one(Field).value = text
        await pilot.press("enter")
        await until(pilot, lambda: says in " ".join(pane.text.split()))  # noqa: B023
    assert str(pane.border_title) == "J over Theta_31^(2) and Theta_32^(2)"
