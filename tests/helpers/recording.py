"""A run directory for tests: an experiment trained to its end, in this process."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tui_nn.engine.events import SCHEMA, LayerShape, SettingChanged, Started
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.experiment.change import Settings
from tui_nn.plugin.registry import Registry
from tui_nn.runs.recorder import RunRecorder
from tui_nn.runs.session import Session
from tui_nn.training.whole import whole_of

STARTED = Started(
    schema=SCHEMA,
    experiment="made",
    inputs=2,
    parameters=3,
    layers=(LayerShape("dense", 1, "sigmoid", (1, 3)),),
    classes=("0", "1"),
    features=(),
    picture=None,
    samples={"train": 4, "validation": 0, "test": 0},
    batches=4,
    epochs=10,
    seed=0,
    loss="binary_cross_entropy",
    metrics=("accuracy",),
)  # the first event of a run of one unit


def train(
    folder: Path, registry: Registry, name: str, *overrides: str, changes: Iterable[tuple[int, int, str, str]] = ()
) -> Path:
    """Train an example or a file with these KEY=VALUE into `folder`, changed by hand on the way; returns `folder`."""
    experiment = load_experiment(name, overrides)
    setup = build(experiment, registry)
    settings = Settings(experiment, registry, setup.trainer)
    recorder = RunRecorder(folder, settings.trainer, whole_of(setup, registry, folder))
    script = [SettingChanged(*change) for change in changes]
    recorder.finish(Session(settings.trainer, recorder, settings=settings, script=script).run(), [], 0)
    return folder
