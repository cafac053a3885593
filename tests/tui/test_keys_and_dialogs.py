"""What the last line offers works in each state and focus; what changes the experiment is refused elsewhere."""

from __future__ import annotations

import importlib
import pkgutil
import string

import doubles
import pytest
from parts import some
from patience import until
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList

from tui_nn import tui
from tui_nn.diagnosis import Verdict
from tui_nn.experiment import load_experiment
from tui_nn.render import Look
from tui_nn.runs import open_run
from tui_nn.tui import model
from tui_nn.tui.footer import MOST, markup, offers
from tui_nn.tui.key import BUILD, NEEDED, refusal
from tui_nn.tui.keys import KEYS
from tui_nn.tui.screens.ask import AskScreen, Reply
from tui_nn.tui.screens.dialog import Dialog
from tui_nn.tui.screens.entry import EntryScreen
from tui_nn.tui.screens.palette import PaletteScreen
from tui_nn.tui.screens.why import WhyScreen
from tui_nn.tui.widgets.builder import Builder
from tui_nn.tui.widgets.filter_list import FilterList
from tui_nn.tui.widgets.key_line import KeyLine
from tui_nn.tui.widgets.view import ViewPane
from tui_nn.views import find

STATES = ("idle", "starting", "running", "paused", "ended", "crashed")
FOCUSES = ("data", "layer-0", "view", "enlarged")
BY_NAME = {key.action: key for key in KEYS}


async def put(app, pilot, state, focus):
    """The workbench in this state, with the focus there."""
    screen, client = app.workbench, app.bench.client
    while app.screen is not screen:
        app.pop_screen()
    client.reader = None
    if state != "idle":
        app.bench.client.start(app.bench.experiment, paused=state != "running", speed=10.0)
        client.state = state
        client.reader.theta = doubles.weights(5, [-1.0, 2.0, 0.5], [0.5, -1.5, 1.0])
    builder, pane = screen.query_one(Builder), screen.query(ViewPane).first()
    if pane.is_large is not (focus == "enlarged"):
        pane.action_enlarge()
        await pilot.pause()
    if focus in ("view", "enlarged"):
        pane.focus()
    else:
        builder.focus()
        builder.select(focus)
    pane.take(find("network"))
    app.messages.clear()
    await pilot.pause()
    screen.redraw()


def seen(app):
    """Everything that a key can change."""
    screen, bench = app.workbench, app.bench
    panes = [(pane.view.name, pane.knobs, pane.is_large) for pane in screen.query(ViewPane)]
    told = [str(message) for message in app.messages]
    return app.screen, screen.focused, len(bench.client.sent), bench.experiment, bench.pace.speed, panes, told


@pytest.mark.long
@pytest.mark.parametrize("focus", FOCUSES)
@pytest.mark.parametrize("state", STATES)
async def test_each_key_that_is_offered_does_something(app, state, focus, tmp_path, monkeypatch):
    """In each state half of the focuses meet a key, and the other half the next one."""
    monkeypatch.chdir(tmp_path)
    tried = some(list(BY_NAME), STATES.index(state) + FOCUSES.index(focus), 2)
    async with app.run_test(size=(120, 40)) as pilot:
        await put(app, pilot, state, focus)
        screen = app.workbench
        offered = offers(screen.facts(), *screen.of_the_view())
        assert len(offered) >= 4
        for key in offered:
            if key.action not in tried or key.action == "quit":
                continue
            await put(app, pilot, state, focus)
            before = seen(app)
            await pilot.press(BY_NAME[key.action].keys.split(",")[0])
            await pilot.pause()
            assert seen(app) != before, f"{key.action}: nothing happened"
            refused = {str(message) for message in app.messages} & set(NEEDED.values())
            assert not refused, f"{key.action}: {refused}"


def shown(keys, width, facts=frozenset()):
    return Content.from_markup(markup(keys, width, facts, BY_NAME["help"])).plain


def test_a_footer_is_one_row_of_eight_keys_at_most_with_help_at_the_end():
    everything = frozenset(NEEDED)
    for facts in (everything | {"running"}, everything | {"ended"}, everything - {"experiment"}, frozenset({"view"})):
        keys = offers(facts)
        for width in (58, 78, 118, 198):
            line = shown(keys, width, facts)
            assert len(line) <= width
            assert line.endswith("? keys")
            assert "\n" not in line
        assert markup(keys, 1000, facts, BY_NAME["help"]).count("[bold") <= MOST + 2, "two of them are pairs"
    assert "space" in shown(offers(everything), 58, everything)


@pytest.mark.parametrize("focus", [Builder, ViewPane])
async def test_the_footer_offers_no_training_of_what_cannot_be_trained(app, focus):
    async with app.run_test(size=(120, 40)) as pilot:
        app.workbench.set_focus(app.workbench.query(focus).first())
        assert "play" in {key.action for key in offers(app.workbench.facts(), *app.workbench.of_the_view())}
        app.bench.editor.replace(model.set_layer(app.bench.experiment, 1, units=7))
        await pilot.pause()
        assert app.bench.draft.error
        assert "play" not in {key.action for key in offers(app.workbench.facts(), *app.workbench.of_the_view())}
        app.bench.client.state = "running"  # what runs can be paused, whatever the draft is
        assert "play" in {key.action for key in offers(app.workbench.facts(), *app.workbench.of_the_view())}


async def test_of_a_run_that_is_gone_or_never_began_no_resuming_is_offered(app, monkeypatch):
    def offered():
        return "resume" in {key.action for key in offers(app.workbench.facts(), *app.workbench.of_the_view())}

    async with app.run_test(size=(120, 40)) as pilot:
        await put(app, pilot, "crashed", "layer-0")
        reader = app.bench.client.reader
        assert offered()
        with monkeypatch.context() as patched:
            patched.setattr(type(reader), "is_removed", True)
            assert not offered()
        reader.history.started = None
        assert not offered()


def test_what_changes_the_experiment_needs_the_focus_there():
    """Of undo and redo see the next test: in a view they are of weights set there."""
    building = [key for key in KEYS if key.group == BUILD and key.action not in ("edit", "undo", "redo")]
    assert {"add_layer", "duplicate_layer", "activation"} < {key.action for key in building}
    for key in (*building, BY_NAME["reroll"]):
        assert "Esc" in refusal(key, frozenset(NEEDED) - {"experiment"}), key.action


async def test_keys_in_a_view_leave_the_experiment_alone(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("a")
        await pilot.pause()
        changed = app.bench.experiment
        assert len(changed.network.layers) == 3
        for enlarged in (False, True):
            app.screen.query(ViewPane).first().focus()
            if enlarged:
                await pilot.press("enter")
            for key in KEYS:
                if key.group == BUILD and key.action != "edit":
                    await pilot.press(key.keys.split(",")[0])
                    await pilot.pause()
                    assert app.screen is app.workbench, key.action
                    assert app.bench.experiment == changed, key.action
        assert {str(message) for message in app.messages} <= set(NEEDED.values())


async def test_why_a_key_does_nothing_stands_only_as_long_as_it_is_so(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await put(app, pilot, "starting", "data")
        line = app.workbench.query_one(KeyLine)
        await pilot.press("space")
        await pilot.pause(0.3)
        assert str(line.render()) == NEEDED["ready"], "it stands while it is so"
        app.bench.client.state = "paused"
        await pilot.pause(0.3)
        assert "keys" in str(line.render())
        app.screen.query(ViewPane).first().focus()
        await pilot.press("a")
        await pilot.pause(0.3)
        assert str(line.render()) == NEEDED["experiment"]
        await pilot.press("escape")
        await pilot.pause(0.3)
        assert "keys" in str(line.render())


LETTERS = string.ascii_letters.replace("q", "")  # which is for leaving
BEGIN_OR_END = {"start", "stop", "resume", "forget", "set"}


@pytest.mark.parametrize("state", ["idle", "paused", "ended"])
async def test_whatever_is_typed_into_a_view_begins_and_ends_no_run_and_changes_nothing(
    app, state, tmp_path, monkeypatch
):
    """A list that a letter opens gets the next ones; a question that one asks is left."""
    monkeypatch.chdir(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await put(app, pilot, state, "view")
        sent, experiment = len(app.bench.client.sent), app.bench.experiment
        for letter in LETTERS:
            await pilot.press(letter)
            await pilot.pause()
            while app.screen is not app.workbench:
                await pilot.press("escape")
                await pilot.pause()
            assert not {one[0] for one in app.bench.client.sent[sent:]} & BEGIN_OR_END, letter
            assert app.bench.experiment == experiment, letter
            assert isinstance(app.screen.focused, ViewPane), letter


async def test_the_next_view_takes_the_focus_and_esc_brings_it_back(app):
    async with app.run_test(size=(80, 24)) as pilot:
        pane = app.screen.query(ViewPane).first()
        await pilot.press("v")
        assert app.focused is pane
        assert pane.view.name == "loss"
        await pilot.press(*"ba")
        assert app.bench.client.sent == []
        assert [str(message) for message in app.messages] == [NEEDED["steps"], NEEDED["experiment"]]
        await pilot.press("escape")
        assert isinstance(app.focused, Builder)
        await pilot.press("b")
        assert [one[0] for one in app.bench.client.sent] == ["start", "step"]


def classes():
    """All of ours that are defined below `tui_nn.tui`."""
    for module in pkgutil.walk_packages(tui.__path__, "tui_nn.tui."):
        for one in vars(importlib.import_module(module.name)).values():
            if isinstance(one, type) and one.__module__ == module.name:
                yield one


def test_every_dialog_is_of_one_kind():
    dialogs = [one for one in classes() if issubclass(one, ModalScreen)]
    assert len(dialogs) > 10
    assert [one.__name__ for one in dialogs if not issubclass(one, Dialog)] == []


DIALOGS = {
    "o": ("type filter", "enter open"),
    "C": ("esc back",),
    "P": ("F6 check",),
    "f": ("ctrl+s save", "ctrl+t accept"),
    "V": ("up down choose", "enter accept"),
    "ctrl+p": ("type filter", "enter accept"),
    "question_mark": ("up down scroll",),
    "J": ("enter accept",),
}


@pytest.mark.parametrize("key", DIALOGS)
async def test_a_dialog_names_its_own_keys_in_the_last_line_and_esc_leaves_it(app, key, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(key)
        await pilot.pause()
        assert isinstance(app.screen, Dialog)
        line = app.screen.query_one(KeyLine)
        words = Content.from_markup(line.markup).plain
        assert (line.region.y, line.region.height) == (23, 1), "over the keys of the screen below, which do not work"
        for expected in (*DIALOGS[key], "esc back"):
            assert expected in words, words
        await pilot.press("escape")
        await pilot.pause()
        assert app.screen is app.workbench


ANSWERED = {"s": "stop", "k": "keep", "c": None, "enter": None, "escape": None}


@pytest.mark.parametrize(("press", "expected"), ANSWERED.items())
async def test_an_answer_has_a_letter_and_the_safe_one_is_under_the_bar(app, press, expected):
    answers = [Reply("stop", "Stop it."), Reply("keep", "Keep it.")]
    async with app.run_test(size=(80, 24)) as pilot:
        given = []
        app.push_screen(AskScreen("quit", "A run is training.", answers, "Do not quit."), given.append)
        await pilot.pause()
        await pilot.press(press)
        await pilot.pause()
        assert given == [expected]


VERDICTS = [Verdict("a", "sick", "says " * 30, 1.0, 0.5, "limit " * 30, "source", "why " * 30, "do " * 30, ("a=1",))]
WRAPPED = {
    "ask": lambda: AskScreen("quit", "A run is training.", [Reply("stop", "Stop and save it. " * 9)], "Do not quit."),
    "why": lambda: WhyScreen(VERDICTS, Look(), "3"),
}


@pytest.mark.parametrize("name", WRAPPED)
async def test_lines_of_a_dialog_follow_the_terminal(app, name):
    async with app.run_test(size=(60, 20)) as pilot:

        async def prompts(size):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            options = app.screen.query_one(OptionList)
            return [str(options.get_option_at_index(at).prompt) for at in range(options.option_count)]

        app.push_screen(WRAPPED[name]())
        await pilot.pause()
        narrow = await prompts((60, 20))
        wide = await prompts((120, 40))
        assert max(map(len, "\n".join(wide).splitlines())) > max(map(len, "\n".join(narrow).splitlines()))
        assert await prompts((60, 20)) == narrow


FOUND = {
    "learning rate": "setting: rate",
    "weights": "view: weights",
    "network": "view: network",
    "picture": "runs and files: picture (s)",
    "light": "theme: textual-light",
    "high-contrast-light": "theme: high-contrast-light",
    "regularization": "setting: lambda",
    "neurons": "setting: layer 1",
    "relu": "activation: relu",
    "adam": "optimizer: adam",
    "spiral": "example: spiral",
    "breakpoint": "train: until (J)",
    "xor": "example: xor",
    "ascii": "look: ASCII",
    "decision": "view: boundary",
}


@pytest.mark.parametrize("experiment", ["spiral"])
async def test_the_palette_finds_what_people_would_type(registry, experiment, tmp_path, monkeypatch):
    from tui_nn.render import Look
    from tui_nn.tui.app import WorkbenchApp

    monkeypatch.chdir(tmp_path)
    app = WorkbenchApp(load_experiment(experiment), registry, doubles.FakeTrainer(), Look())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("ctrl+p")
        await pilot.pause()
        assert isinstance(app.screen, PaletteScreen)
        entries = app.screen.query_one(FilterList)
        for typed, name in FOUND.items():
            entries.type(typed)
            await pilot.pause()
            assert name in entries.names[:5], (typed, entries.names[:8])
        assert {hit.name for hit in app.workbench.findings() if not hit.beside and ": " in hit.name} == set()


async def test_the_palette_has_lessons_views_that_cannot_be_shown_with_the_reason_and_says_what_it_has_not(
    app, digits_run, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        app.bench.client.show(open_run(digits_run))
        app.bench.poll()
        await pilot.press("ctrl+p")
        await until(lambda: isinstance(app.screen, PaletteScreen))
        entries = app.screen.query_one(FilterList)
        await until(lambda: any(name.startswith("lesson: ") for name in entries.names))
        found = {}
        for typed in ("chain rule", "decision", "zzz", "sigmoid"):
            entries.type(typed)
            await pilot.pause()
            found[typed] = entries.names
            above = str(app.screen.query_one(OptionList).get_option_at_index(0).prompt)
            assert above.startswith("NO MATCH") is (typed == "zzz")
        assert "lesson: 06-chain-rule" in found["chain rule"]
        assert found["decision"][0] == "view: boundary"
        entries.type("decision")
        await pilot.press("enter")
        await until(lambda: app.screen is app.workbench)
        assert any("two inputs" in notice.message for notice in app.messages)


async def test_what_fits_best_is_taken_whatever_was_found_before(app, tmp_path, monkeypatch):
    """The view `loss` stands first until something is typed; what is said of it has the word `data` too."""
    monkeypatch.chdir(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        app.workbench._recent = ["view: loss", "view: data"]
        await pilot.press("ctrl+p")
        while not (isinstance(app.screen, PaletteScreen) and "example: iris" in app.screen.query_one(FilterList).names):
            await pilot.pause(0.02)  # what has to be read from the disk is there
        entries = app.screen.query_one(FilterList)
        entries.type("view: data")
        await pilot.pause()
        assert entries.chosen == "view: data"


async def test_what_the_palette_found_is_done(app, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        app.screen.query(ViewPane).first().focus()

        async def find_it(words):
            await pilot.press("ctrl+p")
            await until(lambda: isinstance(app.screen, PaletteScreen))
            await pilot.press(*words, "enter")

        await find_it("add a layer")
        await until(lambda: len(app.bench.experiment.network.layers) == 3)  # it has got the focus first
        await find_it("learning rate")
        await until(lambda: isinstance(app.screen, EntryScreen))
        await pilot.press(*"0.25", "enter")
        await until(lambda: app.bench.experiment.training.optimizer["rate"] == 0.25)
        await find_it("textual-light")
        await until(lambda: app.theme == "textual-light")


async def test_what_is_told_stands_in_the_last_line_and_covers_nothing_else(app):
    async with app.run_test(size=(120, 40)) as pilot:
        app.notify("Numbers saved.")
        await pilot.pause()
        line, main = app.screen.query_one(KeyLine), app.screen.query_one("#main")
        assert str(line.content) == "Numbers saved."
        assert main.region.bottom <= line.region.y
        app.notify("word " * 60, severity="error")
        await pilot.pause()
        assert line.region.height == 3
        assert main.region.bottom <= line.region.y


async def test_a_dialog_begins_with_its_keys_and_keeps_them_below_what_is_told(app, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        app.notify("This is the slowest.")
        await pilot.press("o")
        await until(lambda: isinstance(app.screen, Dialog))
        line = app.screen.query_one(KeyLine)
        await until(lambda: "enter open" in str(line.content) or "enter open" in line.render().plain)
        assert "slowest" not in line.render().plain
        app.notify("Not saved.", severity="error")
        await pilot.pause()
        said, keys = line.render().plain.split("\n")
        assert said == "Not saved."
        assert keys.endswith("esc back")
        assert line.region.bottom == 24


def test_in_the_past_the_footer_names_the_ways_out_of_it():
    facts = frozenset(NEEDED) | {"ended"}
    line = shown(offers(facts), 118, facts)
    for words in ("B branch", ", . time", "0 now"):
        assert words in line
    assert "0 now" not in shown(offers(facts - {"past"}), 118, facts - {"past"})


@pytest.mark.parametrize(("theme", "ground"), [("textual-dark", "#121212"), ("textual-light", "#ffffff")])
async def test_s_saves_the_view_in_the_focus_as_vectors_and_nothing_else(app, tmp_path, monkeypatch, theme, ground):
    monkeypatch.chdir(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        app.theme = theme
        await put(app, pilot, "ended", "view")
        pane = app.screen.query(ViewPane).first()
        pane.take(find("loss"))
        app.screen.redraw()
        wide = max(map(len, pane.picture(Look("none"))[1].plain.split("\n")))
        assert pane.content_size.width < 50
        assert wide > 70, "a small pane is saved as a larger picture"
        app.notify("a message that stands on the screen")
        await pilot.press("s")
        await app.workers.wait_for_complete()
    (path,) = tmp_path.glob("*.svg")
    assert path.name == "fake-loss.svg"
    text = path.read_text("utf-8")
    assert f'height="100%" fill="{ground}"' in text
    assert "message" not in text
    assert "loss" in text
    said = str(app.messages[-1])
    assert "png" in said
    assert "pip install" in said or (tmp_path / "fake-loss.png").is_file()


def test_a_dialog_names_no_place_in_a_file(registry):
    from tui_nn.tui import model

    experiment = load_experiment("digits")
    changed = model.draft(model.set_layer(experiment, 1, units=7), registry)
    assert changed.error.startswith("digits")
    assert "digits" not in changed.problem
    assert "expected 10" in changed.problem
