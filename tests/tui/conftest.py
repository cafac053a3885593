"""A scripted trainer and a run without a directory, so that the workbench is tested without a child process."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from tui_nn.engine.events import EpochFinished, LayerShape, Started
from tui_nn.experiment import load_experiment
from tui_nn.render import Look
from tui_nn.runs import History
from tui_nn.tui.app import WorkbenchApp

STARTED = Started(
    1, "digits", 2, 9, (LayerShape("dense", 2, "sigmoid", (2, 3)),), ("a", "b"), ("x1", "x2"), None,
    {"train": 10, "validation": 2, "test": 0}, 5, 3, 0, "one_vs_all", ("loss", "accuracy"),
)  # fmt: skip


class FakeReader:
    """A run without a directory."""

    def __init__(self) -> None:
        self.path = Path("runs/fake")
        self.history = History()
        self.history.apply(STARTED)
        values = {"loss": 0.5, "accuracy": 0.75}
        self.history.apply(EpochFinished(1, 5, values, values, ((1, 0), (1, 0))))

    def live(self):
        return None

    def weights(self):
        return None

    def previous_weights(self):
        return None

    def log_tail(self, lines=20):  # noqa: ARG002
        return ""


class FakeTrainer:
    """Does what it is told, and remembers it."""

    def __init__(self) -> None:
        self.state, self.message, self.reader, self.sent = "idle", "", None, []
        self.takes_settings = self.read_only = False

    def start(self, experiment, *, paused, speed, branch=None):  # noqa: ARG002
        self.sent.append(("start", experiment, paused))
        self.branch = branch
        self.state, self.reader = "paused" if paused else "running", FakeReader()

    def send(self, do, **arguments):
        self.sent.append((do, arguments))
        self.state = {"pause": "paused", "play": "running", "stop": "ended"}.get(do, self.state)

    def poll(self):
        return True

    def set(self, settings):
        self.sent.append(("set", settings))
        return self.takes_settings

    def show(self, reader):
        self.reader, self.state = reader, "ended"

    def forget(self, *, stop=True):
        self.sent.append(("forget", stop))
        self.state, self.reader = "idle", None

    def wait(self, seconds):
        self.sent.append(("wait", seconds))


@pytest.fixture
def app(registry):
    return WorkbenchApp(load_experiment("digits"), registry, FakeTrainer(), Look())


@pytest.fixture
def screen(app):
    return app._workbench


@pytest.fixture
def fakes():
    return SimpleNamespace(trainer=FakeTrainer, reader=FakeReader)
