"""Changing a setting of a run that trains, without losing its weights.

Only what leaves every Theta as it is can be changed: how fast and how far steps go, not what they move.
"""

from __future__ import annotations

from typing import Any

import msgspec

from tui_nn.engine.optimizer import Minimiser
from tui_nn.engine.stepper import Penalty
from tui_nn.engine.stopping import Limits
from tui_nn.engine.trainer import Trainer
from tui_nn.errors import ExperimentError, did_you_mean
from tui_nn.experiment.build import check
from tui_nn.experiment.load import SHORTHANDS, apply_override, decode
from tui_nn.experiment.schema import Experiment
from tui_nn.plugin.registry import Registry

CHANGEABLE = (
    "optimizer", "schedule", "lambda", "l1", "clip_norm", "clip_value", "batch", "epochs", "max_steps", "max_seconds"
)  # fmt: skip


class Settings:
    """The settings of one run as they are now: the experiment it began with, and what was changed since."""

    def __init__(self, experiment: Experiment, registry: Registry, trainer: Trainer) -> None:
        self.experiment = experiment
        self.trainer = trainer
        self._registry = registry

    def changed(self, key: str, value: str, *, of: Experiment | None = None) -> Experiment:
        """The experiment, or that `of` another change, with this change, its value as TOML has it.

        Raises ExperimentError if it cannot be made while the run trains.
        """
        key = SHORTHANDS.get(key, key)
        names = [f"training.{name}" for name in CHANGEABLE]
        path = key.replace("[", ".").split(".")
        if path[0] != "training" or len(path) < 2 or path[1] not in CHANGEABLE:
            raise ExperimentError(
                f"'{key}' cannot change while a run trains: its weights would not fit, or its past would not be true."
                f"{did_you_mean(key, names)}"
            )
        if isinstance(self.trainer.optimizer, Minimiser):
            raise ExperimentError(f"'{self.trainer.optimizer.name}' chooses its steps itself: nothing can change.")
        tree: dict[str, Any] = msgspec.to_builtins(of or self.experiment)
        apply_override(tree, f"{key}={value}")
        experiment = decode(tree, f"{self.experiment.name}.toml")
        check(experiment, self._registry)
        training, progress = experiment.training, self.trainer.progress
        if training.epochs < progress.epochs:
            raise ExperimentError(f"training.epochs: {progress.epochs} are done already.")
        if training.max_steps is not None and training.max_steps < progress.step:
            raise ExperimentError(f"training.max_steps: {progress.step} are done already.")
        return experiment

    def change(self, key: str, value: str) -> None:
        """Change the run from its next step on. Raises ExperimentError as `changed` does, and changes nothing then."""
        self.experiment = self.changed(key, value)
        training, samples = self.experiment.training, len(self.trainer.splits.train)
        self.trainer.use(
            self._registry.create("optimizer", training.optimizer),
            self._registry.create("schedule", training.schedule),
            Penalty(training.lambda_ / samples, training.l1 / samples, training.clip_norm, training.clip_value),
            samples if training.batch == "full" else min(training.batch, samples),
            training.epochs,
            Limits(training.max_steps, training.max_seconds),
        )
