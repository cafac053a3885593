"""A training without a run directory, in the form that views ask for: its history, its weights and any data."""

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
    """The run of a trained network that was not recorded."""

    def __init__(self, trained: TrainedNet, experiment: Experiment, history: History) -> None:
        self.path, self.history = Path(experiment.name), history
        self._trained, self._experiment = trained, experiment

    def refresh(self) -> bool:
        """Return False: nothing changes any more."""
        return False

    def fact(self, question: Callable[[Path], Fact], unknown: Fact) -> Fact:
        """Answer only with the experiment, which is known without a directory."""
        return cast("Fact", self._experiment) if question is as_begun else unknown

    def state(self) -> str:
        """Always finished."""
        return "finished"

    def summary(self) -> Summary | None:
        """None: no summary was written."""
        return None

    def live(self) -> LiveState | None:
        """None: nothing is training."""
        return None

    def weights(self) -> Weights | None:
        """The weights of the network."""
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
        """No relatives."""
        return []

    def log_tail(self, lines: int = 20) -> str:  # noqa: ARG002
        """Empty: what plugins print goes to the program's stdout."""
        return ""

    def experiment_toml(self) -> str:
        """The experiment with every default written out."""
        return dump_experiment(self._experiment)


class HeldNet(Recorded):
    """The network of such a run, with its training data."""

    def __init__(self, reader: Run, trained: TrainedNet, experiment: Experiment) -> None:
        super().__init__(reader, experiment, None, trained.components.registry)
        self._trained = trained

    @property
    def owners(self) -> Mapping[str, str]:
        """The owners that the network knows."""
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
