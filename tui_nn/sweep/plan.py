"""From a grid of settings to a list of trials: every combination, each with every seed.

A setting is what `--set` takes. `activation` stands for that of all hidden layers, for that is what is compared most.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tui_nn.engine.metric import Better
from tui_nn.errors import ExperimentError
from tui_nn.experiment import Experiment, load_experiment
from tui_nn.experiment.folds import every_fold
from tui_nn.experiment.load import value_of
from tui_nn.sweep.trial import Trial, make_trial

MOST_TRIALS = 10_000
ACTIVATION = "activation"  # of every hidden layer that names one
BUILT_IN: dict[str, Better | None] = {
    "loss": "low", "cost": "low", "log_loss": "low", "mae": "low", "rmse": "low", "hamming_loss": "low",
    "accuracy": "high", "top_3": "high", "precision": "high", "recall": "high", "f1": "high", "f1_binary": "high",
    "balanced_accuracy": "high", "mcc": "high", "roc_auc": "high", "r2": "high",
    "exact_match": "high", "f1_macro": "high", "f1_micro": "high",
}  # fmt: skip


@dataclass(frozen=True)
class Axis:
    """One key of the experiment and the values that it takes, as they were written."""

    key: str
    values: tuple[str, ...]

    @staticmethod
    def parse(text: str) -> Axis:
        """KEY=VALUE,VALUE,...; commas within brackets, braces and quotes belong to a value."""
        key, equals, rest = text.partition("=")
        values = tuple(value.strip() for value in _split(rest))
        if not equals or not key.strip() or not all(values):
            raise ExperimentError(f"'{text}': expected KEY=VALUE,VALUE,..., such as training.optimizer.rate=0.01,0.1.")
        known: set[str] = set()
        twice = [value for value in values if value in known or known.add(value)]  # type: ignore[func-returns-value]
        if twice:
            raise ExperimentError(f"'{text}': {twice[0]} is given twice.")
        return Axis(key.strip(), values)


@dataclass(frozen=True)
class Plan:
    """The trials of a sweep: settings vary slowest, then seeds, then folds. labels: the axes' names in tables.

    metrics: what the trials measure -> which way is better, None where a metric does not say; without a registry, those
    that are built in.
    """

    name: str
    labels: tuple[str, ...]
    axes: tuple[Axis, ...]
    seeds: tuple[int, ...]
    trials: tuple[Trial, ...]
    metrics: Mapping[str, Better | None] = field(default_factory=BUILT_IN.copy)


def make_plan(
    name_or_path: str,
    axes: Sequence[Axis] = (),
    seeds: int = 1,
    overrides: Sequence[str] = (),
    plugins: Iterable[str] = (),
    require: Iterable[str] = (),
) -> Plan:
    """Every combination of the axes' values, with `seeds` seeds from the experiment's own upwards, in all its folds.

    Raises ExperimentError for a key or value that the experiment cannot take, before anything is trained.
    """
    keys = [axis.key for axis in axes]
    for key in keys:
        if keys.count(key) > 1:
            raise ExperimentError(f"{key}: is varied twice. Give all its values together: {key}=A,B,...")
    combinations = seeds * math.prod(len(axis.values) for axis in axes)
    if combinations > MOST_TRIALS:
        raise ExperimentError(f"{combinations:,} trials; a sweep has at most {MOST_TRIALS:,}.")
    base = load_experiment(name_or_path, overrides)
    if seeds > 1 and "training.seed" in keys:
        raise ExperimentError("training.seed: is already varied; remove --seeds.")
    labels = tuple(labels_of(keys))
    first = base.training.seed
    numbers = tuple(range(first, first + seeds))
    trials = []
    for values in itertools.product(*(axis.values for axis in axes)):
        words = [word for key, value in zip(keys, values, strict=True) for word in expand(key, value, base)]
        settings = {label: value_of(value) for label, value in zip(labels, values, strict=True)}
        for seed in numbers:
            chosen = (*overrides, *(() if "training.seed" in keys else (f"training.seed={seed}",)), *words)
            folds = every_fold(load_experiment(name_or_path, chosen))
            if combinations * len(folds) > MOST_TRIALS:
                raise ExperimentError(f"{combinations * len(folds):,} trials; a sweep has at most {MOST_TRIALS:,}.")
            trials += [make_trial(experiment, plugins, require, settings) for experiment in folds]
    return Plan(base.name, labels, tuple(axes), numbers, tuple(trials))


def expand(key: str, value: str, experiment: Experiment) -> list[str]:
    """The KEY=VALUE words that one value of an axis stands for."""
    if key != ACTIVATION:
        return [f"{key}={value}"]
    hidden = [index for index, layer in enumerate(experiment.network.layers[:-1]) if ACTIVATION in layer]
    if not hidden:
        raise ExperimentError(f"{ACTIVATION}: '{experiment.name}' has no hidden layer with an activation to vary.")
    return [f"network.layers[{index}].{ACTIVATION}={value}" for index in hidden]


def labels_of(keys: Sequence[str]) -> list[str]:
    """Each key by its last parts, as few as tell it from the others."""
    parts = [key.split(".") for key in keys]
    names = []
    for mine in parts:
        for count in range(1, len(mine) + 1):
            name = ".".join(mine[-count:])
            if sum(".".join(other[-count:]) == name for other in parts) == 1:
                break
        names.append(name)
    return names


def _split(text: str) -> list[str]:
    """At the commas that stand outside of brackets, braces and quotes."""
    parts, depth, quote = [""], 0, ""
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in "[{":
            depth += 1
        elif character in "]}":
            depth -= 1
        if character == "," and not depth and not quote:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def shown(value: Any) -> str:
    """A setting's value as it is written in a table."""
    return value if isinstance(value, str) else json.dumps(value)
