"""A picture in the hand: keys move it, the mouse draws on it, and what was seen stands until the answer is there."""

from __future__ import annotations

import contextlib

import pytest
from panes import first_pane
from textual.events import MouseMove

from tui_nn.plugin.knobs import Knobs
from tui_nn.views import Missing, find
from tui_nn.views.perturb import ANGLE, DRAWN, NUMBER, RIGHT


@pytest.fixture
async def opened(app, digits_run):
    """The application on a finished run, its first pane with the view and the focus."""
    async with first_pane(app, digits_run) as (pilot, pane):
        pane.take(find("perturb"), Knobs())
        await answered(pilot, pane)
        yield pilot, pane


async def answered(pilot, pane):
    """What the pane asks is known and drawn; the thread of the application finds it out."""
    subject = pane.screen.bench.subject
    for _ in range(200):
        with contextlib.suppress(Missing):
            pane.view.drawing(subject, pane.knobs, (60, 20), pane.look)
            break
        await pilot.pause(0.05)
    pane.draw(subject)


async def test_keys_move_it_both_ways(opened):
    pilot, pane = opened
    await pilot.press("L", "L", "H", "shift+right", "left_parenthesis", "right_parenthesis", "right_parenthesis")
    assert (pane.knobs[RIGHT], pane.knobs[ANGLE]) == (2, -15)
    await answered(pilot, pane)
    assert "turn -15   shift 2,0" in pane.text
    await pilot.press("R")
    assert (pane.knobs[RIGHT], pane.knobs[ANGLE]) == (0, 0)
    assert pane.screen.bench.client.sent == []


async def test_the_former_picture_stands_until_the_answer_is_there(opened, monkeypatch):
    pilot, pane = opened
    before = pane.text
    assert "answer" in before
    monkeypatch.setattr(type(pane.screen.bench.subject), "work", lambda self: False)  # the thread is busy
    await pilot.press("L")
    assert pane.text == before
    pane.take(find("robustness"))
    pane.draw(pane.screen.bench.subject)
    assert pane.text.startswith("Evaluating the network")  # of another view nothing is left


async def test_the_mouse_draws_while_its_button_is_held(opened):
    pilot, pane = opened
    await pilot.press("E", "D")  # an empty picture, the brush down
    await answered(pilot, pane)
    inner = pane.content_region.offset - pane.region.offset

    def over(at):
        spot = pane._drawing.spots[at]  # its first line may be the last of the pixel above too
        return {"offset": (spot.column + inner.x, spot.line + spot.height - 1 + inner.y)}

    await pilot.hover(pane, **over((1, 1)))
    assert DRAWN not in pane.knobs.own
    await pilot.mouse_down(pane, **over((1, 1)))
    await answered(pilot, pane)  # with the line at the cursor, which takes one of the picture's
    for at in ((1, 2), (2, 2), (3, 3)):
        await pilot._post_mouse_events([MouseMove], pane, button=1, **over(at))
    await pilot.mouse_up(pane, **over((3, 3)))
    assert {(row, column) for row, column, _ in pane.knobs.own[DRAWN]} >= {(1, 2), (2, 2), (3, 3)}
    await pilot.press("right")
    assert pane.knobs.own[DRAWN][-1] == (3, 4, True)


async def test_a_key_for_another_sample_leaves_the_picture_that_is_followed(opened):
    pilot, pane = opened
    for key in ("j", "p"):
        pane.take(find("perturb"), Knobs())
        await pilot.press("left_parenthesis")
        await answered(pilot, pane)
        await pilot.press("right")
        await answered(pilot, pane)
        await pilot.press("enter")
        await answered(pilot, pane)
        assert (pane.view.name, pane.text.split(";")[0]) == ("sample", "picture by hand")
        await pilot.press(key)
        await answered(pilot, pane)
        assert pane.text.startswith("sample 1 of "), key
    assert pane.screen.bench.client.sent == [], "no step was taken"


async def test_what_takes_long_says_how_much_of_it_is_done(opened, monkeypatch):
    pilot, pane = opened
    subject = pane.screen.bench.subject
    monkeypatch.setattr(type(subject), "work", lambda self: False)  # the thread is busy
    pane.take(find("robustness"))
    pane.draw(subject)
    assert pane.text == "Evaluating the network ..."
    subject._begin()
    seen = []
    for _ in range(3):
        subject._go_on()
        await pilot.pause(0.4)
        seen.append(pane.text)
    assert seen == [f"Evaluating the network ... {share} %" for share in (1, 2, 3)]


async def test_from_a_mistake_by_its_trace_to_the_picture_in_the_hand(opened):
    pilot, pane = opened
    pane.take(find("mistakes"), Knobs())
    await answered(pilot, pane)
    await pilot.press("right", "right")
    (number,) = pane.knobs.at
    await pilot.press("enter")
    await answered(pilot, pane)
    assert (pane.view.name, pane.knobs.sample) == ("sample", number - 1)
    await pilot.press("left", "left")
    assert pane.knobs.at[0] == "x"
    await pilot.press("enter")
    await pilot.pause()
    assert (pane.view.name, pane.knobs[NUMBER]) == ("perturb", number - 1)
