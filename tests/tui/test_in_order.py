"""Keys that come in one burst, as a slow line, a script or fast fingers send them, are obeyed one after another."""

from __future__ import annotations

import pytest
from patience import until
from recording import train
from textual.events import Key, Paste
from textual.widgets import Input, TextArea

from tui_nn.tui import in_order
from tui_nn.tui.circuit.screen import CircuitScreen
from tui_nn.tui.screens.choose import ChooseScreen
from tui_nn.tui.screens.entry import EntryScreen
from tui_nn.tui.widgets.filter_list import FilterList
from tui_nn.tui.widgets.view import ViewPane


def burst(app, *keys):
    """All of them before the first is obeyed; what begins with `paste:` is pasted."""
    for key in keys:
        pasted = key.removeprefix("paste:")
        app.post_message(Paste(pasted) if pasted != key else Key(key, key if len(key) == 1 else None))


BURSTS = {
    "the former text is cleared": (["ctrl+u", *"abc"], "abc"),
    "a slip is mended": ([*"ab", "backspace", "c"], "helloac"),
    "to the front and back": (["ctrl+u", *"bc", "home", "a", "end", "d"], "abcd"),
    "within": (["ctrl+u", *"abc", "left", "left", "delete", "x"], "axc"),
    "the last word": (["ctrl+u", *"one", "space", *"two", "ctrl+w", "x"], "one x"),
    "a paste among letters": (["ctrl+u", "a", "paste:123", "b", "backspace", "c"], "a123c"),
    "a paste in the place of all": (["home", "shift+end", "paste:new"], "new"),
}


@pytest.mark.parametrize("name", BURSTS)
@pytest.mark.parametrize("several_lines", [False, True], ids=["field", "text"])
async def test_a_text_is_what_was_typed_in_its_order(app, name, several_lines):
    keys, expected = BURSTS[name]
    keys = [" " if key == "space" else key for key in keys]
    async with app.run_test(size=(80, 24)) as pilot:
        if several_lines:
            await pilot.press("f")
            await until(lambda: isinstance(app.focused, TextArea))
            field = app.focused
            field.text = "hello"
            field.move_cursor((0, 5))
        else:
            app.push_screen(EntryScreen("a value", "hello", lambda text: ""))
            await until(lambda: isinstance(app.focused, Input))
            await pilot.pause()  # all of it is selected
            field = app.focused
            field.cursor_position = 5
        await pilot.pause()
        burst(app, *keys)
        await pilot.pause()
        await until(lambda: (field.text if several_lines else field.value) == expected)


async def test_nobody_waits_for_the_focus_of_a_screen_that_has_none(app, monkeypatch):
    """The circuit's, when it has just been opened, and when a page over it has just been left."""
    monkeypatch.setattr(in_order, "OPENED", 3600.0)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("G")
        await until(lambda: isinstance(app.screen, CircuitScreen))
        circuit = app.screen
        await pilot.press("g")
        await until(lambda: app.screen is not circuit)
        await pilot.press("escape")
        await until(lambda: app.screen is circuit)
        await pilot.press("q")
        await until(lambda: app.screen is app.workbench)


async def test_a_dialog_gets_what_is_typed_for_it_and_the_screen_below_nothing(app):
    """`b` of boundary and `o` would have begun a run, and opened another dialog."""
    async with app.run_test(size=(80, 24)) as pilot:
        burst(app, "V", *"boundary")
        await until(lambda: isinstance(app.focused, Input) and app.focused.value == "boundary")
        assert isinstance(app.screen, ChooseScreen)
        assert app.screen.query_one(FilterList).names == ["boundary"]
        assert app.bench.client.sent == []
        await pilot.press("escape")
        burst(app, "V", *"confus", "enter")
        pane = app.workbench.query(ViewPane).first()
        await until(lambda: app.screen is app.workbench and pane.view.name == "confusion")
        assert app.bench.client.sent == []


async def test_what_comes_after_a_dialog_is_for_the_screen_below(app):
    """A rate typed and accepted, the next row opened and left, and then the run begun: in one go."""
    async with app.run_test(size=(120, 40)) as pilot:
        app.workbench.builder.select("optimizer.rate")
        await pilot.pause()
        burst(app, "enter", "ctrl+u", *"0.25", "enter", "down", "enter", "ctrl+u", *"7", "escape", "space")
        await until(lambda: app.bench.client.state == "running")
        assert app.screen is app.workbench
        assert app.bench.experiment.training.optimizer["rate"] == 0.25
        ((begun, paused),) = app.bench.client.starts()
        assert begun.training.optimizer["rate"] == 0.25
        assert begun.training.optimizer["momentum"] == 0.9, "what was typed there was left"
        assert not paused


async def test_a_question_is_answered_by_the_next_letter(app):
    async with app.run_test(size=(120, 40)) as pilot:
        app.workbench.builder.select("layer-0")
        await pilot.pause()
        burst(app, "space", "c", "k", "u")
        await until(lambda: ("forget", False) in app.bench.client.sent)
        await until(lambda: len(app.bench.experiment.network.layers) == 2)
        assert app.screen is app.workbench


async def test_esc_and_a_letter_right_behind_it_are_two_keys(app):
    """Terminals send both as Alt with the letter."""
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("v")
        app.post_message(Key("alt+b", "b"))
        await until(lambda: [one[0] for one in app.bench.client.sent] == ["start", "step"])
        await pilot.press("V", *"loss")
        app.post_message(Key("alt+b", "b"))
        await until(lambda: [one[0] for one in app.bench.client.sent] == ["start", "step", "step"])
        assert app.screen is app.workbench


async def test_what_is_typed_behind_the_key_of_a_view_is_for_the_view(app):
    """`b` and `a` at the experiment would begin a run and add a layer."""
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        burst(app, "v", *"ba", "escape", "a")
        await until(lambda: len(app.bench.experiment.network.layers) == 3)
        assert app.bench.client.sent == []


async def test_a_filter_gets_what_is_typed_behind_its_slash(app, tmp_path, monkeypatch, registry):
    monkeypatch.chdir(tmp_path)
    train(tmp_path / "runs" / "20260101-000000-iris-aaaaaaaa", registry, "iris", "training.epochs=1")
    async with app.run_test(size=(80, 24)) as pilot:
        burst(app, "C", "slash", *"xmo", "enter", "escape")
        await pilot.pause()
        await until(lambda: app.screen is app.workbench)
        assert app.bench.client.reader is None, "`o` would have opened it"
