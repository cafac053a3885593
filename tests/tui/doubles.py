"""A scripted trainer and a run without a directory, held against what they stand for by mypy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tui_nn.engine.events import Ended, EpochFinished, LayerShape, Reason, SettingChanged, Started
from tui_nn.errors import StorageError
from tui_nn.experiment import Experiment
from tui_nn.runs import Run, RunReader
from tui_nn.runs.live import LiveState
from tui_nn.runs.weights import Weights
from tui_nn.tui.bench.branch import Branch
from tui_nn.tui.trainer_client import TrainerClient

STARTED = Started(
    1, "digits", 2, 9, (LayerShape("dense", 2, "sigmoid", (2, 3)),), ("a", "b"), ("x1", "x2"), None,
    {"train": 10, "validation": 2, "test": 0}, 5, 3, 0, "one_vs_all", ("loss", "accuracy"),
)  # fmt: skip


class FakeReader(RunReader):
    """A run without a directory, after its first epoch."""

    def __init__(self, path: Path = Path("runs/fake")) -> None:
        super().__init__(path)
        self.theta: Weights | None = None
        self.history.apply(STARTED)
        values = {"loss": 0.5, "accuracy": 0.75}
        self.history.apply(EpochFinished(1, 5, values, values, ((1, 0), (1, 0))))

    def refresh(self) -> bool:
        return False

    def live(self) -> LiveState | None:
        return None

    def weights(self) -> Weights | None:
        return self.theta

    def previous_weights(self) -> Weights | None:
        return None

    def log_tail(self, lines: int = 20) -> str:  # noqa: ARG002
        return ""


class FakeTrainer:
    """Does what it is told, and remembers it. refuses: its reason to take no change; new: whether polls find news."""

    def __init__(self) -> None:
        self.state = "idle"
        self.message = ""
        self.reader: Run | None = None
        self.sent: list[tuple[Any, ...]] = []
        self.branch: Branch | None = None
        self.refuses = ""

    def start(self, experiment: Experiment, *, paused: bool, speed: float, branch: Branch | None = None) -> None:  # noqa: ARG002
        self.sent.append(("start", experiment, paused))
        self.branch = branch
        self.state, self.reader = "paused" if paused else "running", FakeReader()

    def resume(self, changes: Mapping[str, str], *, paused: bool, speed: float) -> None:  # noqa: ARG002
        self.sent.append(("resume", dict(changes), paused))
        self.state = "paused" if paused else "running"

    def send(self, do: str, **arguments: Any) -> None:
        self.sent.append((do, arguments))
        self.state = {"pause": "paused", "play": "running", "stop": "ended"}.get(do, self.state)
        if do == "stop" and self.reader is not None:
            self.reader.history.apply(Ended(Reason.STOPPED, 1, 5, "stopped on request"))

    def look_ahead(self) -> None:
        """There is nothing to be read."""

    def poll(self) -> bool:
        return True

    def set(self, changes: Mapping[str, str]) -> None:
        self.sent.append(("set", dict(changes)))
        if self.refuses:
            raise StorageError(self.refuses)
        assert self.reader is not None
        for key, value in changes.items():
            self.reader.history.apply(SettingChanged(5, 1, key, value))

    def show(self, reader: RunReader) -> None:
        self.reader, self.state = reader, "ended"

    def forget(self, *, stop: bool = True) -> None:
        self.sent.append(("forget", stop))
        self.state, self.reader = "idle", None

    def wait(self, seconds: float) -> None:
        self.sent.append(("wait", seconds))

    # What a test looks for

    def starts(self) -> list[tuple[Any, ...]]:
        """The runs that were begun: experiment, and whether paused."""
        return [one[1:] for one in self.sent if one[0] == "start"]

    def asked(self) -> list[dict[str, str]]:
        """The changes that it was asked for."""
        return [one[1] for one in self.sent if one[0] == "set"]


class SlowTrainer(FakeTrainer):
    """Takes a while to be there, as on a machine that is busy. fails: why it never is."""

    def __init__(self) -> None:
        super().__init__()
        self.fails = ""
        self._polls = 0

    def start(self, experiment: Experiment, *, paused: bool, speed: float, branch: Branch | None = None) -> None:
        super().start(experiment, paused=paused, speed=speed, branch=branch)
        self.state, self.reader, self._polls = "starting", None, 3

    def poll(self) -> bool:
        self._polls -= 1
        if self._polls == 0:
            self.state, self.message = ("crashed", self.fails) if self.fails else ("paused", "")
            self.reader = None if self.fails else FakeReader()
        return True


def weights(step: int, *rows: list[float]) -> Weights:
    """One Theta."""
    return Weights(step, (np.array(rows, np.float32),))


_: TrainerClient = FakeTrainer()  # mypy holds it against the protocol
