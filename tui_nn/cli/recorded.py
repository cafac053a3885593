"""What the commands that ask a recorded network share: its run, its weights at a moment, and the network itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui_nn.experiment.model import Model
    from tui_nn.experiment.schema import Experiment
    from tui_nn.runs import RunReader
    from tui_nn.runs.weights import Weights


@dataclass(frozen=True)
class Recorded:
    """A run, its experiment, and the weights that are asked for."""

    reader: RunReader
    experiment: Experiment
    weights: Weights


def recorded(run: str, epoch: int | None) -> Recorded:
    """The run with its weights after this epoch, or its last. Raises StorageError where there are none."""
    from tui_nn.cli.threads import set_threads
    from tui_nn.errors import StorageError
    from tui_nn.experiment import load_experiment

    set_threads(1, unless_set=True)
    from tui_nn.runs import layout, open_run
    from tui_nn.views import Subject

    subject = Subject(open_run(run))
    subject.go(epoch)
    weights = subject.weights()
    if weights is None:
        raise StorageError(f"{subject.reader.path}: no weights are recorded here yet.")
    return Recorded(subject.reader, load_experiment(str(subject.reader.path / layout.EXPERIMENT)), weights)


@contextmanager
def network_of(found: Recorded, plugins: tuple[str, ...]) -> Iterator[Model]:
    """The network of the run, rebuilt. What plugins print meanwhile does not mix with results."""
    from tui_nn.experiment.model import Model
    from tui_nn.training import opened

    with opened(found.experiment, plugins) as session:
        yield Model(found.experiment, session.registry)
