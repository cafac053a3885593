"""Runs that a lesson trains: each once in a process, in a folder that goes with it."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec
import numpy as np

from tui_nn.engine.data import Dataset
from tui_nn.engine.events import Ended, EpochFinished, Event, Reason
from tui_nn.experiment import Experiment, dump_experiment
from tui_nn.experiment.build import build
from tui_nn.experiment.requirement import Outcome
from tui_nn.plugin.registry import Registry
from tui_nn.report.outcome import outcome
from tui_nn.runs import open_run
from tui_nn.runs.reader import RunReader
from tui_nn.runs.recorder import RunRecorder
from tui_nn.runs.session import Session
from tui_nn.training.whole import whole_of

LONGEST = 20.0  # seconds that a student's training may take


@dataclass(frozen=True)
class Reached:
    """What a run has reached after an epoch, 0 before the first; the last one has what was measured at its end."""

    epoch: int
    outcome: Outcome


@dataclass(frozen=True)
class Trained:
    """A run that has ended. moments: one for each epoch, and one for its end."""

    reader: RunReader
    moments: tuple[Reached, ...]
    ended: Ended


# Told of the run directory and each moment while it trains; False ends the training.
Watch = Callable[[Path, Reached], bool]

_known: dict[str, Trained] = {}
_one_at_a_time = threading.Lock()


def trained(
    experiment: Experiment, registry: Registry, data: Dataset | None, watch: Watch | None, longest: float
) -> Trained:
    """Train, unless this very experiment has been trained before. Raises TuiNNError for what cannot be built.

    data: those of the experiment, where they have been read. longest: seconds that it may take.
    """
    limit = experiment.training.max_seconds
    seconds = longest if limit is None else min(longest, limit)
    experiment = msgspec.structs.replace(
        experiment, training=msgspec.structs.replace(experiment.training, max_seconds=seconds)
    )
    text = dump_experiment(experiment)
    with _one_at_a_time:
        found = _known.get(text)
        if found is None:
            found = _train(experiment, registry, data, watch)
            if found.ended.reason not in (Reason.INTERRUPTED, Reason.MAX_TIME):  # another time these may go further
                _known[text] = found
        elif watch is not None:
            for moment in found.moments:
                watch(found.reader.path, moment)
        return found


def _train(experiment: Experiment, registry: Registry, data: Dataset | None, watch: Watch | None) -> Trained:
    moments: list[Reached] = []
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        setup = build(experiment, registry, data)
        path = Path(tempfile.mkdtemp(dir=_folder())) / "run"
        recorder = RunRecorder(path, setup.trainer, whole_of(setup, registry, path))

        def observe(event: Event) -> None:
            if isinstance(event, EpochFinished | Ended):
                recorder.flush()
                moments.append(Reached(event.epoch, outcome(recorder.history)))
                if watch is not None and not watch(path, moments[-1]):
                    session.interrupt()

        session = Session(setup.trainer, recorder, observers=[observe])
        ended = session.run()
        recorder.finish(ended, [], 0)
    return Trained(open_run(path), tuple(moments), ended)


@cache
def _folder() -> str:
    """Where they are, until the process ends."""
    folder = tempfile.mkdtemp(prefix="tui-nn-lesson-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
