"""Every letter that is drawn has contrast enough to be read, in every theme and in as many colours as there are."""

from __future__ import annotations

import pytest
import textual.app
from rich.color import Color, ColorSystem, blend_rgb
from rich.terminal_theme import MONOKAI, TerminalTheme
from textual.screen import ModalScreen
from textual.theme import BUILTIN_THEMES
from textual.widgets import OptionList

from tui_nn.engine.events import EpochFinished
from tui_nn.experiment import load_experiment
from tui_nn.render import Look
from tui_nn.render.contrast import contrast
from tui_nn.tui.app import WorkbenchApp
from tui_nn.tui.readable import Readable
from tui_nn.tui.screens.entry import EntryScreen
from tui_nn.tui.screens.palette import PaletteScreen
from tui_nn.tui.themes import THEMES, adapted
from tui_nn.tui.widgets.view import ViewPane
from tui_nn.views import Missing, View

SYSTEMS = {"truecolor": ColorSystem.TRUECOLOR, "256": ColorSystem.EIGHT_BIT, "16": ColorSystem.STANDARD}
# What terminals make of the 16 colours when nobody changed them (xterm, its table of charproc.c).
XTERM = TerminalTheme(
    (0, 0, 0),
    (229, 229, 229),
    [(0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229)],
    [(127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255), (255,) * 3],
)
PICTURES = set("▀▄█▌▐▇▆▅▃▂▁░▒▓│─╭╮╰╯┤├┴┬┼└┘┌┐┊╎●○■□▲△◀▶◆◇•")


def test_contrast_is_that_of_the_guidelines():
    """Their own examples: black on white 21, #777 on white 4.48, #767676 on white 4.54."""
    assert contrast((0, 0, 0), (255, 255, 255)) == 21
    assert round(contrast((0x77,) * 3, (255,) * 3), 2) == 4.48
    assert round(contrast((255,) * 3, (0x76,) * 3), 2) == 4.54


def faint(app, depth, least, inside=None):
    """Runs of letters that are drawn with less contrast."""
    system, found = SYSTEMS[depth], set()
    for y, strip in enumerate(app.screen._compositor.render_strips()):
        x = 0
        for text, style, _ in strip:
            start, x = x, x + len(text)
            seen = inside is None or (inside.y <= y < inside.bottom and inside.x <= start < inside.right)
            letters = [c for c in text if not (c.isspace() or c in PICTURES or 0x2800 <= ord(c) < 0x2900)]
            if not seen or not letters or style is None or style.color is None:
                continue
            theme = XTERM if depth == "16" else MONOKAI
            colours = [
                one.downgrade(system).get_truecolor(theme)
                for one in (style.color, style.bgcolor or Color.parse("#000000"))
            ]
            if style.dim:
                colours[0] = blend_rgb(*colours)  # what most terminals make of it, and our pictures
            if contrast(*colours) < least:
                found.add((text, round(contrast(*colours), 2)))
    return found


@pytest.fixture
def workbench(registry, fakes):
    """Makes one with a run of three epochs, for a terminal with so many colours."""

    def make(depth):
        app = WorkbenchApp(load_experiment("digits"), registry, fakes.FakeTrainer(), Look(depth))
        app._system = {"16": "standard"}.get(depth, depth)
        app._readable = Readable(app._system)
        reader = fakes.FakeReader()
        for epoch in range(2, 5):
            metrics = {"loss": 0.5 / epoch, "accuracy": 1 - 0.25 / epoch}
            reader.history.apply(EpochFinished(epoch, 5 * epoch, metrics, metrics, ((9, 1), (2, 8))))
        reader.theta = fakes.weights(100, [-1.0, 2.0, 0.5], [0.5, -1.5, 1.0])
        app.bench.client.reader, app.bench.client.state = reader, "paused"
        return app

    return make


@pytest.mark.parametrize(("depth", "least"), [("truecolor", 4.5), ("256", 4.5), ("16", 4.0)])
async def test_letters_are_read_in_every_theme(workbench, depth, least):
    app = workbench(depth)
    async with app.run_test(size=(120, 40)) as pilot:
        panes = list(app.screen.query(ViewPane))
        names = [name for name in app.available_themes if not name.startswith("ansi")]  # those are the terminal's own
        assert len(names) > 10
        for number, name in enumerate(names):
            app.theme = name
            (panes[0] if number % 2 else app.workbench.builder).focus()  # the bar in a list that has the focus, or not
            await pilot.pause()
            assert not faint(app, depth, least), name


@pytest.mark.drawn
async def test_what_is_behind_a_dialog_stays_dim_and_the_dialog_is_read(workbench):
    app = workbench("truecolor")
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("ctrl+p")
        while not (isinstance(app.screen, PaletteScreen) and app.screen.query_one(OptionList).option_count):
            await pilot.pause(0.02)
        await pilot.pause()
        box = app.screen.query_one(".dialog")
        assert not faint(app, "truecolor", 4.5, box.region)
        assert len(faint(app, "truecolor", 3)) > 10


async def test_what_a_view_misses_is_said_in_whole_words(workbench, monkeypatch):
    says = "The data of this run were not found: looked in the folder of the run and beside it. Put them back there."

    def drawing(*_):
        raise Missing(says)

    app = workbench("truecolor")
    async with app.run_test(size=(80, 24)) as pilot:
        pane = app.screen.query(ViewPane).first()
        monkeypatch.setattr(View, "drawing", drawing)
        app.workbench.redraw()
        await pilot.pause()
        lines = pane.text.split("\n")
        assert " ".join(lines).startswith(says)
        assert max(map(len, lines)) <= pane.size.width


@pytest.mark.parametrize("system", ["standard", "256", "truecolor"])
async def test_what_lies_behind_a_dialog_is_dimmed_where_colours_can_be(registry, fakes, monkeypatch, system):
    monkeypatch.setattr("textual.constants.COLOR_SYSTEM", system)
    app = WorkbenchApp(load_experiment("digits"), registry, fakes.FakeTrainer(), Look())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("V")
        await pilot.pause()
        assert isinstance(app.screen, ModalScreen)
        assert (app.screen.styles.background.a > 0) is (system != "standard")


async def test_of_16_colours_red_is_for_errors_alone(workbench, monkeypatch):
    """The frame with the focus is another than the others, which are seen, and none that an error has."""
    monkeypatch.setattr(textual.app.constants, "COLOR_SYSTEM", "standard")
    app = workbench("16")

    def shown(colour):
        return Color.parse(colour.hex6).downgrade(ColorSystem.STANDARD).number

    def frame(widget):
        return shown(widget.styles.border_top[1])

    async with app.run_test(size=(120, 40)) as pilot:
        pane, other = list(app.screen.query(ViewPane))[:2]
        for name, theme in app.available_themes.items():
            if theme.ansi:
                continue
            app.theme = name
            for one in (pane, app.workbench.builder):
                one.focus()
                await pilot.pause()
                assert frame(one) != frame(other), name
                assert (
                    frame(other) != Color.parse(other.background_colors[1].hex6).downgrade(ColorSystem.STANDARD).number
                ), name
                assert frame(one) not in (1, 9), name
            bar = Color.parse(app.current_theme.primary).downgrade(ColorSystem.STANDARD).number
            assert bar not in ((8,) if theme.dark else (7, 8)), f"{name}: the bar in a list is a grey"


async def test_frames_are_seen_and_the_one_with_the_focus_is_seen_best(workbench):
    app = workbench("truecolor")
    async with app.run_test(size=(120, 40)) as pilot:
        pane, other = list(app.screen.query(ViewPane))[:2]
        pane.focus()
        for name, theme in app.available_themes.items():
            if theme.ansi:
                continue
            app.theme = name
            await pilot.pause()
            ground = other.background_colors[1].rgb
            focused, plain = (contrast(one.styles.border_top[1].rgb, ground) for one in (pane, other))
            assert focused >= 2.9, name
            assert plain >= (1.2 if theme.dark else 1.8), name
            assert focused > plain, name


async def test_of_16_colours_what_is_wrong_is_red_in_a_dialog(workbench, monkeypatch):
    monkeypatch.setattr(textual.app.constants, "COLOR_SYSTEM", "standard")
    app = workbench("16")
    async with app.run_test(size=(80, 24)) as pilot:
        for name in ("textual-dark", "textual-light"):
            app.theme = name
            app.push_screen(EntryScreen("value", "", lambda _: "It is wrong."))
            await pilot.press("enter")
            await app.workers.wait_for_complete()
            await pilot.pause()
            strips = app.screen._compositor.render_strips()
            said = next(style for strip in strips for text, style, _ in strip if "It is wrong." in text)
            assert said.color.downgrade(ColorSystem.STANDARD).number in (1, 9), name
            await pilot.press("escape")


async def test_of_256_colours_panels_are_grey(workbench):
    app = workbench("256")
    async with app.run_test(size=(80, 24)) as pilot:
        for name in ("textual-light", "textual-dark", "rose-pine", "solarized-dark"):
            app.theme = name
            await pilot.pause()
            ground = app.workbench.query_one("#status").styles.background
            shown = Color.parse(ground.hex6).downgrade(ColorSystem.EIGHT_BIT).get_truecolor()
            assert len(set(shown)) == 1, (name, shown)


@pytest.mark.parametrize("theme", [theme for theme in (*BUILTIN_THEMES.values(), *THEMES) if not theme.ansi])
def test_of_16_colours_what_is_wrong_right_or_warned_of_is_no_grey(theme):
    adapted_theme = adapted(theme, "standard")
    colours = {**adapted_theme.to_color_system().generate(), **adapted_theme.variables}
    for name in ("text-error", "text-success", "text-warning"):
        assert Color.parse(colours[name]).downgrade(ColorSystem.STANDARD).number not in (0, 7, 8, 15), name
