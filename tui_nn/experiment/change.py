"""Changing a setting of a run that trains, or one of its weights by hand.

Only what leaves the shape of every Theta as it is can be changed: how fast and how far steps go, and from where.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np

from tui_nn.engine.optimizer import Minimizer
from tui_nn.engine.trainer import Trainer
from tui_nn.errors import ExperimentError, did_you_mean
from tui_nn.experiment.build import check
from tui_nn.experiment.frozen import frozen_places
from tui_nn.experiment.hyperparameters import batch_of, limits_of, penalty_of
from tui_nn.experiment.load import SHORTHANDS, apply_override, decode
from tui_nn.experiment.schema import Experiment
from tui_nn.experiment.toml import toml_value
from tui_nn.plugin.registry import Registry
from tui_nn.plurals import plural

CHANGEABLE = (
    "optimizer", "schedule", "lambda", "l1", "clip_norm", "clip_value", "frozen", "batch", "epochs", "max_steps",
    "max_seconds",
)  # fmt: skip
WEIGHT = re.compile(r"theta\[(\d{1,6})\]\[(\d{1,6})\]\[(\d{1,6})\]")  # layer and unit from 1, input from 0: the bias

Array = np.ndarray[Any, np.dtype[Any]]


def live_changes(before: Experiment, after: Experiment) -> dict[str, str] | None:
    """What a run that trains would have to be asked: {"training.batch": "64", ...}, values as TOML has them.

    None if anything else differs, so that it takes another run: a key outside CHANGEABLE, or one that was removed.
    """
    old, new = msgspec.to_builtins(before), msgspec.to_builtins(after)
    was, now = old.pop("training"), new.pop("training")
    changed = {key for key in {*was, *now} if was.get(key) != now.get(key)}
    if old != new or changed - {*CHANGEABLE}:
        return None
    found: dict[str, str] = {}
    for key in sorted(changed):
        if now[key] is None:
            return None
        options = _options_changed(was[key], now[key])
        if options is None:
            found[f"training.{key}"] = toml_value(now[key])
        else:
            found |= {f"training.{key}.{option}": toml_value(value) for option, value in options.items()}
    return found


def _options_changed(was: Any, now: Any) -> dict[str, Any] | None:
    """The options of a choice that changed, where nothing but values of options did; None otherwise."""
    if not isinstance(was, dict) or not isinstance(now, dict) or was.keys() - now.keys():
        return None
    changed = {option: value for option, value in now.items() if was.get(option) != value}
    return None if "kind" in changed else changed


class Settings:
    """The settings of one run as they are now: the experiment it began with, and what was changed since."""

    def __init__(self, experiment: Experiment, registry: Registry, trainer: Trainer) -> None:
        self.experiment = experiment
        self.trainer = trainer
        self._registry = registry

    def changed(self, changes: Mapping[str, str]) -> Experiment:
        """The experiment with these changes, their values as TOML has them.

        Raises ExperimentError if any of them cannot be made while the run trains.
        """
        if isinstance(self.trainer.optimizer, Minimizer):
            raise ExperimentError(
                f"'{self.trainer.optimizer.name}' chooses its own steps: nothing can be changed during training."
            )
        experiment = self.experiment
        for key, value in changes.items():
            # One after another, as a repetition of the run will make them.
            experiment = self._one(experiment, key, value)
        return experiment

    def _one(self, of: Experiment, key: str, value: str) -> Experiment:
        if key.startswith("theta"):
            self._weight(key, value)
            return of
        key = SHORTHANDS.get(key, key)
        path = key.replace("[", ".").split(".")
        if path[0] != "training" or len(path) < 2 or path[1] not in CHANGEABLE:
            names = [f"training.{name}" for name in CHANGEABLE]
            raise ExperimentError(
                f"'{key}' cannot be changed during training: it would invalidate the weights or the recorded history."
                f"{did_you_mean(key, [*names, 'theta[LAYER][UNIT][INPUT]'])}"
            )
        tree: dict[str, Any] = msgspec.to_builtins(of)
        apply_override(tree, f"{key}={value}")
        experiment = decode(tree, f"{self.experiment.name}.toml")
        check(experiment, self._registry)
        training, progress = experiment.training, self.trainer.progress
        if training.epochs < progress.epochs:
            raise ExperimentError(f"training.epochs: {plural(progress.epochs, 'epoch is', 'epochs are')} already done.")
        if training.max_steps is not None and training.max_steps < progress.step:
            raise ExperimentError(f"training.max_steps: {plural(progress.step, 'step is', 'steps are')} already done.")
        return experiment

    def change(self, changes: Mapping[str, str]) -> None:
        """Change the run from its next step on. Raises ExperimentError as `changed` does, and changes nothing then."""
        experiment = self.changed(changes)
        for key, value in changes.items():
            if key.startswith("theta"):
                theta, unit, place, number = self._weight(key, value)
                theta[unit - 1, place] = number
        if experiment != self.experiment:
            self._use(experiment)

    def _use(self, experiment: Experiment) -> None:
        self.experiment = experiment
        training, samples = self.experiment.training, len(self.trainer.splits.train)
        network = self.trainer.network
        network.parameters.frozen = frozen_places(training.frozen or (), network)
        self.trainer.use(
            self._registry.create("optimizer", training.optimizer),
            self._registry.create("schedule", training.schedule),
            penalty_of(training, self.trainer.splits.train.size),
            batch_of(training, samples),
            training.epochs,
            limits_of(training),
        )

    def _weight(self, key: str, value: str) -> tuple[Array, int, int, float]:
        """Theta of a layer, a unit from 1, an input (0 is the bias), and the number that is to stand there."""
        match = WEIGHT.fullmatch(key.replace(" ", ""))
        if match is None:
            raise ExperimentError(
                f"'{key}' is not a weight; expected theta[LAYER][UNIT][INPUT]: counted from 1, input 0 the bias."
            )
        layer, unit, place = map(int, match.groups())
        parameters = self.trainer.network.parameters
        thetas = parameters.views(parameters.values)
        if not 1 <= layer <= len(thetas):
            raise ExperimentError(f"{key}: expected a layer from 1 to {len(thetas)}.")
        theta = thetas[layer - 1]
        if theta is None:
            raise ExperimentError(f"{key}: layer {layer}, {self.trainer.network.layers[layer - 1].name}, has no Theta.")
        units, inputs = theta.shape
        if not (1 <= unit <= units and place < inputs):
            raise ExperimentError(
                f"{key}: Theta of layer {layer} has units 1 to {units}, and inputs 0 (the bias) to {inputs - 1}."
            )
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not abs(number) <= float(np.finfo(theta.dtype).max):
            raise ExperimentError(f"{key}: found '{value}'; expected a number that is finite as {theta.dtype}.")
        return theta, unit, place, number
