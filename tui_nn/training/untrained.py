"""A run of no steps: the network of an experiment as it is before training, in a directory that every view can read."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tui_nn.experiment.build import build
from tui_nn.experiment.schema import Experiment
from tui_nn.plugin.registry import Registry
from tui_nn.runs.reader import RunReader, open_run
from tui_nn.runs.recorder import RunRecorder
from tui_nn.runs.session import Session
from tui_nn.training.whole import whole_of


def record_untrained(experiment: Experiment, registry: Registry, folder: Path) -> RunReader:
    """Record data, initial weights and what they are worth in `folder`. Raises TuiNNError for what cannot be built."""
    training = msgspec.structs.replace(experiment.training, epochs=0)
    setup = build(msgspec.structs.replace(experiment, training=training), registry)
    recorder = RunRecorder(folder, setup.trainer, whole_of(setup, registry, folder))
    recorder.finish(Session(setup.trainer, recorder).run(), [], 0)
    return open_run(folder)
