"""From an experiment to a trainer: every name looked up, every size checked, before anything is trained."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from tui_nn.datasets import fill, load_path, scale, split
from tui_nn.datasets.fetch import REMOTES
from tui_nn.engine.accelerator import Accelerator
from tui_nn.engine.activation import Activation
from tui_nn.engine.data import Dataset, Splits
from tui_nn.engine.events import LayerShape
from tui_nn.engine.layer import IDENTITY, Layer
from tui_nn.engine.loss import Loss
from tui_nn.engine.metric import Better, direction
from tui_nn.engine.network import Network
from tui_nn.engine.optimizer import Minimizer
from tui_nn.engine.stopping import EarlyStopping, Plateau
from tui_nn.engine.targets import Targets
from tui_nn.engine.trainer import Trainer
from tui_nn.errors import DataError, ExperimentError, did_you_mean
from tui_nn.experiment.hyperparameters import batch_of, limits_of, penalty_of
from tui_nn.experiment.require import Vocabulary
from tui_nn.experiment.schema import Choice, DataSection, EarlyStoppingSection, Experiment, PlateauSection
from tui_nn.experiment.size import check_memory
from tui_nn.experiment.threads import crew_for, suit
from tui_nn.experiment.weights import set_weights
from tui_nn.files import is_there
from tui_nn.model import Head, Net
from tui_nn.model.preparation import preparation_of
from tui_nn.plugin.registry import Registry
from tui_nn.spelling import preferred


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
    """An experiment, ready to run. `net` has the trainer's own parameters: it is of whatever moment that is at.

    owners: "activation tanh" -> the plugin that gave it, for every component that the experiment names.
    """

    experiment: Experiment
    data: Dataset
    splits: Splits
    trainer: Trainer
    net: Net
    owners: Mapping[str, str]

    @property
    def network(self) -> Network:
        """The network that is trained."""
        return self.trainer.network


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
        return _load(source, experiment.data, experiment.training.seed, registry)
    except ExperimentError as error:
        raise error.within("data.source").of_file(_file(experiment)) from None


def _load(source: Choice, settings: DataSection, seed: int, registry: Registry) -> Dataset:
    names = registry.names("dataset")
    if isinstance(source, str) and source not in names:
        path = Path(source)
        if is_there(path) or path.is_absolute() or source in REMOTES:
            return load_path(path, settings.target, settings.missing)
        raise ExperimentError(
            f"'{source}' is neither a data set nor a file or folder.{did_you_mean(source, [*names, *REMOTES])} "
            "A folder of MNIST's IDX files, for instance, is given with --set data.source=FOLDER."
        )
    dataset: Dataset = registry.create("dataset", source).load(seed)
    return dataset


@lru_cache(maxsize=8)
def _cached_facts(source: str, settings: DataSection, modified: float, registry: Registry) -> _Facts:  # noqa: ARG001
    return _facts_of(_load(json.loads(source), settings, 0, registry))


def _facts_of(data: Dataset) -> _Facts:
    if data.classes and len(found := np.unique(data.y)) == 1:
        raise DataError(
            f"{data.name}: all {len(data.y)} samples are of class '{data.classes[int(found[0])]}': "
            "expected at least two classes."
        )
    outputs = len(data.classes) or (data.y.shape[1] if data.y.ndim == 2 else 1)
    return _Facts(data.x.shape[1], outputs, data.classes, data.picture, len(data.x))


def _facts(experiment: Experiment, registry: Registry) -> _Facts:
    source = experiment.data.source
    path = Path(source) if isinstance(source, str) else None
    modified = path.stat().st_mtime if path is not None and is_there(path) else 0.0
    try:
        # The source may be a table, which has no hash; of the rest only what decides how a file is read.
        settings = DataSection("", experiment.data.target, experiment.data.missing)
        return _cached_facts(json.dumps(source, sort_keys=True), settings, modified, registry)
    except ExperimentError as error:
        raise error.within("data.source").of_file(_file(experiment)) from None


def check(experiment: Experiment, registry: Registry) -> Shapes:
    """The shapes of the network, or ExperimentError for whatever `build` would refuse. Keeps no data."""
    facts = _facts(experiment, registry)
    parts = _parts(experiment, registry, facts)
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


def build(experiment: Experiment, registry: Registry, data: Dataset | None = None) -> Setup:
    """Load the data, unless they are given, divide and scale them, build the network, draw its weights."""
    data = load_data(experiment, registry) if data is None else data
    facts = _facts_of(data)
    parts = _parts(experiment, registry, facts)
    settings, training = experiment.data, experiment.training
    dtype = np.dtype(training.dtype)
    splits = split(data, settings.validation, settings.test, training.seed)
    splits, fills = fill(splits, settings.missing)
    splits = scale(splits, settings.scale, data.unit_scale, dtype)
    samples = len(splits.train)
    if samples == 0:
        raise DataError(f"data set '{data.name}' leaves no samples to train on.")
    batch = batch_of(training, samples)
    network = Network(data.x.shape[1], parts.layers, dtype, crew_for(training.threads))
    suit(network, batch)
    network.initialize(parts.initializer, training.seed, splits.train)
    metrics = [metric for metric in registry.all("metric") if metric.suits(len(data.classes))]
    try:
        if experiment.network.weights is not None:
            set_weights(network, experiment.network.weights, experiment.network.weights_by_columns)
        class_weights = _class_weights(training.class_weights, splits)
        directions = {metric.name: metric.better for metric in metrics if metric.returns == "number"}
        stopping = _stopping(training.early_stopping, splits, directions)
        plateau = _plateau(training.plateau, splits, directions)
    except ExperimentError as error:
        raise error.of_file(_file(experiment)) from None
    targets = _targets(parts, facts, network.outputs)
    head = Head(parts.loss, targets, parts.link, data.classes, data.targets)
    trainer = Trainer(
        experiment=experiment.name,
        network=network,
        splits=splits,
        targets=targets,
        loss=head.cost,
        optimizer=parts.optimizer,
        schedule=parts.schedule,
        metrics=metrics,
        batch=batch,
        epochs=training.epochs,
        seed=training.seed,
        penalty=penalty_of(training, samples),
        class_weights=class_weights,
        stopping=stopping,
        plateau=plateau,
        limits=limits_of(training),
        accelerator=parts.accelerator,
    )
    net = Net(preparation_of(splits, fills), network.layers, head, network.parameters.values)
    return Setup(experiment, data, splits, trainer, net, _owners(experiment, parts.link, registry))


def _owners(experiment: Experiment, link: Activation | None, registry: Registry) -> dict[str, str]:
    """Who gave each component that the experiment names, and each metric that is measured of its kind of data."""
    training, network = experiment.training, experiment.network
    named: list[tuple[str, Choice]] = [
        ("loss", training.loss),
        ("optimizer", training.optimizer),
        ("schedule", training.schedule),
        ("initializer", network.initializer),
    ]
    for layer in network.layers:
        named += [("layer", layer), ("activation", layer.get("activation", "identity"))]
    if experiment.data.source in registry.names("dataset") or isinstance(experiment.data.source, dict):
        named.append(("dataset", experiment.data.source))
    if link is not None:
        named.append(("activation", link.name))
    if training.accelerator is not None:
        named.append(("accelerator", training.accelerator))
    pairs = {(kind, preferred(spec if isinstance(spec, str) else str(spec.get("kind")))) for kind, spec in named}
    return {
        f"{kind} {name}": registry.owner(kind, name) for kind, name in sorted(pairs) if name in registry.names(kind)
    }


def vocabulary(setup: Setup) -> Vocabulary:
    """What can be required of a run of this experiment."""
    splits = setup.splits
    names = [metric.name for metric in setup.trainer.metrics if metric.returns == "number"]
    samples = {
        "train": len(splits.train),
        "validation": len(splits.validation),
        "test": len(splits.test) if splits.test else 0,
    }
    return Vocabulary([*names, "cost"], samples, splits.classes)


def _class_weights(given: str | dict[str, float], splits: Splits) -> list[float] | None:
    """What a sample of each class counts, in the order of the classes; None for one each."""
    if given == "none":
        return None
    key = "training.class_weights"
    if not splits.classes:
        raise ExperimentError("found class weights; the targets are numbers, not classes.", key)
    if isinstance(given, str):
        counts = np.bincount(splits.train.y, minlength=len(splits.classes))
        # m / (k x m_c), as in scikit-learn: every class weighs the same in all, and the mean weight is 1.
        return [float(value) for value in len(splits.train) / (len(counts) * np.maximum(counts, 1))]
    for name, weight in given.items():
        if name not in splits.classes:
            raise ExperimentError(f"unknown class.{did_you_mean(name, splits.classes)}", f"{key}.{name}")
        if not 0 <= weight < np.inf:
            raise ExperimentError(f"found {weight}; expected 0 or more.", f"{key}.{name}")
    return [given.get(name, 1.0) for name in splits.classes]


Directions = Mapping[str, Better | None]  # metric -> which way is better, None where it does not say


def _stopping(section: EarlyStoppingSection | None, splits: Splits, directions: Directions) -> EarlyStopping | None:
    if section is None:
        return None
    metric, part, better = _watched(section, "training.early_stopping", "validation", splits, directions)
    return EarlyStopping(metric, part, section.patience, section.min_change, section.restore, better)


def _plateau(section: PlateauSection | None, splits: Splits, directions: Directions) -> Plateau | None:
    if section is None:
        return None
    metric, part, better = _watched(section, "training.plateau", "train", splits, directions)
    return Plateau(metric, part, section.patience, section.min_change, better)


def _watched(
    section: EarlyStoppingSection | PlateauSection, key: str, default: str, splits: Splits, directions: Directions
) -> tuple[str, str, Better]:
    """The metric and the part that `metric` names, and which way is better."""
    metric, _, part = section.metric.partition("@")
    part = part or default
    known = {**directions, "cost": "low"} if part == "train" else directions
    if metric not in known:
        raise ExperimentError(f"unknown metric '{metric}'.{did_you_mean(metric, known)}", f"{key}.metric")
    if part not in ("train", "validation"):
        raise ExperimentError(f"found '{part}'.{did_you_mean(part, ['train', 'validation'])}", f"{key}.metric")
    if part == "validation" and not len(splits.validation):
        raise ExperimentError("there is no validation part: set data.validation, or watch loss@train.", f"{key}.metric")
    if section.patience < 1:
        raise ExperimentError(f"found {section.patience}; expected 1 or more.", f"{key}.patience")
    try:
        better = direction(metric, known[metric], section.better, 'Set it here to "low" or "high"')
    except ExperimentError as error:
        raise error.within(f"{key}.better") from None
    return metric, part, better


@dataclass(frozen=True)
class _Parts:
    layers: list[Layer]
    loss: Loss
    link: Activation | None  # what the loss supplies itself, where the last layer gives bare scores
    optimizer: Any
    schedule: Any
    initializer: Any
    accelerator: Accelerator | None


def _parts(experiment: Experiment, registry: Registry, facts: _Facts) -> _Parts:
    """Every component that the experiment names, and that they fit each other."""
    training = experiment.training
    try:
        layers = [
            _create(registry, "layer", layer, f"network.layers[{index}]")
            for index, layer in enumerate(experiment.network.layers)
        ]
        loss = _loss(registry, training.loss, layers, facts.inputs)
        link = _link(layers[-1], loss, registry)
        parts = _Parts(
            layers,
            loss.of(link or layers[-1].activation),
            link,
            _create(registry, "optimizer", training.optimizer, "training.optimizer"),
            _create(registry, "schedule", training.schedule, "training.schedule"),
            _create(registry, "initializer", experiment.network.initializer, "network.initializer"),
            _accelerator(registry, training.accelerator),
        )
        _check_fit(parts, experiment, facts)
        batch = batch_of(training, facts.samples)
        check_memory(layers, facts.inputs, facts.samples, batch, facts.outputs, training.dtype)
    except ExperimentError as error:
        raise error.of_file(_file(experiment)) from None
    return parts


def _create(registry: Registry, kind: str, spec: str | Mapping[str, Any], key: str) -> Any:
    try:
        return registry.create(kind, spec)
    except ExperimentError as error:
        raise error.within(key) from None


CROSS_ENTROPIES = re.compile(r".*cross_?entropy.*|bce|cce|(log|nll|logistic)(_?loss)?|negative_log_likelihood")


def _loss(registry: Registry, spec: str | Mapping[str, Any], layers: Sequence[Layer], inputs: int) -> Loss:
    """The loss. What others call cross-entropy depends on the output layer: an unknown name leads to the one that fits.

    Raises ExperimentError.
    """
    name = spec if isinstance(spec, str) else spec.get("kind")
    if isinstance(name, str) and name not in registry.names("loss") and CROSS_ENTROPIES.fullmatch(name.lower()):
        units, output = _sizes(layers, inputs)[-1], layers[-1].activation.name
        link = output if output != "identity" else "sigmoid" if units == 1 else "softmax"
        fitting = [one for one in registry.all("loss") if one.canonical == link and one.classification_only]
        fitting.sort(key=lambda one: (one.outputs == "single") != (units == 1))
        if fitting:
            what = f"'{output}'" if output != "identity" else "no"
            raise ExperimentError(
                f"unknown loss '{name}'. With {what} activation in the output layer it is '{fitting[0].name}'.",
                "training.loss",
            )
    loss: Loss = _create(registry, "loss", spec, "training.loss")
    return loss


def _sizes(layers: Sequence[Layer], inputs: int) -> list[int]:
    """The inputs, then how many outputs each layer has."""
    sizes = [inputs]
    for layer in layers:
        sizes.append(layer.checked_sizes(sizes[-1])[0])
    return sizes


def _accelerator(registry: Registry, name: str | None) -> Accelerator | None:
    if name is None:
        return None
    accelerator: Accelerator = _create(registry, "accelerator", name, "training.accelerator")
    try:
        accelerator.check()
    except ExperimentError as error:
        raise error.within("training.accelerator") from None
    return accelerator


def _link(last: Layer, loss: Loss, registry: Registry) -> Activation | None:
    if last.activation.name != IDENTITY.name or loss.link in (None, IDENTITY.name):
        return None
    link: Activation = registry.get("activation", loss.link)
    return link


def _check_fit(parts: _Parts, experiment: Experiment, facts: _Facts) -> None:
    """That layers, loss, optimizer and data fit each other, or ExperimentError."""
    outputs, classes, units = facts.outputs, facts.classes, _sizes(parts.layers, facts.inputs)[-1]
    last, loss = parts.layers[-1], parts.loss
    key = f"network.layers[{len(parts.layers) - 1}]"
    single = len(classes) == 2 and units == 1
    if units != outputs and not single:
        what = f"has {outputs} classes" if classes else f"has {outputs} target columns"
        either = f"{outputs}, or 1" if len(classes) == 2 else str(outputs)
        raise ExperimentError(f"found {units}; the data {what}: expected {either}.", f"{key}.units")
    if loss.classification_only and not classes:
        raise ExperimentError(
            f"'{loss.name}' needs classes; the targets are numbers. Try 'mean_squared_error'.",
            "training.loss",
        )
    if loss.outputs == "single" and units != 1:
        raise ExperimentError(f"'{loss.name}' needs one output; there are {units}. Try 'one_vs_all'.", "training.loss")
    if units == 1 and loss.outputs == "per class":
        raise ExperimentError(
            f"loss '{loss.name}' needs one output per class; there is one output. Try 'binary_cross_entropy'.",
            "training.loss",
        )
    if units == 1 and last.activation.jacobian_product is not None:
        raise ExperimentError(
            f"'{last.activation.name}' is for several units; found one. Try 'sigmoid'.", f"{key}.activation"
        )
    if not loss.accepts(last.activation) and parts.link is None:
        low, high = loss.output_range or (0, 1)
        raise ExperimentError(
            f"loss '{loss.name}' needs outputs between {low:g} and {high:g}, and '{last.activation.name}' "
            f"gives others. Try '{loss.link}', or remove the activation to let the loss choose it.",
            f"{key}.activation",
        )
    training = experiment.training
    if training.epochs:
        for index, layer in enumerate(parts.layers):
            if not layer.activation.trainable:
                raise ExperimentError(
                    f"'{layer.activation.name}' cannot be trained: its slope is 0. Set network.weights by hand and "
                    "training.epochs = 0, or try 'sigmoid'.",
                    f"network.layers[{index}].activation",
                )
    if parts.optimizer.full_batch and training.batch != "full":
        raise ExperimentError(
            f"'{parts.optimizer.name}' sees all samples at once; found {training.batch}, expected \"full\".",
            "training.batch",
        )
    if isinstance(parts.optimizer, Minimizer) and not parts.schedule.is_constant:
        raise ExperimentError(
            f"'{parts.optimizer.name}' chooses its own steps; expected 'constant'.", "training.schedule"
        )


def _targets(parts: _Parts, facts: _Facts, units: int) -> Targets:
    last = parts.layers[-1].activation
    low, high = (last.targets or last.range) if parts.loss.signed_targets else (0.0, 1.0)
    if not (np.isfinite(low) and np.isfinite(high)):
        low, high = 0.0, 1.0
    # Bare scores are probabilities' logits: one half is at 0.
    scores = parts.link is not None and parts.link.name == "sigmoid"
    threshold = 0.0 if scores else (low + high) / 2
    return Targets(len(facts.classes), units if facts.classes else facts.outputs, low, high, threshold)


def _file(experiment: Experiment) -> str:
    return experiment.name if experiment.name.endswith(".toml") else f"{experiment.name}.toml"
