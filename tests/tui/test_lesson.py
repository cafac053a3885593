"""The lesson's screen: what is masked, what is said to an answer, and how one goes on, under Textual's pilot."""

from __future__ import annotations

import re

import pytest
from patience import until
from small_lesson import LESSON
from textual.content import Content
from textual.widgets import Input, Static

from tui_nn.experiment import load_experiment
from tui_nn.lesson.answers import AnswerBook, read_answers
from tui_nn.lesson.catalogue import lesson_at
from tui_nn.lesson.grade import Examiner, graded
from tui_nn.lesson.source import lesson_of
from tui_nn.lesson.walk import Walk
from tui_nn.plugin.registry import load_registry
from tui_nn.render import Look
from tui_nn.tui.app import WorkbenchApp
from tui_nn.tui.lesson.app import LessonApp
from tui_nn.tui.lesson.screen import LessonScreen
from tui_nn.tui.widgets.filter_list import FilterList
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


def keys_named(app):
    return Content.from_markup(app.screen.query_one(KeyLine).markup).plain


async def go_to(app, pilot, name):
    """Turn to the step that asks this."""
    asks = app._walk.asks
    await pilot.press(*["pagedown"] * next(at for at, ask in enumerate(asks) if ask and ask.common.id == name))


async def drawn_at(app, pilot, name):
    """The same, and wait until what the step shows is drawn."""
    await go_to(app, pilot, name)
    await app.workers.wait_for_complete()
    await pilot.pause()


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
        assert "enter next step" in keys_named(app)
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
        assert "wanted" in words(app, "#pictures")  # the truth table, and nothing of the network
        assert words(app, "#pictures").endswith("More is shown when you have answered.")
        assert "XNOR" not in words(app, "#pictures")
        await answer(app, pilot, "-30 20 20")
        assert "AND" in words(app, "#pictures")
        assert "√" in words(app, "#pictures")


async def test_a_question_mark_gives_hints_at_once_and_to_skip_is_said_first(tmp_path, registry):
    app = small(tmp_path, registry)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("question_mark")
        assert words(app, "#said") == "Hold y."
        assert app.screen.query_one("#answer", Input).value == ""
        await pilot.press("exclamation_mark")
        assert "written down" in words(app, "#said")
        await pilot.press("backspace", "enter")
    assert not read_answers(tmp_path / "a.answers.jsonl").attempts


async def test_an_answer_to_what_is_behind_is_kept_and_taken_to_the_next_open_question(tmp_path, registry):
    app = small(tmp_path, registry)
    async with app.run_test(size=(80, 24)) as pilot:
        await answer(app, pilot, "-3")
        await answer(app, pilot, "-3.0")
        assert words(app, "#said").startswith("This question is answered. Enter again takes")
        assert app.screen.query_one("#answer", Input).value == "-3.0"
        await pilot.press("enter")
        assert "2/2" in str(app.screen.query_one("#step").border_title)
        assert app.screen.query_one("#answer", Input).value == "-3.0"
        await pilot.press("pageup", "pagedown")
        assert app.screen.query_one("#answer", Input).value == "-3.0", "what was typed and not answered is kept"
        await pilot.press("enter")
        assert words(app, "#said") == "-3.0: Right."
        await answer(app, pilot, "4")
        assert "So are all the others" in words(app, "#said")
    assert [one.answer for one in read_answers(tmp_path / "a.answers.jsonl").attempts] == ["-3", "-3.0"]


async def test_what_was_skipped_may_still_be_answered(tmp_path, registry):
    """It is right then, and not at the first try: whoever skips sees what was hidden."""
    app = small(tmp_path, registry)
    async with app.run_test(size=(80, 24)) as pilot:
        await answer(app, pilot, "!")
        assert words(app, "#said") == "Skipped. You can still answer it."
        await answer(app, pilot, "-3")
        assert words(app, "#said") == "-3: Right."
        assert "√·" in str(app.screen.query_one("#step").border_subtitle)
    sheet = read_answers(tmp_path / "a.answers.jsonl")
    assert [one.state for one in sheet.attempts] == ["skipped", "correct"]
    lesson = app._walk.lesson
    (grade,), _ = graded(Examiner(lesson, tmp_path, registry), [sheet])
    assert (grade.right["x"], grade.first["x"], grade.tries["x"]) == (True, False, 1)


@pytest.mark.parametrize("size", [(60, 20), (80, 24)])
async def test_what_lies_below_is_reached_by_a_key_that_is_named(tmp_path, registry, size):
    lesson, _ = lesson_at("07")
    app = app_of(lesson, tmp_path, registry)
    async with app.run_test(size=size) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        shown = app.screen.query_one("#shown")
        assert shown.max_scroll_y > 0
        for _ in range(20):
            if "up more above" in keys_named(app):
                break
            assert "down more below" in keys_named(app)
            await pilot.press("down")
            await pilot.pause()
        assert shown.scroll_y == shown.max_scroll_y
        assert len(keys_named(app)) <= size[0] - 2
        assert keys_named(app).endswith("esc leave")


async def test_no_line_is_blank_where_all_are_needed(tmp_path, registry):
    """A neuron with all its values and gradients has 15 lines, and what they are stands below without scrolling."""
    lesson, _ = lesson_at("01")
    app = app_of(lesson, tmp_path, registry)
    async with app.run_test(size=(80, 24)) as pilot:
        await answer(app, pilot, "1")
        assert words(app, "#pictures").endswith("below ← gradient, backward")
        assert app.screen.query_one("#shown").max_scroll_y == 0
        assert "\n\n" not in words(app, "#pictures")
        await pilot.resize_terminal(80, 40)
        await drawn_at(app, pilot, "other")
        assert "\n\nabove → value" in words(app, "#pictures"), "here there is room"


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_the_workbench_has_the_lessons_and_nothing_is_lost(tmp_path, registry, fakes, monkeypatch, size):
    monkeypatch.chdir(tmp_path)
    app = WorkbenchApp(load_experiment("spiral"), registry, fakes.FakeTrainer(), Look())
    async with app.run_test(size=size) as pilot:
        await pilot.press("a", "space")
        await pilot.pause(0.2)
        experiment, reader = app.bench.experiment, app.bench.client.reader
        await pilot.press("L", *"tricky")
        await until(lambda: app.screen.query_one(FilterList).chosen == "07-sigmoid-neuron")
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, LessonScreen) and app.screen.is_mounted)
        await pilot.pause()
        await answer(app, pilot, "0.73")
        assert words(app, "#said") == "0.73: Right."
        await pilot.press("escape")
        assert app.screen is app.workbench
        assert (app.bench.experiment, app.bench.client.reader) == (experiment, reader)
        await pilot.press("L", *(one if one != " " else "space" for one in "1 of 7 right"))
        await until(lambda: app.screen.query_one(FilterList).chosen == "07-sigmoid-neuron")
        await pilot.press("escape")
        assert app.screen is app.workbench


async def test_answers_that_do_not_fit_the_lesson_are_said_in_the_workbench(tmp_path, registry, fakes, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "06-chain-rule.answers.jsonl").write_text("no answers\n")
    app = WorkbenchApp(load_experiment("spiral"), registry, fakes.FakeTrainer(), Look())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("L", *"chain")
        await until(lambda: app.screen.query_one(FilterList).chosen)
        await pilot.press("enter")
        await until(lambda: app.messages)
        assert app.screen is app.workbench
        assert "is no line of answers" in str(app.messages[-1])


async def test_keys_for_what_lies_below_are_named_only_where_something_does(tmp_path, registry):
    lesson, _ = lesson_at("03")
    app = app_of(lesson, tmp_path, registry)
    async with app.run_test(size=(80, 24)) as pilot:
        for typed in ("", "0 0 0", "?", "1 2", "-30 20 20", "0 0 0"):
            if typed:
                await answer(app, pilot, typed)
            await app.workers.wait_for_complete()
            await pilot.pause()
            below = app.screen.query_one("#shown").max_scroll_y > 0
            assert ("more below" in keys_named(app)) is below, typed


async def test_what_a_student_sets_is_what_is_shown(tmp_path, registry):
    """Their net answers below its truth table, and the circuit stands at their inputs."""
    lesson, _ = lesson_at("03")
    app = app_of(lesson, tmp_path, registry)
    async with app.run_test(size=(80, 24)) as pilot:
        await answer(app, pilot, "-10 20 20")
        assert "OR" in words(app, "#pictures")
        await answer(app, pilot, "-30 20 20")
        assert re.search("1 +1 +10.00 1.000 +1 1", words(app, "#pictures"))
    lesson, _ = lesson_at("01")
    (tmp_path / "b").mkdir()
    app = app_of(lesson, tmp_path / "b", registry)
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(app, pilot, "fence")
        await answer(app, pilot, "-2")
        assert "→0.27" in words(app, "#pictures"), "s(-1), of x0 = -2 alone as it may be typed"
        await answer(app, pilot, "x0=-2.5")
        assert "and that is 0.381 against 0.01" in words(app, "#said")


async def test_a_step_with_nothing_to_show_has_the_steps_of_the_lesson(tmp_path, registry):
    bare = LESSON[: LESSON.index("## ")] + "## A word before\n\nRead.\n\n" + LESSON[LESSON.index("## ") :]
    app = app_of(lesson_of(bare, "one", "one"), tmp_path, registry)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("pageup")
        await app.workers.wait_for_complete()
        await pilot.pause()
        steps = [
            "One question",
            "",
            "   1  A word before",
            "      Read.",
            "",
            "·  2  The product",
            "      What is df/dx?",
        ]
        assert words(app, "#pictures").split("\n") == steps
        await pilot.resize_terminal(80, 12)
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert words(app, "#pictures") == "One question\n   1  A word before\n·  2  The product"


async def test_beside_what_is_shown_the_steps_stand_below_the_text(tmp_path, registry):
    app = small(tmp_path, registry)
    async with app.run_test(size=(200, 60)) as pilot:
        await answer(app, pilot, "-3")
        assert words(app, "#contents").split("\n") == ["One question", "√  1  The product", "·  2  The product"]
        assert app.screen.query_one("#contents").region.height == 3
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert not app.screen.query_one("#contents").region.height, "there the text has the width of the screen"


async def test_lines_that_a_view_leaves_are_for_the_one_that_fills_them(tmp_path, registry):
    lesson, _ = lesson_at("05")
    app = app_of(lesson, tmp_path, registry)
    async with app.run_test(size=(200, 60)) as pilot:
        await drawn_at(app, pilot, "plain")
        assert words(app, "#pictures").count("\n") > 0.8 * app.screen.query_one("#shown").size.height
        assert not app.screen.query_one("#shown").max_scroll_y


async def test_a_long_equation_is_whole(tmp_path, registry):
    lesson, _ = lesson_at("07")
    app = app_of(lesson, tmp_path, registry)
    async with app.run_test(size=(80, 24)) as pilot:
        await drawn_at(app, pilot, "stages")
        assert "num * invden" in words(app, "#pictures")
        assert max(map(len, words(app, "#pictures").split("\n")[:3])) < 80
        assert app.screen.query_one("#answer", Input).placeholder == "a number for each of num, invden, den, xpy"
        await answer(app, pilot, "0.51 3.02 -0.79 1.58")
        assert words(app, "#said").endswith(": Right.")


UNITS = """# Two steps

```toml lesson
format = 1
minutes = 1
```

## Long

{text}

```toml show
experiment = "digits"
views = ["units"]
```

## Short

Look.

```toml show
experiment = "digits"
views = ["units"]
```
"""


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_what_is_shown_takes_the_room_of_its_own_step(tmp_path, registry, size):
    """The picture is the same whichever step, with however long a text, one comes from; and all of it can be seen."""
    lesson = lesson_of(UNITS.format(text="\n\n".join(["A line."] * 5)), "two", "two")
    app = app_of(lesson, tmp_path, registry)

    async def settled():
        await app.workers.wait_for_complete()
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        return words(app, "#pictures")

    async with app.run_test(size=size) as pilot:
        long = await settled()
        await pilot.press("pagedown")
        short = await settled()
        await pilot.resize_terminal(size[0], size[1] + 5)
        await settled()
        await pilot.resize_terminal(*size)
        assert short == await settled()
        await pilot.press("pageup")
        assert long == await settled()
        assert [word for word in long.split() if word.isdecimal()][:25] == [str(unit) for unit in range(1, 26)]
        assert "page" not in long
