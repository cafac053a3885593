"""A training that is in no directory, as views ask for it: its history, its weights, and its data if they are here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

from tui_nn.api.trained import TrainedNet
from tui_nn.engine.data import Dataset
from tui_nn.errors import DataError
from tui_nn.experiment import dump_experiment
from tui_nn.experiment.schema import Experiment
from tui_nn.model import Net
from tui_nn.runs.history import History
from tui_nn.runs.live import LiveState
from tui_nn.runs.run import Fact, Relatives, Run
from tui_nn.runs.snapshots import Snapshots
from tui_nn.runs.summary import Summary
from tui_nn.runs.weights import Weights
from tui_nn.training.recorded import Recorded
from tui_nn.views.verdicts import as_begun


class NetRun(Run):
    """The run of a trained network that nobody recorded."""

    def __init__(self, trained: TrainedNet, experiment: Experiment, history: History) -> None:
        self.path, self.history = Path(experiment.name), history
        self._trained, self._experiment = trained, experiment

    def refresh(self) -> bool:
        """Nothing comes any more."""
        return False

    def fact(self, question: Callable[[Path], Fact], unknown: Fact) -> Fact:
        """There is no directory to look into; what it was trained by is known without one."""
        return cast("Fact", self._experiment) if question is as_begun else unknown

    def state(self) -> str:
        """It is what it is."""
        return "finished"

    def summary(self) -> Summary | None:
        """None was written."""
        return None

    def live(self) -> LiveState | None:
        """Nobody counts."""
        return None

    def weights(self) -> Weights | None:
        """Those of the network."""
        thetas = tuple(theta.copy() for theta in self._trained.thetas if theta is not None)
        return Weights(self.history.last_step, thetas)

    def previous_weights(self) -> Weights | None:
        """Not kept."""
        return None

    def snapshots(self) -> Snapshots | None:
        """Not kept."""
        return None

    def recorded(self, at: int) -> Weights | None:  # noqa: ARG002
        """Not kept."""
        return None

    def relatives(self) -> Relatives:
        """It has none."""
        return []

    def log_tail(self, lines: int = 20) -> str:  # noqa: ARG002
        """What plugins print goes where the program prints."""
        return ""

    def experiment_toml(self) -> str:
        """The experiment, every default written out."""
        return dump_experiment(self._experiment)


class HeldNet(Recorded):
    """The network of such a run, with the data that it was trained on."""

    def __init__(self, reader: Run, trained: TrainedNet, experiment: Experiment) -> None:
        super().__init__(reader, experiment, None, trained.components.registry)
        self._trained = trained

    @property
    def owners(self) -> Mapping[str, str]:
        """As the network has them."""
        return self._trained.owners

    @property
    def _whole(self) -> Net:
        return self._trained.net

    @property
    def _own(self) -> tuple[Experiment, Dataset]:
        if self._trained.data is None:
            raise DataError(
                "the data that this network was trained on did not come with it; train(run=PATH) keeps a run."
            )
        return self.experiment, self._trained.data

    @property
    def _scale_target(self) -> str | None:
        return None
