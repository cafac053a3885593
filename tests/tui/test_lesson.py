"""The lesson's screen: what is masked, what is said to an answer, and how one goes on, under Textual's pilot."""

from __future__ import annotations

import pytest
from small_lesson import LESSON
from textual.widgets import Input, Static

from tui_nn.lesson.answers import AnswerBook, read_answers
from tui_nn.lesson.catalogue import lesson_at
from tui_nn.lesson.source import lesson_of
from tui_nn.lesson.walk import Walk
from tui_nn.plugin.registry import load_registry
from tui_nn.render import Look
from tui_nn.tui.lesson.app import LessonApp
from tui_nn.tui.widgets.key_line import KeyLine

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def registry():
    return load_registry()


def app_of(lesson, folder, registry):
    walk = Walk(lesson, folder, registry, AnswerBook(folder / "a.answers.jsonl", lesson, "Ada"))
    return LessonApp(walk, Look())


def small(folder, registry):
    return app_of(
        lesson_of(LESSON + LESSON[LESSON.index("## ") :].replace('"x"\n', '"again"\n'), "one", "one"), folder, registry
    )


def words(app, selector):
    return str(app.screen.query_one(selector, Static).render())


async def answer(app, pilot, text):
    app.screen.query_one("#answer", Input).value = text
    await pilot.press("enter")
    await app.workers.wait_for_complete()
    await pilot.pause()


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (200, 60)])
async def test_a_step_is_masked_until_its_answer_is_found(tmp_path, registry, size):
    app = small(tmp_path, registry)
    async with app.run_test(size=size) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "What is df/dx?" in words(app, "#text")
        drawn = words(app, "#pictures")
        assert "→-12" in drawn
        assert "←-3" not in drawn
        await answer(app, pilot, "4")
        assert words(app, "#said") == "4: Not yet. Each input gets the value of the other."
        assert app.screen.query_one("#answer", Input).value == ""
        await answer(app, pilot, "-3")
        assert words(app, "#said") == "-3: Right."
        assert "←-3" in words(app, "#pictures")
        assert "enter[/] next step" in app.screen.query_one(KeyLine).markup
        await answer(app, pilot, "")
        assert "2/2" in str(app.screen.query_one("#step").border_title)
        assert words(app, "#said") == ""


async def test_hints_skips_and_slips(tmp_path, registry):
    app = small(tmp_path, registry)
    async with app.run_test(size=(80, 24)) as pilot:
        await answer(app, pilot, "?")
        assert words(app, "#said") == "Hold y."
        await answer(app, pilot, "many")
        assert "is not a number" in words(app, "#said")
        for wrong in ("4", "5", "6"):
            await answer(app, pilot, wrong)
        assert words(app, "#said").endswith("! shows a right answer.")
        await answer(app, pilot, "!")
        assert words(app, "#said") == "One right answer: -3"
        assert "-·" in str(app.screen.query_one("#step").border_subtitle)
    states = [one.state for one in read_answers(tmp_path / "a.answers.jsonl").attempts]
    assert states == ["incorrect"] * 3 + ["skipped"]


async def test_a_lesson_that_was_left_is_opened_where_it_was(tmp_path, registry):
    for opens, typed in ((1, "-3"), (2, "-3")):
        app = small(tmp_path, registry)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            assert f"{opens}/2" in str(app.screen.query_one("#step").border_title)
            await answer(app, pilot, typed)
            await pilot.press("pageup", "pagedown", "pagedown")
            await pilot.press("escape")
    assert app.messages[-1].message.startswith("The lesson is done: 2 of 2 right.")


async def test_views_of_a_network_are_drawn_when_the_answer_is_in(tmp_path, registry):
    lesson, _ = lesson_at("03")
    app = app_of(lesson, tmp_path, registry)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert words(app, "#pictures") == "What the network does is shown when you have answered."
        await answer(app, pilot, "-30 20 20")
        assert "AND" in words(app, "#pictures")
        assert "XNOR" in words(app, "#pictures")
