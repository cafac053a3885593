"""The trainer as a workbench sees it that only watches: there is none to start, and none hears of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tui_nn.confined import WATCHED
from tui_nn.errors import StorageError
from tui_nn.experiment import Experiment
from tui_nn.plugin.registry import Registry
from tui_nn.tui.bench.branch import Branch
from tui_nn.tui.messenger import Messenger, Request
from tui_nn.tui.trainer_client import ProcessTrainer


class WatchedTrainer(ProcessTrainer):
    """Shows runs. What begins, steers or changes one raises StorageError with the sentence why not."""

    def __init__(self, base: Path, registry: Registry | None = None) -> None:
        super().__init__(base, registry)
        self._messenger = Messenger(_unsent)

    def start(self, experiment: Experiment, *, paused: bool, speed: float, branch: Branch | None = None) -> None:  # noqa: ARG002
        raise StorageError(WATCHED)

    def resume(self, changes: Mapping[str, str], *, paused: bool, speed: float) -> None:  # noqa: ARG002
        raise StorageError(WATCHED)

    def set(self, changes: Mapping[str, str]) -> None:  # noqa: ARG002
        raise StorageError(WATCHED)

    def send(self, do: str, **arguments: Any) -> None:
        """Nobody is told: leaving, and the pace that is kept, send something as well."""


def _unsent(request: Request) -> str:  # noqa: ARG001
    return ""
