"""The workbench with a scripted trainer and a run without a directory: tested without a child process."""

from __future__ import annotations

import asyncio
import math
import shutil
import threading
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import doubles
import pytest
import textual.app
import textual.pilot
import textual.screen
import textual.strip
from recording import train
from textual._compositor import Compositor
from textual.app import App
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.renderables.blank import Blank

from tui_nn.experiment import load_experiment
from tui_nn.render import Look
from tui_nn.tui import children, lookout, trainer_client
from tui_nn.tui.app import WorkbenchApp
from tui_nn.tui.bench import held
from tui_nn.tui.bench.bench import Bench
from tui_nn.tui.bench.preview import Preview
from tui_nn.tui.screens.workbench import WorkbenchScreen


@pytest.fixture(scope="session", autouse=True)
def styles_are_read_once():
    """Hundreds of applications have the same style sheets in the same colours, and each would read them anew."""
    parse_rules, known = Stylesheet._parse_rules, {}
    parse, sheets = Stylesheet.parse, {}

    def parsed(self, css, **options):
        key = (css, *options.items(), frozenset(self._variables.items()))
        if key not in known:
            known[key] = parse_rules(self, css, **options)
        return known[key]

    def put_together(self):
        key = (tuple(self.source.items()), frozenset(self._variables.items()))
        if key not in sheets:
            parse(self)
            sheets[key] = self._rules, self.rules_map
        self._rules, self._rules_map = sheets[key]
        self._require_parse = False

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parsed)
        patch.setattr(Stylesheet, "parse", put_together)
        patch.setattr(RuleSet, "__hash__", object.__hash__)  # its own is as much, in Python, for each rule and widget
        yield


@pytest.fixture(scope="session", autouse=True)
def lines_are_kept_in_dictionaries():
    """Textual makes seven caches with a bound for each line of a screen, most of which nobody ever asks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(textual.strip, "FIFOCache", lambda size: {})
        yield


AT_WORK = ("aside", "look", "keep")  # threads that do something for the screen and end
SOON = 0.02  # seconds: timers that are due so soon are waited for
CALM = 3  # turns of the loop in a row with nothing to do


async def all_is_done(min_sleep: float = 0.0, max_sleep: float = 1.0) -> None:  # noqa: ARG001
    """Until nothing is left to do at once, no thread is at work for the screen, and no timer is due soon.

    Textual sleeps for 20 ms instead, until the process computes less than a millisecond in them: twice a key.
    """
    loop: Any = asyncio.get_running_loop()
    began, calm = loop.time(), 0
    while calm < CALM and (now := loop.time()) - began < max_sleep:
        await asyncio.sleep(0)
        calm = 0 if loop._ready else calm + 1
        if calm < CALM or now - began > SOON:
            continue
        due = [timer.when() for timer in loop._scheduled if not timer.cancelled()]
        if any(thread.name in AT_WORK for thread in threading.enumerate()):
            due.append(now + 0.001)
        if min(due, default=math.inf) < began + SOON:
            calm = 0
            await asyncio.sleep(max(0.0, min(due) - now))


@pytest.fixture(scope="session", autouse=True)
def what_is_done_is_not_waited_for():
    """Pauses and keys last as long as the screen has something to do. A change is laid out at once, not 60 times a
    second.
    """
    with pytest.MonkeyPatch.context() as patch:
        for module in (textual.app, textual.pilot):
            patch.setattr(module, "wait_for_idle", all_is_done)
        patch.setattr(textual.screen, "UPDATE_PERIOD", 0.002)
        yield


@pytest.fixture(autouse=True)
def no_preview(monkeypatch, request):
    """The untrained network takes a second to build, and the screen has a thread do it: for tests that ask for it."""
    if "preview" not in request.keywords:
        monkeypatch.setattr(Preview, "of", lambda self, experiment: None)


@pytest.fixture(scope="session")
def workbenches():
    """Those that were drawn when they opened: in which file of tests, of which size."""
    return set()


@pytest.fixture(autouse=True)
def nobody_looks(monkeypatch, request, workbenches):
    """Most of the time goes into drawing what changes, for a terminal that throws it away.

    A screen is drawn when it opens, and what stands at the end of a test; with the mark `drawn` all that changes is,
    and behind a dialog once more the screen that it dims.
    Hundreds of tests open the same workbench, which is drawn at its first opening in each of their files and sizes.
    """
    if "drawn" in request.keywords:
        return
    run_test, render_update, opened = App.run_test, Compositor.render_update, set()

    @asynccontextmanager
    async def run(self, **options):
        async with run_test(self, **options) as pilot:
            yield pilot
            if self.is_running:
                self.screen._compositor.render_strips()

    def update(self, *given, **named):
        opening = self not in opened
        if opening and isinstance(self.root, WorkbenchScreen):
            opened.add(self)
            place = (request.path, self.size)
            opening = place not in workbenches
            workbenches.add(place)
        if opening or named.get("full"):
            opened.add(self)
            return render_update(self, *given, **named)
        self._dirty_regions.clear()
        return None

    monkeypatch.setattr(App, "run_test", run)
    monkeypatch.setattr(textual.screen, "BackgroundScreen", lambda behind, tint: Blank(tint))
    monkeypatch.setattr(Compositor, "render_update", update)


@pytest.fixture(scope="session")
def _digits(registry, tmp_path_factory):
    return train(tmp_path_factory.mktemp("digits") / "run", registry, "digits", "training.epochs=3")


@pytest.fixture
def digits_run(_digits, tmp_path):
    """A finished run of three epochs, this test's own."""
    return Path(shutil.copytree(_digits, tmp_path / "run"))


@pytest.fixture
def fakes():
    return doubles


@pytest.fixture(autouse=True)
def _all_colours(monkeypatch):
    """Whichever terminal the tests are run in."""
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TERM", "xterm-256color")


@pytest.fixture(autouse=True)
def _patience(monkeypatch):
    """However busy the machine of the tests is, its disk answers within a glance."""
    for module in (lookout, held, children, trainer_client):
        monkeypatch.setattr(module, "GLANCE", 20.0)


@pytest.fixture
def app(registry, fakes):
    return WorkbenchApp(load_experiment("digits"), registry, fakes.FakeTrainer(), Look())


@pytest.fixture
def screen(app):
    return app.workbench


@pytest.fixture
def bench(registry, fakes):
    """The workbench without any screen."""
    return Bench(load_experiment("digits"), registry, fakes.FakeTrainer())
