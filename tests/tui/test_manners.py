"""Manners: what is remembered, themes, glyphs, the palette, the mouse; a terminal that never keeps its size."""

from __future__ import annotations

import pytest
from textual.color import Color

from tui_nn.experiment import load_experiment
from tui_nn.render import Look
from tui_nn.tui.app import WorkbenchApp
from tui_nn.tui.keys import ELSEWHERE, KEYS
from tui_nn.tui.settings import Remembered, Settings
from tui_nn.tui.themes import CONTRAST, THEMES
from tui_nn.tui.widgets.view import ViewPane


def contrast(one, other):
    """The contrast ratio of WCAG 2.1."""

    def luminance(colour):
        parts = [c / 255 / 12.92 if c / 255 <= 0.03928 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour.rgb]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    light, dark = sorted((luminance(Color.parse(one)), luminance(Color.parse(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_high_contrast_is_high():
    for theme in THEMES:
        for colour in (theme.foreground, theme.primary, theme.accent, theme.error, theme.success):
            assert contrast(colour, theme.background) >= 7, (theme.name, colour)


def test_curves_can_be_read_on_light():
    from tui_nn.render.palette import BAD, DIM, DISTINCT, GOOD, TRAIN, VALIDATION, accent

    for colour in (TRAIN, VALIDATION, DIM, GOOD, BAD, *DISTINCT):
        on_light = accent(colour, Look(light=True)).color.get_truecolor()
        on_dark = accent(colour, Look()).color.get_truecolor()
        assert contrast(f"#{on_light.hex[1:]}", "#ffffff") >= 4.5, colour
        assert contrast(f"#{on_dark.hex[1:]}", "#121212") >= 3, colour


def test_settings_are_kept_and_a_broken_file_is_forgiven(tmp_path):
    path = tmp_path / "folder" / "workbench.json"
    Remembered(path).change(theme="nord", views={"plane": ("loss", "boundary", "neurons", "weights")})
    assert Remembered(path).settings == Settings("nord", views={"plane": ("loss", "boundary", "neurons", "weights")})
    path.write_text("{not json")
    assert Remembered(path).settings == Settings()
    path.write_text('{"theme": 5}')
    assert Remembered(path).settings == Settings()


async def test_what_was_chosen_is_there_next_time(registry, tmp_path, fakes):
    path = tmp_path / "workbench.json"
    for time in range(2):
        app = WorkbenchApp(load_experiment("digits"), registry, fakes.trainer(), Look(), Remembered(path))
        async with app.run_test(size=(120, 40)) as pilot:
            panes = list(app.screen.query(ViewPane))
            if time == 0:
                panes[0].focus()
                await pilot.press("v", "plus")
                app.theme = CONTRAST
                await pilot.pause()
            else:
                assert panes[0].view.name == "accuracy"
                assert app.theme == CONTRAST
                assert app._workbench.speed == 30.0
                assert app._workbench.look.contrast


async def test_views_follow_the_theme(app, screen):
    async with app.run_test(size=(120, 40)) as pilot:
        app.theme = "textual-light"
        await pilot.pause()
        assert screen.look.light
        assert all(pane.look.light for pane in app.screen.query(ViewPane))
        app.theme = "textual-dark"
        await pilot.pause()
        assert not screen.look.light


async def test_the_palette_has_every_key(app, screen):
    async with app.run_test(size=(80, 24)):
        titles = [command.title for command in app.get_system_commands(screen)]
        for key in KEYS:
            if key.action not in ELSEWHERE:
                assert any(f"({key.show})" in title for title in titles), key.action


async def test_ascii_draws_nothing_else(registry, fakes):
    app = WorkbenchApp(load_experiment("digits"), registry, fakes.trainer(), Look("none", ascii=True))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("space")
        await pilot.pause(0.3)
        foreign = {c for row in app.screen._compositor.render_strips() for seg in row for c in seg.text if ord(c) > 126}
        assert not foreign - set("▁▔▂▎▊█ "), foreign


async def test_the_mouse_enlarges_and_turns_time(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("space")
        pane = next(iter(app.screen.query(ViewPane)))
        await pilot.click(pane, times=2)
        assert app.screen.maximized is pane
        await pilot.press("escape")
        assert app.screen.maximized is None


async def test_a_run_that_is_only_watched_is_not_steered(app, screen, fakes):
    async with app.run_test(size=(80, 24)) as pilot:
        screen.client.show(fakes.reader())
        screen.client.state, screen.client.read_only = "running", True
        await pilot.press("space", "b", "e", "x", "r", "n", "plus", "B")
        assert not [one for one in screen.client.sent if one[0] not in ("speed",)]


@pytest.mark.parametrize("live", [False, True])
async def test_a_storm_of_sizes(app, screen, live):
    """Every size from nothing to 300 x 100, in a jumble, with all views taking their turn."""
    async with app.run_test(size=(80, 24)) as pilot:
        if live:
            await pilot.press("space")
        for index in range(40):
            width, height = 20 + (index * 97) % 281, 5 + (index * 41) % 96
            await pilot.resize_terminal(width, height)
            await pilot.press("v")
            small = width < 60 or height < 20
            assert screen.has_class("small") is small
        assert app.is_running
