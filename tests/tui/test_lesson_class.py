"""A class on the projector: drawn again when a file grows or comes, and no file of a student's ends it."""

from __future__ import annotations

import pytest
from a_class import hand_in
from patience import until
from textual.content import Content
from textual.widgets import Static

from tui_nn.lesson.catalogue import lesson_at
from tui_nn.lesson.classroom import Classroom
from tui_nn.plugin.registry import load_registry
from tui_nn.render import Look
from tui_nn.tui.lesson.app import ClassApp
from tui_nn.tui.lesson.class_screen import ClassScreen
from tui_nn.tui.widgets.key_line import KeyLine

pytestmark = pytest.mark.slow


@pytest.fixture
def handed_in(tmp_path):
    (tmp_path / "in").mkdir()
    return hand_in(lesson_at("06")[0], tmp_path / "in")


def drawn(app):
    return str(app.screen.query_one("#class", Static).render())


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_it_follows_what_is_handed_in(tmp_path, handed_in, size):
    shown = tmp_path / "shown"
    shown.mkdir()
    by_name = {path.name.partition(".")[0]: path for path in handed_in}

    def put(name, text=None):
        path = by_name[name]
        (shown / path.name).write_text(path.read_text() if text is None else text)

    put("student-00")
    app = ClassApp(Classroom([shown], load_registry()), Look())
    async with app.run_test(size=size) as pilot:
        await until(lambda: isinstance(app.screen, ClassScreen) and "1 student" in drawn(app))
        put("student-01")
        await until(lambda: "2 students" in drawn(app))
        lines = by_name["student-02"].read_text().splitlines(keepends=True)
        put("student-02", "".join(lines[:2]))
        await until(lambda: "3 students" in drawn(app))
        first = drawn(app)
        put("student-02")
        await until(lambda: drawn(app) != first)
        put("empty")
        await until(lambda: "1 file not as written" in drawn(app))
        assert max(map(len, drawn(app).splitlines())) <= size[0]
        assert Content.from_markup(app.screen.query_one(KeyLine).markup).plain == "esc leave"
        await pilot.press("escape")
    assert app.return_code == 0


async def test_several_lessons_are_turned_and_what_is_missing_is_said(tmp_path, handed_in):
    app = ClassApp(Classroom([tmp_path], load_registry()), Look(), dark=True)
    for path in handed_in:
        if path.name.startswith(("empty", "foreign")):
            path.unlink()
    (tmp_path / "other").mkdir()
    other = hand_in(lesson_at("01")[0], tmp_path / "other")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: isinstance(app.screen, ClassScreen) and "chain rule" in drawn(app))
        await pilot.press("pagedown")
        await until(lambda: "One neuron" in drawn(app))
        for path in (*handed_in, *other):
            path.unlink(missing_ok=True)
        await until(lambda: app.messages)
        assert "there is no file of answers" in str(app.messages[-1])
        assert "One neuron" in drawn(app), "what was seen last stays"
