"""A step of a lesson in which something is trained, on the screen: settings on the answer line, ticks, views, esc."""

from __future__ import annotations

import threading

import pytest
from circle_lesson import CIRCLE
from textual.content import Content
from textual.widgets import Input, Static

from tui_nn.lesson import training
from tui_nn.lesson.answers import AnswerBook, read_answers
from tui_nn.lesson.catalogue import lesson_at
from tui_nn.lesson.source import lesson_of
from tui_nn.lesson.walk import Walk
from tui_nn.plugin.registry import load_registry
from tui_nn.render import Look
from tui_nn.tui.lesson.app import LessonApp
from tui_nn.tui.widgets.key_line import KeyLine

pytestmark = pytest.mark.slow

RIGHT = 'layers = ["4 tanh", "1 sigmoid"]'


@pytest.fixture
def app(tmp_path):
    lesson = lesson_of(CIRCLE, "a.lesson.md", "a")
    walk = Walk(lesson, tmp_path, load_registry(), AnswerBook(tmp_path / "a.answers.jsonl", lesson, "Ada"))
    return LessonApp(walk, Look())


def words(app, selector):
    return str(app.screen.query_one(selector, Static).render())


async def typed(app, pilot, text):
    app.screen.query_one("#answer", Input).value = text
    await pilot.press("enter")


async def settled(app, pilot):
    await app.workers.wait_for_complete()
    await pilot.pause()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_settings_are_trained_with_ticks_and_views(app, size, tmp_path):
    async with app.run_test(size=size) as pilot:
        await settled(app, pilot)
        assert "Needs accuracy@validation >= 0.9" in words(app, "#wanted")
        assert 'Change layers = ["1 sigmoid"]' in words(app, "#wanted")
        before = words(app, "#pictures")
        await typed(app, pilot, 'layers = ["1 tanh", "1 sigmoid"]')
        await settled(app, pilot)
        assert words(app, "#said").endswith("Not yet. One hidden unit is one line.")
        assert "epoch 40\n- accuracy@validation >= 0.9  0." in words(app, "#wanted")
        assert words(app, "#pictures") != before
        await typed(app, pilot, RIGHT)
        await settled(app, pilot)
        assert "All of it holds after epoch" in words(app, "#said")
        assert "√ parameters <= 20  17" in words(app, "#wanted"), "the ticks stay"
        await typed(app, pilot, "")
        await settled(app, pilot)
        assert "2/2" in str(app.screen.query_one("#step").border_title)
        await typed(app, pilot, "17")
        await settled(app, pilot)
        assert words(app, "#said") == "17: Right."
    assert [one.state for one in read_answers(tmp_path / "a.answers.jsonl").attempts] == [
        "incorrect", "correct", "correct",
    ]  # fmt: skip


@pytest.mark.parametrize("size", [(60, 20), (80, 24)])
async def test_what_is_needed_and_what_may_be_changed_is_seen(tmp_path, size):
    lesson, folder = lesson_at("09")
    walk = Walk(lesson, folder, load_registry(), AnswerBook(tmp_path / "a.answers.jsonl", lesson, "Ada"))
    at = next(at for at, ask in enumerate(walk.asks) if ask.common.id == "digits")
    walk.turn(at)
    app = LessonApp(walk, Look())
    async with app.run_test(size=size) as pilot:
        await settled(app, pilot)
        await settled(app, pilot)
        wanted = "Needs accuracy@validation >= 0.95; parameters <= 2000\nChange layers"
        assert wanted in words(app, "#wanted")
        assert "; lambda = " in words(app, "#wanted")
        assert app.screen.query_one("#step").max_scroll_y == 0


@pytest.fixture
def held(monkeypatch):
    """A training waits at its end: an event that says so, and one that lets it go on."""
    reached, go_on = threading.Event(), threading.Event()
    own = training.outcome

    def slow(history):
        reached.set()
        go_on.wait(20)
        return own(history)

    monkeypatch.setattr(training, "outcome", slow)
    return reached, go_on


@pytest.mark.parametrize(("given", "said"), [('layers = ["1 tanh", "1 sigmoid"]', "Not yet"), (RIGHT, "Right.")])
async def test_what_is_typed_while_it_trains_is_kept(app, held, given, said):
    reached, go_on = held
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await typed(app, pilot, f"{given}; rate = 0.012")
        while not reached.is_set():
            await pilot.pause(0.02)
        app.screen.query_one("#answer", Input).value = "layers"
        go_on.set()
        await settled(app, pilot)
        assert said in words(app, "#said")
        assert app.screen.query_one("#answer", Input).value == "layers"


async def test_esc_stops_a_training_and_nothing_else_is_done_meanwhile(app, held, tmp_path):
    reached, go_on = held
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await typed(app, pilot, RIGHT + "; rate = 0.011")
        while not reached.is_set():
            await pilot.pause(0.02)
        await pilot.pause()
        keys = Content.from_markup(app.screen.query_one(KeyLine).markup).plain
        assert "esc stop training" in keys
        assert not {"answer", "leave", "step"} & set(keys.split()), "what does nothing now"
        await pilot.press("enter", "pagedown", "escape")
        assert "1/2" in str(app.screen.query_one("#step").border_title)
        go_on.set()
        await settled(app, pilot)
        assert words(app, "#said").endswith("Stopped.")
        assert "esc leave" in Content.from_markup(app.screen.query_one(KeyLine).markup).plain
        await pilot.press("escape")
    assert read_answers(tmp_path / "a.answers.jsonl").attempts == ()
