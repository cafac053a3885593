"""What the commands that ask a recorded network share: its run, and its weights at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tui_nn.runs import Run
    from tui_nn.runs.weights import Weights


@dataclass(frozen=True)
class Moment:
    """A run, and the weights of it that are asked for."""

    reader: Run
    weights: Weights

    @property
    def path(self) -> Path:
        """The run directory."""
        return self.reader.path


def moment(run: str, epoch: int | None) -> Moment:
    """The run with its weights after this epoch, or its last. Raises StorageError where there are none."""
    from tui_nn.cli.threads import set_threads
    from tui_nn.errors import StorageError

    set_threads(1, unless_set=True)
    from tui_nn.runs import open_run
    from tui_nn.views import Subject

    subject = Subject(open_run(run))
    subject.go(epoch)
    weights = subject.weights()
    if weights is None:
        raise StorageError(f"{subject.reader.path}: no weights are recorded here yet.")
    return Moment(subject.reader, weights)
