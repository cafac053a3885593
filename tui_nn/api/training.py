"""Training from a program: event by event, or to its end."""

from __future__ import annotations

import contextlib
import copy
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from tui_nn.api.library import held
from tui_nn.api.live_line import LiveLine
from tui_nn.api.plan import PlannedTraining, planned
from tui_nn.api.recording import kept, recorded
from tui_nn.api.trained import TrainedNet
from tui_nn.datasets.table_dataset import TableDataset
from tui_nn.diagnosis import before_training
from tui_nn.engine.events import Ended, Event, Reason, StepsFinished
from tui_nn.errors import ExitCode, ExperimentError, TuiNNError
from tui_nn.experiment.schema import Experiment
from tui_nn.experiment.threads import library_threads
from tui_nn.plugin.blame import blaming
from tui_nn.runs.history import History
from tui_nn.training.for_data import described

Array = np.ndarray[Any, np.dtype[Any]]

LOSS = "loss"  # the metric


class Diverged(TuiNNError):
    """A number stopped being finite, so there is no network to return."""

    exit_code = ExitCode.DIVERGED


class TrainingEvents:
    """A training under way, as an iterator of its events; the last is `Ended`. To pause, do not ask for the next event.

    history: columns of what has happened so far. run: the run directory, None without one. briefly: measure only the
    loss and what a rule watches. A training that you leave before its end (by `close`, at the end of a `with`, or when
    nothing refers to it any more) is interrupted; its run, if kept, can then be resumed.
    """

    def __init__(
        self, plan: PlannedTraining, run: Path | None = None, *, keep: bool = False, briefly: bool = False
    ) -> None:
        self._plan = plan
        with held(plan.experiment.training.threads), _quiet():
            self._setup = plan.setup()
        if briefly:
            trainer = self._setup.trainer
            watched = {rule.metric for rule in (trainer.stopping, trainer.plateau) if rule is not None} | {LOSS}
            trainer.metrics = [metric for metric in trainer.metrics if metric.name in watched]
            trainer.health = False
        self._threads = library_threads(self._setup.network, self._setup.trainer.batch)
        self.history = History()
        self.run: Path | None = None
        if run is not None or keep:
            self.run, self._setup = kept(plan, self._setup, run)
            self._events = recorded(self._setup, plan, self.run)
        else:
            self._events = self._setup.trainer.events()

    @property
    def experiment(self) -> Experiment:
        """The experiment that is trained, with every default filled in."""
        return self._setup.experiment

    def remarks(self) -> list[str]:
        """Sentences of the command line: what was made of the columns of a table, and what cannot go well."""
        data, trainer = self._setup.data, self._setup.trainer
        made = described(data) if isinstance(data, TableDataset) else ()
        return [*made, *(verdict.sentence for verdict in before_training(trainer.started(), self.experiment))]

    @property
    def net(self) -> TrainedNet:
        """The network at this moment; further training does not change it."""
        setup, plan = self._setup, self._plan
        net = replace(setup.net, parameters=setup.network.parameters.values.copy())
        history = self.history if self.history.ended is not None else copy.deepcopy(self.history)
        return TrainedNet(net, setup.owners, plan.components, setup.experiment, history, plan.data, self.run)

    def __iter__(self) -> Iterator[Event]:
        return self

    def __next__(self) -> Event:
        with held(self._threads), _quiet(), blaming(self._plan.registry.plugins):
            event = next(self._events)
        for one in event.each() if isinstance(event, StepsFinished) else (event,):
            self.history.apply(one)
        return event

    def begin_at(self, parameters: Array) -> None:
        """Begin with these weights, flat, instead of random ones. Call it before the first event.

        Raises ExperimentError for weights of another network, and for a run that is kept: use `weights=FILE` there.
        """
        own = self._setup.network.parameters.values
        if self.run is not None or self.history.started is not None:
            raise ExperimentError("weights can be put into a training that is not kept, and has not begun.")
        if parameters.shape != own.shape:
            raise ExperimentError(f"found {len(parameters):,} weights for a network of {len(own):,}.")
        own[...] = parameters

    def close(self) -> None:
        """End the training here. If its run is kept, it counts as interrupted."""
        if hasattr(self._events, "close"):
            self._events.close()

    def __enter__(self) -> TrainingEvents:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def begin_training(
    data: Any, y: Any = None, *, sample_weight: Any = None, run: str | os.PathLike[str] | bool | None = None,
    plugins: Sequence[Any] = (), **keys: Any,
) -> TrainingEvents:  # fmt: skip
    """Begin a training that goes on as you ask for its events: `for event in tui_nn.training("digits"): ...`.

    It takes the arguments of `train`. The events are classes of `tui_nn.engine.events`: `Started`, `StepsFinished`
    with the mean cost of each batch, `EpochFinished` with the metrics of both parts, `Ended` with the reason.
    """
    plan = planned(data, y, plugins, keys, sample_weight)
    if run is False:
        run = None
    return TrainingEvents(plan, None if run is None or run is True else Path(run), keep=run is True)


def train(
    data: Any, y: Any = None, *, sample_weight: Any = None, run: str | os.PathLike[str] | bool | None = None,
    plugins: Sequence[Any] = (), progress: bool | None = None, **keys: Any,
) -> TrainedNet:  # fmt: skip
    """Train to the end and return the trained network.

    data: inputs (m, n) or pictures (m, rows, columns), with y: classes (m,), numbers (m,) or (m, q), or 0 and 1 for
    several labels (m, q); a frame of pandas or polars; a path; the name of a data set or an example. keys: those of the
    experiment (docs/experiment.md), by their last part: `epochs=30`, `rate=0.1`, `layers=["25 relu", "softmax"]`. run:
    the directory for the run, True for a new one under ./runs. sample_weight: (m,), how much each sample counts, for
    arrays and frames. plugins: plugin files, and components made with the decorators of `tui_nn.plugin`. progress:
    whether to show the progress in a line on stderr; None shows it only if a person sees it.

    Raises ExperimentError, DataError, PluginError and StorageError as the command line would show them, and Diverged.
    """
    training = begin_training(data, y, sample_weight=sample_weight, run=run, plugins=plugins, **keys)
    line = LiveLine(training.experiment.training.epochs, progress)
    line.say(*training.remarks())
    ended: Ended | None = None
    with training, contextlib.closing(line):
        for event in training:
            line.event(event)
            if isinstance(event, Ended):
                ended = event
    assert ended is not None
    if ended.reason == Reason.DIVERGED:
        raise Diverged(ended.message)
    return training.net


def _quiet() -> contextlib.AbstractContextManager[Any]:
    """Silence numpy's warnings: overflow is found and reported where it matters."""
    return np.errstate(over="ignore", invalid="ignore", divide="ignore")
