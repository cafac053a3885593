"""The main screens as SVG pictures: what changes on them is seen in a review, as a picture.

`TUI_NN_SNAPSHOTS=write python3 run.py test tests/tui/test_snapshots.py` draws them anew.
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest
from patience import until

from tui_nn.diagnosis import RULES
from tui_nn.diagnosis.remedy import rate
from tui_nn.diagnosis.verdict import Symptom, verdict
from tui_nn.engine.events import EpochFinished
from tui_nn.experiment import load_experiment
from tui_nn.render import Look
from tui_nn.tui.app import WorkbenchApp
from tui_nn.tui.data.screen import DataScreen
from tui_nn.tui.screens.why import WhyScreen

FOLDER = Path(__file__).parent / "snapshots"
WRITING = os.environ.get("TUI_NN_SNAPSHOTS") == "write"

pytestmark = pytest.mark.drawn


def normal(svg):
    """Without the random part of the names of its classes, and without the fonts, which are a matter of the viewer."""
    svg = re.sub(r"terminal-(\d+)-", "terminal-", svg)
    return re.sub(r"@font-face \{[^}]*\}\s*", "", svg)


async def check(app, pilot, name):
    for typed in app.screen.query("Input, TextArea"):
        typed.cursor_blink = False
    path = FOLDER / f"{name}.svg"
    if WRITING:
        await pilot.pause(1)
        FOLDER.mkdir(exist_ok=True)
        path.write_text(normal(app.export_screenshot(title="tui-nn")), "utf-8")
    assert path.is_file(), "TUI_NN_SNAPSHOTS=write draws it"
    kept = path.read_text("utf-8")
    deadline = time.monotonic() + 20
    while (drawn := normal(app.export_screenshot(title="tui-nn"))) != kept and time.monotonic() < deadline:
        await pilot.pause(0.1)  # a slow machine is still drawing
    if drawn != kept:
        now = path.with_suffix(".now.svg")
        now.write_text(drawn, "utf-8")
        pytest.fail(f"{name} looks otherwise: compare {now} with {path}, and draw it anew if that is meant")


@pytest.fixture
def app(registry, fakes, tmp_path, monkeypatch):
    """The workbench in an empty folder, with a run of twenty epochs that nobody had to train."""
    monkeypatch.chdir(tmp_path)
    app = WorkbenchApp(load_experiment("digits"), registry, fakes.FakeTrainer(), Look("truecolor"))
    reader = fakes.FakeReader()
    for epoch in range(2, 21):
        train = {"loss": 0.5 / epoch, "accuracy": 1 - 0.25 / epoch}
        validation = {"loss": 0.5 / epoch + 0.05, "accuracy": 1 - 0.3 / epoch}
        reader.history.apply(EpochFinished(epoch, 5 * epoch, train, validation, ((9, 1), (2, 8))))
    reader.theta = fakes.weights(100, [-1.0, 2.0, 0.5], [0.5, -1.5, 1.0])
    app.bench.client.reader, app.bench.client.state = reader, "paused"
    return app


@pytest.mark.parametrize(("size", "name"), [((80, 24), "workbench-80x24"), ((120, 40), "workbench-120x40")])
async def test_the_workbench(app, size, name):
    async with app.run_test(size=size) as pilot:
        await check(app, pilot, name)


@pytest.mark.parametrize(
    ("keys", "name"),
    [
        (["question_mark"], "help"),
        (["down", "down", "down", "t"], "activations"),
        (["o"], "launcher"),
        (["G"], "circuit"),
        (["f"], "file"),
    ],
)
async def test_screens_over_it(app, keys, name):
    if name == "launcher":
        app.bench.client.reader = None
        app.bench.client.state = "idle"
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*keys)
        await check(app, pilot, name)


async def test_the_data(registry, fakes, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    app = WorkbenchApp(load_experiment("iris"), registry, fakes.FakeTrainer(), Look("truecolor"))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("D")
        await until(lambda: isinstance(app.screen, DataScreen) and app.screen.report is not None)
        await pilot.press("up")
        await check(app, pilot, "data")


async def test_why(app):
    rule = next(rule for rule in RULES if rule.name == "rate_too_high")
    says = "the first step moves the weights of layer 2 by 438 % of their length"
    found = Symptom(says, 4.38, (rate(0.01),), 2)
    async with app.run_test(size=(100, 30)) as pilot:
        app.push_screen(WhyScreen([verdict(rule, found)], Look("truecolor"), 3))
        await check(app, pilot, "why")


def test_no_picture_is_kept_for_a_screen_that_is_gone():
    assert len(list(FOLDER.glob("*.svg"))) - len(list(FOLDER.glob("*.now.svg"))) == 9
    assert all(path.stat().st_size < 200_000 for path in FOLDER.glob("*.svg"))
