"""From an experiment to a trainer: every name looked up, every size checked, before anything is trained."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from tui_nn.datasets import load_path, scale, split
from tui_nn.engine.data import Dataset, Splits
from tui_nn.engine.events import LayerShape
from tui_nn.engine.layer import Layer
from tui_nn.engine.loss import Loss
from tui_nn.engine.network import Network
from tui_nn.engine.targets import Targets
from tui_nn.engine.trainer import Trainer
from tui_nn.errors import DataError, ExperimentError, did_you_mean
from tui_nn.experiment.schema import Choice, Experiment
from tui_nn.plugin.registry import Registry


@dataclass(frozen=True)
class Shapes:
    """What a network will look like, known before it is built. classes: number, 0 for a regression."""

    inputs: int
    outputs: int
    classes: tuple[str, ...]
    picture: tuple[int, int] | None
    samples: int
    layers: tuple[LayerShape, ...]
    parameters: int


@dataclass(frozen=True)
class Setup:
    """An experiment, ready to run."""

    experiment: Experiment
    network: Network
    splits: Splits
    trainer: Trainer


@dataclass(frozen=True)
class _Facts:
    """What shapes depend on in a data set."""

    inputs: int
    outputs: int
    classes: tuple[str, ...]
    picture: tuple[int, int] | None
    samples: int


def load_data(experiment: Experiment, registry: Registry) -> Dataset:
    """The data set that `data.source` names: a registered one, or a path."""
    source = experiment.data.source
    try:
        return _load(source, experiment.data.target, experiment.training.seed, registry)
    except ExperimentError as error:
        raise error.within("data.source").of_file(_file(experiment)) from None


def _load(source: Choice, target: str | None, seed: int, registry: Registry) -> Dataset:
    names = registry.names("dataset")
    if isinstance(source, str) and source not in names:
        path = Path(source)
        if path.exists() or path.is_absolute():
            return load_path(path, target)
        raise ExperimentError(
            f"'{source}' is neither a data set nor a file or folder.{did_you_mean(source, names)} "
            "A folder of MNIST's IDX files, for instance, is given with --set data.source=FOLDER."
        )
    dataset: Dataset = registry.create("dataset", source).load(seed)
    return dataset


@lru_cache(maxsize=8)
def _cached_facts(source: str, target: str | None, modified: float, registry: Registry) -> _Facts:  # noqa: ARG001
    data = _load(json.loads(source), target, 0, registry)
    outputs = len(data.classes) or (data.y.shape[1] if data.y.ndim == 2 else 1)
    return _Facts(data.x.shape[1], outputs, data.classes, data.picture, len(data.x))


def _facts(experiment: Experiment, registry: Registry) -> _Facts:
    source = experiment.data.source
    path = Path(source) if isinstance(source, str) else None
    modified = path.stat().st_mtime if path is not None and path.exists() else 0.0
    try:
        return _cached_facts(json.dumps(source, sort_keys=True), experiment.data.target, modified, registry)
    except ExperimentError as error:
        raise error.within("data.source").of_file(_file(experiment)) from None


def check(experiment: Experiment, registry: Registry) -> Shapes:
    """The shapes of the network, or ExperimentError for whatever `build` would refuse. Keeps no data."""
    facts = _facts(experiment, registry)
    parts = _parts(experiment, registry, facts.outputs, facts.classes)
    network = Network(facts.inputs, parts.layers, np.float32)
    return Shapes(
        facts.inputs,
        facts.outputs,
        facts.classes,
        facts.picture,
        facts.samples,
        network.shapes(),
        len(network.parameters),
    )


def build(experiment: Experiment, registry: Registry) -> Setup:
    """Load the data, divide and scale it, build the network, draw its weights."""
    data = load_data(experiment, registry)
    outputs = len(data.classes) or (data.y.shape[1] if data.y.ndim == 2 else 1)
    parts = _parts(experiment, registry, outputs, data.classes)
    settings, training = experiment.data, experiment.training
    dtype = np.dtype(training.dtype)
    splits = split(data, settings.validation, settings.test, training.seed)
    splits = scale(splits, settings.scale, data.unit_scale, dtype)
    samples = len(splits.train)
    if samples == 0:
        raise DataError(f"data set '{data.name}' leaves no samples to train on.")
    network = Network(data.x.shape[1], parts.layers, dtype)
    network.initialise(parts.initialiser, training.seed)
    task = "classification" if data.classes else "regression"
    trainer = Trainer(
        experiment=experiment.name,
        network=network,
        splits=splits,
        targets=_targets(parts.layers[-1], parts.loss, data.classes, outputs),
        loss=parts.loss,
        optimizer=parts.optimizer,
        schedule=parts.schedule,
        metrics=[metric for metric in registry.all("metric") if metric.task == task],
        batch=samples if training.batch == "full" else min(training.batch, samples),
        epochs=training.epochs,
        seed=training.seed,
        decay=training.lambda_ / samples,
    )
    return Setup(experiment, network, splits, trainer)


@dataclass(frozen=True)
class _Parts:
    layers: list[Layer]
    loss: Loss
    optimizer: Any
    schedule: Any
    initialiser: Any


def _parts(experiment: Experiment, registry: Registry, outputs: int, classes: tuple[str, ...]) -> _Parts:
    """Every component that the experiment names, and that they fit each other."""
    training = experiment.training
    try:
        layers = [
            _create(registry, "layer", layer, f"network.layers[{index}]")
            for index, layer in enumerate(experiment.network.layers)
        ]
        parts = _Parts(
            layers,
            _create(registry, "loss", training.loss, "training.loss"),
            _create(registry, "optimizer", training.optimizer, "training.optimizer"),
            _create(registry, "schedule", training.schedule, "training.schedule"),
            _create(registry, "initialiser", experiment.network.initialiser, "network.initialiser"),
        )
        _check_fit(parts, outputs, classes)
    except ExperimentError as error:
        raise error.of_file(_file(experiment)) from None
    return parts


def _create(registry: Registry, kind: str, spec: str | Mapping[str, Any], key: str) -> Any:
    try:
        return registry.create(kind, spec)
    except ExperimentError as error:
        raise error.within(key) from None


def _check_fit(parts: _Parts, outputs: int, classes: tuple[str, ...]) -> None:
    last = parts.layers[-1]
    units = last.output_size(0)
    key = f"network.layers[{len(parts.layers) - 1}]"
    single = len(classes) == 2 and units == 1
    if units != outputs and not single:
        what = f"has {outputs} classes" if classes else f"has {outputs} target columns"
        either = f"{outputs}, or 1" if len(classes) == 2 else str(outputs)
        raise ExperimentError(f"found {units}; the data {what}: expected {either}.", f"{key}.units")
    if parts.loss.classification_only and not classes:
        raise ExperimentError(
            f"'{parts.loss.name}' needs classes, and the data has numbers as targets. Try 'mean_squared_error'.",
            "training.loss",
        )
    if not parts.loss.accepts(last.activation):
        low, high = parts.loss.output_range or (0, 1)
        raise ExperimentError(
            f"loss '{parts.loss.name}' needs outputs between {low:g} and {high:g}, and '{last.activation.name}' "
            f"gives others. Try '{parts.loss.canonical}'.",
            f"{key}.activation",
        )
    if units == 1 and last.activation.name == "softmax":
        raise ExperimentError("softmax over a single unit is always 1. Try 'sigmoid'.", f"{key}.activation")
    if units == 1 and parts.loss.canonical == "softmax":
        raise ExperimentError(
            f"loss '{parts.loss.name}' needs one output a class, and there is one output. Try 'one_vs_all'.",
            "training.loss",
        )


def _targets(last: Layer, loss: Loss, classes: tuple[str, ...], outputs: int) -> Targets:
    units = last.output_size(0)
    low, high = last.activation.range if loss.signed_targets else (0.0, 1.0)
    if not (np.isfinite(low) and np.isfinite(high)):
        low, high = 0.0, 1.0
    return Targets(len(classes), units if classes else outputs, low, high)


def _file(experiment: Experiment) -> str:
    return experiment.name if experiment.name.endswith(".toml") else f"{experiment.name}.toml"
