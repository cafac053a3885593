"""The screen of plugins: an edited file is read again, and one that hangs leaves the workbench as it was."""

from __future__ import annotations

import pytest
from patience import LONG, hang
from textual.app import App
from textual.widgets import Label, Static

from tui_nn.plugin.kinds import KINDS
from tui_nn.plugin.pictures import has_picture
from tui_nn.plugin.registry import load_registry
from tui_nn.render import Look
from tui_nn.tui.screens import plugins
from tui_nn.tui.screens.plugins import PluginsScreen
from tui_nn.tui.widgets.filter_list import FilterList
from tui_nn.tui.widgets.indented import Indented, indented

__all__ = ["hang"]  # a fixture

TEXT = (
    "from tui_nn.plugin import activation, hookimpl\n@activation\ndef bump(z):\n    'One.'\n    return z * 0.5\n"
    "@hookimpl\ndef tui_nn_activations():\n    return [bump]\n"
)


class Stage(App[None]):
    CSS_PATH = "../../tui_nn/tui/workbench.tcss"


def said(screen, name):
    widget = screen.query_one(f"#{name}")
    assert isinstance(widget, Static | Label)
    return widget.said if isinstance(widget, Indented) else str(widget.content)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_badge_curve_check_and_reload(tmp_path, size, monkeypatch, hang):
    monkeypatch.setattr(plugins, "LIMIT", LONG)
    path = tmp_path / "mine.py"
    path.write_text(f"{TEXT}# {size}\n")
    registry = load_registry([str(path)])
    app = Stage()
    async with app.run_test(size=size) as pilot:
        screen = PluginsScreen(registry, Look())
        await app.push_screen(screen)
        await pilot.pause()
        assert said(screen, "badge") == "mine: not checked yet: F6 checks it"
        assert said(screen, "words").startswith("One.")
        assert "g'(z)" in said(screen, "picture")
        await pilot.press("f6")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert said(screen, "badge") == "mine: proved"
        path.write_text(TEXT.replace("One.", "Another.").replace("bump(z):", "bump(z, size=2.0):"))
        await pilot.press("f5")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert said(screen, "words").startswith("Another.")
        assert said(screen, "badge") == "mine: not checked yet: F6 checks it"
        assert registry.options("activation", "bump") == {"size": 2.0}
        path.write_text(TEXT.replace("return z * 0.5", hang))
        await pilot.press("f5")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "no answer within" in said(screen, "problem")
        assert registry.options("activation", "bump") == {"size": 2.0}, "as it was"


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_beside_a_component_without_a_picture_stand_its_checks_and_its_plugin(registry, size):
    app = Stage()
    async with app.run_test(size=size) as pilot:
        screen = PluginsScreen(registry, Look())
        await app.push_screen(screen)
        await app.workers.wait_for_complete()
        await pilot.pause()
        for kind in [kind for kind in KINDS if registry.names(kind)]:
            name = registry.names(kind)[0]
            screen.query_one(FilterList).replace(screen._entries(), f"{kind}/{name}")
            await pilot.pause()
            words, picture = said(screen, "words"), said(screen, "picture")
            assert words.startswith(registry.get(kind, name).description)
            if has_picture(registry, kind, name):
                assert "tries:" not in words
            else:
                assert f"this {kind} tries:\n  " in words
                gives = words.partition(f"\n{kind}: ")[2].partition("\n")[0]
                assert name in gives.split(", "), "what else the plugin gives"
                assert not picture
                facts = screen.query_one(".facts").size.height - screen.query_one("#badge").size.height
                text = screen.query_one("#words", Static)
                assert text.size.height >= min(facts - 1, text.visual.get_height(text.styles, text.size.width))


async def test_a_wide_screen_shows_the_source_and_what_the_check_found(tmp_path, monkeypatch):
    """An author sees beside the curve what their component is put through, what came of it, and the code."""
    monkeypatch.setattr(plugins, "LIMIT", LONG)
    path = tmp_path / "mine.py"
    path.write_text(f"{TEXT}# a wide screen\n")
    app = Stage()
    async with app.run_test(size=(200, 60)) as pilot:
        screen = PluginsScreen(load_registry([str(path)]), Look())
        await app.push_screen(screen)
        await app.workers.wait_for_complete()
        await pilot.pause()
        more = said(screen, "more")
        assert "activation tries:\n  shape: " in more
        assert f"{path}, line 2:\n@activation\ndef bump(z):\n    'One.'\n    return z * 0.5\n" in more
        assert "g'(z)" in said(screen, "picture")
        await pilot.press("f6")
        await app.workers.wait_for_complete()
        await pilot.pause()
        more = said(screen, "more")
        assert "what the check found:" in more
        assert more.count("\n  passed  ") > 8
        assert "return z * 0.5" in more
        await pilot.press("up")  # the plugin itself
        await pilot.pause()
        assert "activation\n  bump: One.\n" in said(screen, "more")
        assert said(screen, "more").endswith("# a wide screen")
        await pilot.press("down")
        await pilot.resize_terminal(120, 29)
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert not said(screen, "more")
        assert not screen.query_one("#more").display


async def test_below_the_words_stands_the_source_where_it_has_no_room_beside_them(tmp_path, monkeypatch):
    """No component leaves half of a tall screen empty, and each line that is broken goes on further in."""
    monkeypatch.setattr(plugins, "LIMIT", LONG)
    path = tmp_path / "mine.py"
    path.write_text(TEXT)
    app = Stage()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = PluginsScreen(load_registry([str(path)]), Look())
        await app.push_screen(screen)
        await app.workers.wait_for_complete()
        await pilot.pause()
        for key in ("activation/bump", "plugin/tui_nn", "reader/npy", "view/boundary"):
            screen.query_one(FilterList).replace(screen._entries(), key)
            await app.workers.wait_for_complete()
            await pilot.pause()
            more, facts = screen.query_one("#more", Indented), screen.query_one(".facts")
            assert more.region.y >= facts.region.bottom
            assert more.region.x == facts.region.x
            told = facts.size.height + str(more.content).count("\n") + 1
            assert told > 20, f"{key}: half of the screen is empty"
        assert "\n    and in colours" in str(screen.query_one("#words", Indented).content)


def test_a_broken_line_goes_on_further_in():
    assert indented("one\n  two: a b c d", 10).splitlines() == ["one", "  two: a b", "    c d"]
    assert indented("", 10) == ""
    assert indented("\n\na", 10) == "\n\na"


async def test_a_plugin_that_was_not_checked_is_not_called_ok(registry):
    """Whether it could be loaded is one thing, whether it is right another."""
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = PluginsScreen(registry, Look())
        await app.push_screen(screen)
        await app.workers.wait_for_complete()
        for entry in screen._entries()[:3]:
            screen.query_one(FilterList).replace(screen._entries(), entry.name)
            await pilot.pause()
            assert said(screen, "badge").endswith(": not checked yet: F6 checks it")
            assert ": loaded" in said(screen, "words")
            assert ": ok" not in said(screen, "words")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_where_nothing_matches_it_is_said_what_there_is(size):
    registry = load_registry()
    app = Stage()
    async with app.run_test(size=size) as pilot:
        screen = PluginsScreen(registry, Look())
        await app.push_screen(screen)
        await app.workers.wait_for_complete()
        await pilot.press(*"qqq")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert said(screen, "badge").startswith("No match.")
        counts = [line.split()[:2] for line in said(screen, "words").split("\n")]
        assert counts == [[kind, str(len(registry.names(kind)))] for kind in KINDS]
        shown = indented(said(screen, "words"), screen.query_one("#words").size.width)
        assert shown.count("\n") < screen.query_one(".facts").size.height, "none of it is cut"


async def test_what_has_no_picture_is_told_with_others_of_its_kind_on_a_large_screen():
    registry = load_registry()
    app = Stage()
    async with app.run_test(size=(200, 60)) as pilot:
        screen = PluginsScreen(registry, Look())
        await app.push_screen(screen)
        await app.workers.wait_for_complete()
        for kind in sorted(set(KINDS) - {"activation", "loss", "schedule", "initializer", "listener"}):
            name = registry.names(kind)[-1]
            if has_picture(registry, kind, name):
                continue
            screen._show(f"{kind}/{name}")
            await pilot.pause()
            told = said(screen, "words")
            if kind != "view":  # they are too many
                assert all(f"  {other}: " in told for other in registry.names(kind)), kind
            words = screen.query_one("#words")
            assert indented(told, words.size.width).count("\n") < screen.query_one(".facts").size.height, kind
            assert f"what each {kind} must do:" in told or kind in ("layer", "metric", "view")
            if kind == "accelerator":
                assert "Several threads may call what `predict` and `evaluate` return at once" in told, "one sentence"
