"""A run of a stranger on the screen: its names are seen, and neither parsed as markup nor obeyed by the terminal."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from recording import train
from textual.widgets import SelectionList

from tui_nn.experiment import load_experiment
from tui_nn.printable import OBEYED, in_a_line
from tui_nn.render import Look
from tui_nn.runs import layout, open_run
from tui_nn.tui.app import WorkbenchApp
from tui_nn.tui.key import FILES, LOOK
from tui_nn.tui.keys import KEYS
from tui_nn.tui.trainer_client import ProcessTrainer
from tui_nn.tui.widgets.key_line import KeyLine
from tui_nn.tui.widgets.view import ViewPane
from tui_nn.views import views_of

NAMES = {
    "settings in brackets": "digits[rate=0.1,batch=32]",
    "a link": "[link=https://example.org]x",
    "a click": "[@click=app.quit]y[/]",
    "an end of nothing": "[/]",
    "half a tag": "a [bold",
    "a title": "\x1b]0;owned\x07",
    "a clipboard": "\x1b]52;c;b3duZWQ=\x1b\\",
    "colour in one byte": "\x9b31mred",
    "over a line": "red\rgreen",
    "two lines": "one\ntwo",
}
EXPERIMENT = """
name = {name}
[data]
source = {source}
validation = 0.25
[network]
layers = [{{ kind = "dense", units = 3, activation = "tanh" }}, {{ kind = "dense", units = {units} }}]
[training]
loss = "softmax_cross_entropy"
epochs = 3
"""


ALL = "".join(NAMES.values())


class Still(ProcessTrainer):
    """Starts nothing: only what is recorded is looked at."""

    def start(self, *words, **more):
        pass


def record(registry, name, classes):
    """A finished run whose experiment, directory, classes, column and log have such names."""
    quoted = ['"' + one.replace('"', '""') + '"' for one in classes]
    rows = [f"{number},{number % 3},{quoted[number % len(quoted)]}" for number in range(8 * len(quoted))]
    Path("data.csv").write_text("\n".join([f"{quoted[0]},y,class", *rows, ""]), "utf-8", newline="")
    text = EXPERIMENT.format(
        name=json.dumps(name), source=json.dumps(str(Path("data.csv").resolve())), units=len(classes)
    )
    Path("e.toml").write_text(text, "utf-8")
    run = train(Path("runs") / name.replace("/", "|"), registry, "e.toml")
    (run / layout.LOG).write_text(f"{name}\n", "utf-8")


def workbench(registry):
    """On the run that there is."""
    client = Still(Path("runs"))
    client.show(open_run(next(Path("runs").iterdir())))
    return WorkbenchApp(load_experiment("e.toml"), registry, client, Look())


@pytest.fixture(scope="module")
def place(registry, tmp_path_factory):
    """A run that has all of these names at once; whoever looks at it leaves it as it is."""
    folder = tmp_path_factory.mktemp("strangers")
    with contextlib.chdir(folder):
        record(registry, ALL, list(NAMES.values()))
    return folder


@pytest.fixture
def app(registry, place, monkeypatch):
    monkeypatch.chdir(place)
    return workbench(registry)


async def looked_at(pilot, app):
    """What goes to the terminal holds no character that it would obey, and no link that a name has made."""
    await pilot.pause()
    strips = app.screen._compositor.render_strips()
    found = OBEYED.search("".join(segment.text for strip in strips for segment in strip))
    assert found is None, found
    styles = [segment.style for strip in strips for segment in strip if segment.style is not None]
    assert not [style.link for style in styles if style.link]
    assert app.is_running


async def test_every_view_shows_it(app):
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        pane = app.screen.query(ViewPane).first()
        pane.focus()
        seen = set()
        for _ in views_of():
            await looked_at(pilot, app)
            seen.add(pane.view.name)
            for key in ("m", "l", "comma"):
                await pilot.press(key)
                await looked_at(pilot, app)
            await pilot.press("v")
        assert len(seen) > 8


LOOKING = [key for key in KEYS if key.group in (LOOK, FILES) and key.action != "quit"]


@pytest.mark.parametrize("key", LOOKING, ids=lambda key: key.action)
async def test_every_screen_takes_it(app, key):
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await pilot.press(key.keys.split(",")[0])
        await looked_at(pilot, app)
        for more in ("down", "space", "escape"):
            await pilot.press(more)
            await looked_at(pilot, app)


async def test_what_is_told_is_no_markup(app):
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        for name in NAMES.values():
            app.notify(name, title="told")
            app.screen.notify(name)
            await looked_at(pilot, app)
        assert str(app.screen.query_one(KeyLine).content) == name


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
async def test_compare_lists_it_by_its_very_name(registry, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    record(registry, name, [name, "b"])
    app = workbench(registry)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await pilot.press("C")
        await looked_at(pilot, app)
        listed = app.screen.query_one(SelectionList).get_option_at_index(0).prompt
        assert in_a_line(name.replace("/", "|")) in listed.plain
