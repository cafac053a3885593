"""A screen that is left while a thread works for it: what comes back too late is drawn to nothing that is gone."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import itertools
import pkgutil
import shutil
from functools import cache
from pathlib import Path

import doubles
import pytest
from circle_lesson import CIRCLE
from patience import until
from recording import train
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import get_current_worker

import tui_nn.tui
from tui_nn.experiment import dump_experiment, load_experiment
from tui_nn.lesson.answers import AnswerBook
from tui_nn.lesson.ask import ask_of
from tui_nn.lesson.catalogue import lesson_at
from tui_nn.lesson.classroom import Classroom
from tui_nn.lesson.source import lesson_of
from tui_nn.lesson.walk import Walk
from tui_nn.plugin.registry import load_registry
from tui_nn.render import Look
from tui_nn.sweep.executors import LocalExecutor
from tui_nn.sweep.plan import Axis, make_plan
from tui_nn.sweep.results import SweepDirectory
from tui_nn.sweep.run import run_plan
from tui_nn.training.for_data import experiment_for
from tui_nn.tui import aside, model
from tui_nn.tui.app import WorkbenchApp
from tui_nn.tui.circuit.screen import CircuitScreen
from tui_nn.tui.data.screen import DataScreen
from tui_nn.tui.findings import Hit
from tui_nn.tui.leaving import Leaving
from tui_nn.tui.lesson.class_screen import ClassScreen
from tui_nn.tui.lesson.screen import LessonScreen
from tui_nn.tui.screens import plugins
from tui_nn.tui.screens.compare import CompareScreen
from tui_nn.tui.screens.entry import EntryScreen
from tui_nn.tui.screens.file import FileScreen
from tui_nn.tui.screens.form import FormScreen
from tui_nn.tui.screens.launch import LaunchScreen
from tui_nn.tui.screens.page import PageScreen
from tui_nn.tui.screens.palette import PaletteScreen
from tui_nn.tui.screens.pick import PickScreen
from tui_nn.tui.screens.plugins import PluginsScreen
from tui_nn.tui.screens.present import PresentScreen
from tui_nn.tui.screens.sweep import SweepScreen
from tui_nn.tui.screens.workbench import WorkbenchScreen

PLUGIN = (
    "from tui_nn.plugin import activation, hookimpl\n@activation\ndef bump(z):\n    'One.'\n    return z * 0.5\n"
    "@hookimpl\ndef tui_nn_activations():\n    return [bump]\n"
)


class Lingering(Widget):
    """Leaves its screen after all others, once it is let go."""

    def __init__(self):
        super().__init__()
        self.free = asyncio.Event()

    async def on_unmount(self):
        await self.free.wait()


class Held:
    """Does at once what a worker of the screen has done aside, but for one thing, which it keeps back."""

    def __init__(self, screen, number):
        self._screen, self._left = screen, number
        self._kept = None

    def __call__(self, work, seconds):  # noqa: ARG002
        future = asyncio.get_running_loop().create_future()
        if get_current_worker().node is self._screen:
            self._left -= 1
        if self.holds or self._left:
            self._do(work, future)
        else:
            self._kept = work, future
        return future

    @property
    def holds(self):
        return self._kept is not None

    def let_go(self):
        self._do(*self._kept)

    def _do(self, work, future):
        try:
            found = work()
        except Exception as error:
            how, what = future.set_exception, error
        else:
            how, what = future.set_result, found
        if not future.done():
            how(what)


def lesson(registry):
    lesson = lesson_of(CIRCLE, "a.lesson.md", "a")
    return Walk(lesson, Path(), registry, AnswerBook(Path("a.answers.jsonl"), lesson, "Ada"))


def classroom(registry):
    lesson, _ = lesson_at("06")
    first = ask_of(next(step for step in lesson.steps if step.asked is not None))
    Path("in").mkdir(exist_ok=True)
    AnswerBook(Path("in/Ada.answers.jsonl"), lesson, "Ada").add(first.common.id, "", "skipped", 1, 5.0)
    return Classroom([Path("in")], registry)


def opened(kind, app):
    """A new screen of this kind, which has something to do."""
    look, bench, registry = Look(), app.bench, app.bench.registry
    return {
        CompareScreen: lambda: CompareScreen(Path("runs"), None, look),
        SweepScreen: lambda: SweepScreen(Path("sweeps/iris"), look, registry),
        PluginsScreen: lambda: PluginsScreen(load_registry(["mine.py"]), look),
        LaunchScreen: lambda: LaunchScreen(Path("runs"), look),
        PickScreen: lambda: PickScreen("dataset", registry, "iris", look, tables=["people.csv"]),
        FileScreen: lambda: FileScreen(bench.experiment, lambda experiment: model.draft(experiment, registry)),
        FormScreen: lambda: FormScreen("layer", {"kind": "dense", "units": 3}, registry, lambda _: "Not so."),
        EntryScreen: lambda: EntryScreen("number", "1", lambda _: "Not so."),
        PaletteScreen: lambda: PaletteScreen([], [], aside.soon(lambda: [Hit("one", "", print)])),
        DataScreen: lambda: DataScreen(app.workbench),
        LessonScreen: lambda: LessonScreen(lesson(registry), look),
        ClassScreen: lambda: ClassScreen(classroom(registry), look),
        CircuitScreen: lambda: CircuitScreen(look),
        WorkbenchScreen: lambda: WorkbenchScreen(bench, look),
        PresentScreen: lambda: PresentScreen(bench, look, ()),
    }[kind]()


# What works in the background, and keys that begin such work beside what begins by itself.
WORKING = {
    CompareScreen: ["down", "enter", "m", "x"],
    SweepScreen: ["v", *"votes", "enter", "down", "enter"],
    PluginsScreen: ["f5", "f6"],
    LaunchScreen: ["down", *"ben"],
    PickScreen: [*"peo"],
    FileScreen: ["space", "ctrl+s", "ctrl+l", "ctrl+t"],
    FormScreen: ["1", "enter"],
    EntryScreen: ["enter"],
    PaletteScreen: [],
    DataScreen: ["up", "t", "u"],
    LessonScreen: [*'layers = ["1 tanh", "1 sigmoid"]', "enter"],
    ClassScreen: [],
    CircuitScreen: ["s"],
    WorkbenchScreen: ["a", "u", "L", "enter"],
    PresentScreen: ["L", "enter"],
}


@pytest.fixture(scope="module")
def made(tmp_path_factory, registry):
    """A folder with something of each kind that can be opened."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "mine.py").write_text(PLUGIN)
    (folder / "people.csv").write_text("age,height,answer\n" + "1,2,a\n3,5,b\n4,4,a\n" * 5)
    (folder / "bench.toml").write_text(dump_experiment(load_experiment("iris")))
    train(folder / "runs" / "one", registry, "iris", "training.epochs=2")
    plan = make_plan("iris", [Axis("network.layers[0].units", ("4", "8"))], 1, ["training.epochs=2"])
    with LocalExecutor(1) as executor:
        run_plan(plan, SweepDirectory(folder / "sweeps" / "iris"), executor, in_place=True)
    return folder


@pytest.fixture
def here(made, tmp_path, monkeypatch):
    """The same as the working directory, this test's own."""
    monkeypatch.chdir(shutil.copytree(made, tmp_path / "here"))


def own_screens():
    for found in pkgutil.walk_packages(tui_nn.tui.__path__, "tui_nn.tui."):
        importlib.import_module(found.name)
    known = [Screen]
    for one in known:
        known += [below for below in one.__subclasses__() if below not in known]
    return [one for one in known if one.__module__.startswith("tui_nn.")]


def works(screen):
    """Whether a method of it is a worker."""
    methods = (vars(base).values() for base in screen.__mro__ if base.__module__.startswith("tui_nn."))
    return any(inspect.iscoroutinefunction(getattr(one, "__wrapped__", None)) for one in itertools.chain(*methods))


def test_all_screens_are_left_alike():
    screens = own_screens()
    assert [one for one in screens if not issubclass(one, Leaving)] == []
    threads = [one for one in screens if "thread=True" in inspect.getsource(one)]
    assert threads == [], "Textual's threads go on for a screen that is gone"
    assert {one for one in screens if one.__name__.endswith("Screen") and works(one)} == set(WORKING)


async def taken_down(app, screen, held):
    """All of its children but one go, then comes what it waits for, then the last one goes."""
    last = Lingering()
    await screen.mount(last)
    while screen in app.screen_stack:
        app.pop_screen()
    await until(lambda: list(screen.children) == [last])
    held.let_go()
    await until(lambda: not [worker for worker in app.workers if worker.node is screen])
    last.free.set()
    await until(lambda: not screen.is_attached)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("kind", WORKING, ids=lambda kind: kind.__name__)
async def test_a_screen_is_left_at_every_await(registry, monkeypatch, kind):
    monkeypatch.setattr(plugins, "check_isolated", cache(plugins.check_isolated))  # each check is a process
    app = WorkbenchApp(experiment_for("people.csv").experiment, registry, doubles.FakeTrainer(), Look())
    async with app.run_test(size=(100, 30)) as pilot:
        for number in itertools.count(1):
            screen = opened(kind, app)
            held = Held(screen, number)
            monkeypatch.setattr(aside, "_begun", held)
            app.push_screen(screen)
            await pilot.pause()
            for key in WORKING[kind]:
                if not held.holds:
                    await pilot.press(key)
            if not held.holds:
                break
            await taken_down(app, screen, held)
            assert app.is_running
    assert number > 1, "it has waited for something"


async def test_a_screen_that_is_left_already_takes_no_other_with_it(app):
    async with app.run_test() as pilot:
        for screen in (PageScreen("below", "a page"), EntryScreen("above", "1", lambda text: "")):
            app.push_screen(screen)
            await pilot.pause()
        screen.dismiss("1")
        screen.dismiss("1")
        await pilot.pause()
        assert isinstance(app.screen, PageScreen)
