"""`tui-nn present`: two views, no panel, few words; a clicker's keys; the experiment is left alone unseen."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner
from textual.content import Content

from tui_nn.cli.main import main
from tui_nn.errors import ExperimentError
from tui_nn.experiment import load_experiment
from tui_nn.render import Look
from tui_nn.tui.app import WorkbenchApp, _check_views
from tui_nn.tui.key import BUILD
from tui_nn.tui.keys import KEYS, LESSON
from tui_nn.tui.screens.page import Laid
from tui_nn.tui.screens.present import HIDDEN
from tui_nn.tui.widgets.key_line import KeyLine
from tui_nn.tui.widgets.view import ViewPane


@pytest.fixture
def lesson(registry, fakes):
    def open_it(*views):
        return WorkbenchApp(load_experiment("spiral"), registry, fakes.FakeTrainer(), Look(), None, views)

    return open_it


def shown(app):
    return [pane.view.name for pane in app.screen.query(ViewPane) if pane.display]


@pytest.mark.parametrize(("size", "beside"), [((120, 40), True), ((80, 40), False)])
async def test_two_views_have_the_whole_screen(lesson, size, beside):
    app = lesson()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert not app.workbench.builder.display
        assert shown(app) == ["network", "boundary"]
        one, two = app.screen.query(ViewPane)
        assert (one.region.y == two.region.y) is beside
        assert one.region.width == (size[0] // 2 if beside else size[0])
        await pilot.press("space")
        await pilot.pause(0.3)
        status = str(app.screen.query_one("#status").content)
        assert "epoch 1/3" in status
        assert "step" not in status
        assert "PgDn next view" in Content.from_markup(app.screen.query_one(KeyLine).markup).plain


@pytest.mark.parametrize("size", [(120, 40), (80, 40), (80, 24)])
async def test_a_single_view_has_the_whole_screen(lesson, size):
    app = lesson("loss")
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert [pane.region.size for pane in app.screen.query(ViewPane)] == [(size[0], size[1] - 2)]


async def test_where_two_have_too_little_room_one_view_has_the_screen(lesson):
    app = lesson("network", "boundary", "loss")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        pane, *_ = app.screen.query(ViewPane)
        assert pane.region.size == (80, 22)
        assert "enlarge" not in Content.from_markup(app.screen.query_one(KeyLine).markup).plain
        seen = [shown(app)]
        for _ in range(3):
            await pilot.press("pagedown")
            seen.append(shown(app))
        assert seen == [["network"], ["boundary"], ["loss"], ["network"]]
        await pilot.resize_terminal(80, 48)
        await pilot.pause()
        assert len(shown(app)) == 2
        await pilot.resize_terminal(120, 24)
        await pilot.pause()
        assert len(shown(app)) == 2, "beside each other both are as high as the screen"


async def test_a_clicker_goes_through_the_views_of_the_lesson(lesson):
    app = lesson("loss", "boundary", "weights", "accuracy")
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        seen = []
        for key in ("pagedown", "pagedown", "pagedown", "pageup"):
            await pilot.press(key)
            seen.append(shown(app)[0])
        assert seen == ["weights", "accuracy", "loss", "accuracy"], "what the other pane shows is passed over"
        await pilot.press("enter", "pagedown", "pagedown")
        await pilot.pause()
        assert shown(app) == ["boundary"], "a view that has the screen alone passes over none"


async def test_no_key_changes_an_experiment_that_is_not_seen(lesson):
    app = lesson()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        before = app.bench.experiment
        for key in KEYS:
            if key.group == BUILD and key.action not in ("edit", "undo", "redo"):
                await pilot.press(key.keys.split(",")[0])
        assert app.bench.experiment == before
        assert {str(message) for message in app.messages} == {HIDDEN}


def test_a_view_that_is_not_there_is_said_before_the_screen_opens(registry):
    with pytest.raises(ExperimentError, match="boundary"):
        _check_views(["boundry"], registry)


def test_without_a_terminal_it_says_so():
    result = CliRunner().invoke(main, ["present", "spiral"])
    assert result.exit_code != 0
    assert "terminal" in str(result.exception)


async def test_the_keys_to_begin_with_are_those_that_act_there(lesson):
    app = lesson("loss", "network", "boundary")
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.3)
        pane = app.screen.query(ViewPane).first()
        assert "PgDn   next view" in pane.text
        assert "enter  the whole screen" in pane.text
        shown = {key.show: key for key in LESSON}
        for line in pane.text.split("\n"):
            words = re.fullmatch(r".*?[│┤ ] +(space|enter|PgDn|\^p|[a-zA-Z?]) {2,}[a-z ]+", line)
            assert words is None or shown[words[1]].group != BUILD or words[1] == "enter"
        await pilot.press("space")
        await pilot.pause(0.3)
        assert "next view" not in pane.text


@pytest.mark.parametrize(
    ("views", "size", "enlarged", "named"),
    [
        (["loss"], (80, 24), False, set()),
        (["loss", "network"], (80, 24), False, {"next view"}),
        (["loss", "network"], (120, 40), False, {"the whole screen"}),
        (["loss", "network"], (120, 40), True, {"next view"}),
    ],
)
async def test_a_key_that_does_nothing_there_is_not_named(lesson, views, size, enlarged, named):
    app = lesson(*views)
    async with app.run_test(size=size) as pilot:
        await pilot.pause(0.3)
        if enlarged:
            await pilot.press("enter")
            await pilot.pause(0.3)
        pane = app.screen.query(ViewPane).first()
        assert {words for words in ("next view", "the whole screen") if words in pane.text} == named
        footer = Content.from_markup(app.screen.query_one(KeyLine).markup).plain
        assert ("next view" in footer) is ("next view" in named)


async def test_the_help_does_not_speak_of_what_is_not_shown(lesson):
    app = lesson()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("question_mark")
        await pilot.pause()
        told = str(app.screen.query_one(Laid).render())
        assert "Views of a lesson" in told
        assert "Left:" not in told
        assert "the experiment" not in told[: told.index("Train")]
        words = " ".join(told.split())
        assert all((f" {key.help}" in words) is ("experiment" not in key.needs) for key in LESSON)
