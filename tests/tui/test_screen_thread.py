"""The thread of the screen asks nothing of a disk, a socket or a process: keys are pressed while that is watched.

Every sixth key and a third of the views; with TUI_NN_ALL=1 all of them.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import sysconfig
import threading
from functools import partial
from pathlib import Path

import pytest
from patience import until
from recording import train
from textual.widgets import Input, OptionList

import tui_nn
from tui_nn import files
from tui_nn.experiment import load_experiment
from tui_nn.render import Look
from tui_nn.runs import open_run
from tui_nn.runs.family import Parent, write_branch
from tui_nn.tui import lookout, trainer_client
from tui_nn.tui.app import WorkbenchApp
from tui_nn.tui.bench import held
from tui_nn.tui.keys import ELSEWHERE, KEYS
from tui_nn.tui.preferences import Remembered
from tui_nn.tui.screens import plugins
from tui_nn.tui.screens.launch import LaunchScreen
from tui_nn.tui.trainer_client import ProcessTrainer
from tui_nn.tui.widgets.builder import Builder
from tui_nn.tui.widgets.cell import CellField
from tui_nn.tui.widgets.view import ViewPane
from tui_nn.views import views_of

pytestmark = pytest.mark.drawn

PRODUCT = str(Path(tui_nn.__file__).parent)
# What is installed with the product is read as Python's own modules are: examples, style sheets.
INSTALLED = (
    *(str(Path(PRODUCT).with_name(name)) for name in ("tui_nn", "tui_nn_standard")),
    *sysconfig.get_paths().values(),
    sys.prefix,
    sys.base_prefix,
    "/dev/",
    "/proc/",
    "/sys/",
    "/usr/",
    "/etc/",
)
WAITING = ("open", "os.", "socket.connect", "subprocess.Popen", "fcntl.", "shutil.", "tempfile.", "pathlib.", "glob.")
SENDING = ("os.kill", "os.killpg")  # a signal is sent at once
ASKING = ("stat", "lstat", "pread", "access", "fsync")  # which Python tells no audit of
EDITED = """
[data]
source = "flowers.csv"
[network]
layers = [{kind = "dense", units = 3, activation = "tanh"}, {kind = "dense", units = 2, activation = "softmax"}]
"""


class Watched:
    """asked: what the watched thread asked for while it was watched, and which function of the product did."""

    def __init__(self):
        self.thread, self.asked = None, {}
        this_thread = threading.get_ident  # its module is gone when Python takes itself apart

        def audit(event, given):
            if self.thread == this_thread() and event.startswith(WAITING) and event not in SENDING:
                self.note(event, given)

        sys.addaudithook(audit)

    def note(self, event, given):
        path = given[0] if given else ""
        path = os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else ""
        if isinstance(given[0] if given else "", int) and event == "open":
            return  # a file that is open already
        whole = str(Path(path).absolute())
        if path and (whole.startswith(INSTALLED) or any(place.startswith(f"{whole}/") for place in INSTALLED)):
            return
        frame, names = sys._getframe(1), []
        while frame is not None:
            if frame.f_code.co_filename.startswith("<frozen importlib"):
                return
            if frame.f_code.co_filename.startswith(PRODUCT):
                names.append(f"{Path(frame.f_code.co_filename).relative_to(PRODUCT)}:{frame.f_code.co_name}")
            frame = frame.f_back
        if names:
            self.asked.setdefault(" < ".join(names[:5]), f"{event} {path}")


@pytest.fixture(scope="session")
def watch():
    """Nobody can take a hook away again, and with one all that a process does takes a twentieth longer: not before the
    first test that wants it.
    """
    return Watched()


def told(watch, name, ask):
    def asked(*given, **named):
        if watch.thread == threading.get_ident():
            watch.note(f"os.{name}", given)
        return ask(*given, **named)

    return asked


@pytest.fixture
def watched(watch, monkeypatch):
    for name in ASKING:
        monkeypatch.setattr(os, name, told(watch, name, getattr(os, name)))
    yield watch
    watch.thread = None
    watch.asked = {}


def begin(watched):
    watched.thread = threading.get_ident()


def end(watched):
    watched.thread = None
    found = "\n".join(f"{what}\n    {where}" for where, what in watched.asked.items())
    assert not found, f"{len(watched.asked)} places wait on the screen's thread:\n{found}"


async def settle(pilot, seconds=0.4):
    await pilot.pause(seconds)


async def home(app, pilot):
    """Back to the workbench."""
    for _ in range(4):
        if app.screen is app.workbench:
            return
        await pilot.press("escape")
        await pilot.pause()
    raise AssertionError(app.screen)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory, registry):
    return train(tmp_path_factory.mktemp("recorded") / "run", registry, "digits", "training.epochs=3")


@pytest.fixture
def place(tmp_path, recorded, monkeypatch):
    """A working directory: a run, a branch of it, an experiment file with data of its own, preferences."""
    runs = tmp_path / "runs"
    shutil.copytree(recorded, runs / "20260101-000000-digits-aaaaaaaa")
    branch = shutil.copytree(recorded, runs / "20260101-000001-digits-bbbbbbbb")
    weights = open_run(branch).weights()
    write_branch(branch, Parent("20260101-000000-digits-aaaaaaaa", 100, 2), weights.thetas)
    (tmp_path / "flowers.csv").write_text("a,b,kind\n" + "1,2,x\n2,1,y\n" * 20)
    (tmp_path / "mine.toml").write_text(EDITED)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def client():
    client = ProcessTrainer(Path("runs"))
    yield client
    client.forget()
    client.wait(20)
    for process in client.children.former:
        process.wait(30)


@pytest.fixture
def app(place, registry, client):
    return WorkbenchApp(load_experiment("digits"), registry, client, Look(), Remembered(place / "workbench.json"))


def opened(app, place, name="bbbbbbbb"):
    app.bench.open(f"run:{place}/runs/20260101-000001-digits-{name}")


PRESSED = [key for key in KEYS if key.action not in (*ELSEWHERE, "quit")]
PRESSED, PARTS = (PRESSED, 3) if "TUI_NN_ALL" in os.environ else (PRESSED[::6], 1)


@pytest.mark.long
@pytest.mark.parametrize("key", PRESSED, ids=lambda key: key.action)
async def test_keys(app, place, watched, key):
    opened(app, place)
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        begin(watched)
        await pilot.press(key.keys.split(",")[0])
        await settle(pilot, 0.8)
        await pilot.press("down", "up", "a")
        await settle(pilot)
        await home(app, pilot)
        end(watched)


@pytest.mark.long
@pytest.mark.parametrize("part", range(PARTS))
async def test_views(app, place, watched, part, registry):
    """Each view, now and in the past, its numbers saved."""
    opened(app, place)
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        begin(watched)
        pane = app.workbench.query(ViewPane).first()
        pane.focus()
        for view in views_of(registry)[part::3]:
            app.workbench.show_view(pane, view)
            await settle(pilot)
            await pilot.press("comma", "right", "m", "S")
            await settle(pilot, 0.2)
            await pilot.press("0")
        await settle(pilot)
        end(watched)
    assert list(place.glob("*.csv"))


async def test_what_is_opened_and_saved(app, place, watched, monkeypatch):
    # A check is begun in a process of its own; to go through all of a plugin would take a minute.
    monkeypatch.setattr(plugins, "check_isolated", partial(plugins.check_isolated, limit=0.5))
    opened(app, place)
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        begin(watched)
        await pilot.press("f", "ctrl+s")
        await settle(pilot)
        app.screen.query_one("#path", Input).value = "mine.toml"
        await pilot.press("ctrl+l")
        await settle(pilot)
        await pilot.press("ctrl+t")
        await settle(pilot)
        assert app.screen is app.workbench, app.screen.query_one("#problem").render()
        assert app.bench.experiment.data.source == str(place / "flowers.csv")
        await pilot.press("u")
        await settle(pilot)
        await pilot.press("C")
        await settle(pilot)
        await pilot.press("m", "g", "space", "slash", "a", "enter", "home", "o")
        await settle(pilot, 1)
        for what in ("run:aaaa", "iris", "mine"):
            await pilot.press("o")
            await settle(pilot)
            await pilot.press(*what.rpartition(":")[2])
            await settle(pilot)
            await pilot.press("enter")
            await settle(pilot, 0.8)
        assert app.bench.experiment.data.source == str(place / "flowers.csv")
        await pilot.press("P", "down", "down", "f5", "f6")
        await settle(pilot, 3)
        await home(app, pilot)
        end(watched)
    assert (place / "digits.toml").exists()


async def test_a_training(app, client, watched):
    """Begun, steered by hand, branched, stopped."""
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        begin(watched)
        await pilot.press("minus", "minus", "e")
        await until(lambda: client.state == "paused" and client.reader.weights() is not None)
        await settle(pilot)
        await pilot.press("W")
        await until(lambda: getattr(app.screen.focused, "knobs", None) and app.screen.focused.knobs.at is not None)
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen.focused, CellField))
        await pilot.press("2", "enter")
        await until(lambda: len(client.reader.history.changes) == 1)
        await pilot.press("u")
        await until(lambda: len(client.reader.history.changes) == 2)
        builder = app.workbench.query_one(Builder)
        builder.focus()
        builder.select("optimizer.rate")
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("0", ".", "3", "enter")
        await until(lambda: len(client.reader.history.changes) == 3)
        await pilot.press("comma", "B")
        await settle(pilot, 1)
        await until(lambda: client.state == "paused" and client.reader.weights() is not None)
        await pilot.press("space")
        await settle(pilot, 1)
        await pilot.press("y")
        await settle(pilot)
        await home(app, pilot)
        await pilot.press("x")
        await until(lambda: client.state == "ended")
        await settle(pilot)
        end(watched)


KEYS_ON_A_DEAD_DISK = "o escape C escape P escape f ctrl+s ctrl+l escape comma v y S s r space a u B x C x b escape"


async def test_a_disk_that_does_not_answer(app, place, monkeypatch):
    """What is read is waited for by threads; dialogs open all the same, and take what was typed ahead."""
    opened(app, place)
    for module in (lookout, held, trainer_client):
        monkeypatch.setattr(module, "GLANCE", 0.0)
    free, ask, loop = threading.Event(), files._open, threading.get_ident()

    def slow(*given, **named):
        assert threading.get_ident() != loop
        free.wait(60)
        return ask(*given, **named)

    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        monkeypatch.setattr(files, "_open", slow)
        for key in KEYS_ON_A_DEAD_DISK.split():
            await pilot.press(key)
            await asyncio.sleep(0)
        await home(app, pilot)
        await pilot.press("o")
        await pilot.pause()
        assert isinstance(app.screen, LaunchScreen)
        assert "reading" in str(app.screen.query_one(OptionList).get_option_at_index(0).prompt)
        await pilot.press(*"aaaa")
        free.set()
        await until(lambda: [(one.id or "")[-8:] for one in app.screen.query_one(OptionList).options] == ["aaaaaaaa"])
