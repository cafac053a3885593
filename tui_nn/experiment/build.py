"""From an experiment to a trainer: every name looked up, every size checked, before anything is trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np

from tui_nn.datasets import fill, scale, scale_of_targets, split
from tui_nn.datasets.table_dataset import TableDataset
from tui_nn.engine.activation import Activation
from tui_nn.engine.data import Dataset, Splits
from tui_nn.engine.events import LayerShape
from tui_nn.engine.measuring import suited
from tui_nn.engine.metric import Metric
from tui_nn.engine.network import Network
from tui_nn.engine.trainer import Trainer
from tui_nn.errors import DataError, ExperimentError
from tui_nn.experiment.data import load_data, shape_named_by, shape_of
from tui_nn.experiment.division import division_of
from tui_nn.experiment.frozen import Array, frozen_places
from tui_nn.experiment.hyperparameters import batch_of, limits_of, penalty_of
from tui_nn.experiment.measures import measured_by, with_names
from tui_nn.experiment.parts import parts_of, scale_target_of, targets_of
from tui_nn.experiment.require import Vocabulary
from tui_nn.experiment.schema import Choice, Experiment, chosen_kind
from tui_nn.experiment.threads import crew_for, suit
from tui_nn.experiment.watched import class_weights_of, plateau_of, stopping_of
from tui_nn.experiment.weights import set_weights
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
    multi_label: bool = False


@dataclass(frozen=True)
class Setup:
    """An experiment, ready to run. `net` has the trainer's own parameters: it is of whatever moment that is at.

    owners: "activation tanh" -> the plugin that gave it, for every component that the experiment names. metrics: all
    that mean something here, measured or not.
    """

    experiment: Experiment
    data: Dataset
    splits: Splits
    trainer: Trainer
    net: Net
    owners: Mapping[str, str]
    metrics: Sequence[Metric]

    @property
    def network(self) -> Network:
        """The network that is trained."""
        return self.trainer.network


def check(experiment: Experiment, registry: Registry) -> Shapes:
    """The shapes of the network, or ExperimentError for whatever `build` would refuse. Keeps no data."""
    shape = shape_named_by(experiment, registry)
    parts = parts_of(experiment, registry, shape)
    network = Network(shape.inputs, parts.layers, np.float32)
    _frozen(experiment, network)
    return Shapes(
        shape.inputs,
        shape.outputs,
        shape.classes,
        shape.picture,
        shape.samples,
        network.shapes(),
        len(network.parameters),
        shape.multi_label,
    )


def build(
    experiment: Experiment, registry: Registry, data: Dataset | None = None, scale_target: str | None = None
) -> Setup:
    """Load the data, unless they are given, divide and scale them, build the network, draw its weights.

    scale_target: how targets are scaled where the experiment does not say; None for what suits it.
    """
    data = load_data(experiment, registry) if data is None else data
    shape = shape_of(data)
    parts = parts_of(experiment, registry, shape)
    settings, training = experiment.data, experiment.training
    dtype = np.dtype(training.dtype)
    share = 0.0 if isinstance(settings.test, str) else settings.test
    splits = split(data, settings.validation, share, training.seed, division_of(settings))
    inputs = data.inputs if isinstance(data, TableDataset) else ()
    splits, fills = fill(splits, settings.missing, inputs)
    how = settings.scale_target or scale_target or scale_target_of(experiment, parts, shape)
    own = bool(data.classes) or how == "none"
    splits = scale(splits, settings.scale, data.unit_scale, dtype, inputs, targets=own)
    samples = len(splits.train)
    if samples == 0 or splits.train.size == 0:
        raise DataError(f"data set '{data.name}' leaves no samples to train on.")
    batch = batch_of(training, samples)
    network = Network(data.x.shape[1], parts.layers, dtype, crew_for(training.threads))
    suit(network, batch)
    network.parameters.frozen = _frozen(experiment, network)
    network.initialize(parts.initializer, training.seed, splits.train)
    targets = targets_of(parts, shape, network.outputs)
    if not data.classes:
        offset, factor = scale_of_targets(splits.train.y, how, splits.train.weights)
        targets = replace(targets, offset=offset, factor=factor)
    head = Head(parts.loss, targets, parts.link, data.classes, data.targets)
    metrics = suited(registry.all("metric"), network, head.cost, targets)
    try:
        if experiment.network.weights is not None:
            set_weights(network, experiment.network.weights, experiment.network.weights_by_columns)
        measured = measured_by(experiment, metrics)
        class_weights = class_weights_of(training.class_weights, splits)
        directions = {metric.name: metric.better for metric in metrics if metric.returns == "number"}
        stopping = stopping_of(training.early_stopping, splits, directions)
        plateau = plateau_of(training.plateau, splits, directions)
    except ExperimentError as error:
        raise error.of_file(experiment.file) from None
    trainer = Trainer(
        experiment=experiment.name,
        network=network,
        splits=splits,
        targets=targets,
        loss=head.cost,
        optimizer=parts.optimizer,
        schedule=parts.schedule,
        metrics=measured,
        batch=batch,
        epochs=training.epochs,
        seed=training.seed,
        penalty=penalty_of(training, splits.train.size),
        class_weights=class_weights,
        stopping=stopping,
        plateau=plateau,
        limits=limits_of(training),
        accelerator=parts.accelerator,
    )
    net = Net(
        preparation_of(splits, fills, inputs, settings.unknown or "error"),
        network.layers,
        head,
        network.parameters.values,
    )
    return Setup(experiment, data, splits, trainer, net, _owners(experiment, parts.link, registry), metrics)


def _frozen(experiment: Experiment, network: Network) -> Array | None:
    try:
        return frozen_places(experiment.training.frozen or (), network)
    except ExperimentError as error:
        raise error.of_file(experiment.file) from None


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
    pairs = {(kind, preferred(chosen_kind(spec))) for kind, spec in named}
    return {
        f"{kind} {name}": registry.owner(kind, name) for kind, name in sorted(pairs) if name in registry.names(kind)
    }


def measuring(setup: Setup, names: Sequence[str]) -> Setup:
    """The same with these metrics measured, too, which its experiment says from now on."""
    trainer, training = setup.trainer, setup.experiment.training
    known = {metric.name for metric in trainer.metrics}
    more = [metric.name for metric in setup.metrics if metric.name in names and metric.name not in known]
    if training.metrics is None or not more:
        return setup
    trainer.metrics = with_names(trainer.metrics, setup.metrics, more)
    training = msgspec.structs.replace(training, metrics=[*training.metrics, *more])
    return replace(setup, experiment=msgspec.structs.replace(setup.experiment, training=training))


def vocabulary(setup: Setup) -> Vocabulary:
    """What can be required of a run of this experiment."""
    splits = setup.splits
    names = [metric.name for metric in setup.metrics if metric.returns == "number"]
    samples = {
        "train": len(splits.train),
        "validation": len(splits.validation),
        "test": len(splits.test) if splits.test else 0,
    }
    return Vocabulary([*names, "cost"], samples, splits.classes)
