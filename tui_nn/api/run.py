"""A recorded run for programs: its history, and its network at any recorded moment."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from tui_nn.api.components import Components
from tui_nn.api.trained import TrainedNet
from tui_nn.errors import StorageError
from tui_nn.experiment.load import load_experiment
from tui_nn.experiment.schema import Experiment
from tui_nn.plurals import plural
from tui_nn.runs import History, RunReader, layout, open_run
from tui_nn.runs.recipe import read_recipe
from tui_nn.runs.summary import Summary
from tui_nn.training.recorded import Recorded
from tui_nn.training.reopening import plugin_files, recorded_network
from tui_nn.views import Subject


class RecordedRun:
    """A run directory, live, finished or crashed. This class reads it and never writes."""

    def __init__(self, reader: RunReader, plugins: Sequence[str] = ()) -> None:
        self.reader = reader
        experiment, recipe = load_experiment(str(self.path / layout.EXPERIMENT), links=False), read_recipe(self.path)
        self.experiment: Experiment = experiment
        self.components = Components(plugin_files(self.path, experiment, recipe, plugins))

    def __repr__(self) -> str:
        return f"<run {self.path}: {self.state}, {plural(self.history.last_epoch, 'epoch')}>"

    @property
    def path(self) -> Path:
        """The directory of the run."""
        return self.reader.path

    @property
    def history(self) -> History:
        """The history, read anew: `epochs`, `train["loss"]`, `validation["accuracy"]`, ... have equal lengths."""
        self.reader.refresh()
        return self.reader.history

    @property
    def state(self) -> str:
        """The state: starting, live, paused, finished or crashed."""
        return self.reader.state()

    @property
    def summary(self) -> Summary | None:
        """The content of `summary.json`: reason, metrics, requirements; None while there is none."""
        return self.reader.summary()

    @property
    def epochs(self) -> list[int]:
        """The epochs whose weights are recorded, which you can pass to `at`."""
        records = self.reader.snapshots()
        return [] if records is None else [int(epoch) for epoch in records.epochs]

    @property
    def net(self) -> TrainedNet:
        """The network with its newest weights; for a finished run, its last ones. Raises StorageError."""
        return self._net(None)

    def at(self, epoch: int) -> TrainedNet:
        """The network as last recorded up to this epoch; 0 is before training. Raises StorageError."""
        return self._net(epoch)

    def _net(self, epoch: int | None) -> TrainedNet:
        self.reader.refresh()
        subject = Subject(self.reader)
        subject.go(epoch)
        weights = subject.weights()
        if weights is None:
            raise StorageError(f"{self.path}: no weights are recorded here yet.")
        recorded = self.recorded
        net = recorded.net.with_thetas(weights.thetas)
        return TrainedNet(net, recorded.owners, self.components, self.experiment, self.history, None, self.path)

    @cached_property
    def recorded(self) -> Recorded:
        """The run's network, into which weights can be put, and its data."""
        return recorded_network(self.reader, self.components.registry)

    def _repr_svg_(self) -> str:
        """The loss curve of the training."""
        from tui_nn.api.show import show

        return show(self)._repr_svg_()


def open_recorded(run: str | os.PathLike[str], plugins: Sequence[str] = ()) -> RecordedRun:
    """Open a run directory, or "latest", the newest under ./runs. plugins: the plugin files of its training.

    Raises StorageError if it is not a run, PluginError for a plugin that may not run or has changed.
    """
    return RecordedRun(open_run(os.fspath(run)), plugins)
