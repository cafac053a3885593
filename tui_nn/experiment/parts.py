"""The components that an experiment names, looked up and made to fit each other and the data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_nn.engine.accelerator import Accelerator
from tui_nn.engine.activation import Activation
from tui_nn.engine.layer import IDENTITY, Layer
from tui_nn.engine.loss import Loss
from tui_nn.engine.optimizer import Minimizer
from tui_nn.engine.targets import Targets
from tui_nn.errors import ExperimentError
from tui_nn.experiment.data import DataShape
from tui_nn.experiment.hyperparameters import batch_of
from tui_nn.experiment.schema import Experiment
from tui_nn.experiment.size import check_memory
from tui_nn.plugin.registry import Registry

CROSS_ENTROPIES = re.compile(r".*cross_?entropy.*|bce|cce|(log|nll|logistic)(_?loss)?|negative_log_likelihood")


@dataclass(frozen=True)
class Parts:
    """The components, which fit each other."""

    layers: list[Layer]
    loss: Loss
    link: Activation | None  # what the loss supplies itself, where the last layer gives bare scores
    optimizer: Any
    schedule: Any
    initializer: Any
    accelerator: Accelerator | None


def parts_of(experiment: Experiment, registry: Registry, shape: DataShape) -> Parts:
    """Every component that the experiment names, and that they fit each other."""
    training = experiment.training
    try:
        layers = [
            _create(registry, "layer", layer, f"network.layers[{index}]")
            for index, layer in enumerate(experiment.network.layers)
        ]
        loss = _loss(registry, training.loss, layers, shape.inputs)
        link = _link(layers[-1], loss, registry)
        parts = Parts(
            layers,
            loss.of(link or layers[-1].activation),
            link,
            _create(registry, "optimizer", training.optimizer, "training.optimizer"),
            _create(registry, "schedule", training.schedule, "training.schedule"),
            _create(registry, "initializer", experiment.network.initializer, "network.initializer"),
            _accelerator(registry, training.accelerator),
        )
        _check_fit(parts, experiment, shape)
        batch = batch_of(training, shape.samples)
        check_memory(layers, shape.inputs, shape.samples, batch, shape.outputs, training.dtype)
    except ExperimentError as error:
        raise error.of_file(experiment.file) from None
    return parts


def _create(registry: Registry, kind: str, spec: str | Mapping[str, Any], key: str) -> Any:
    try:
        return registry.create(kind, spec)
    except ExperimentError as error:
        raise error.within(key) from None


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
    if not registry.names("accelerator"):
        raise ExperimentError(f"'{name}' is not installed. pip install 'tui-nn[fast]' brings 'fast'.").within(
            "training.accelerator"
        )
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


def _check_fit(parts: Parts, experiment: Experiment, shape: DataShape) -> None:
    """That layers, loss, optimizer and data fit each other, or ExperimentError."""
    outputs, classes, units = shape.outputs, shape.classes, _sizes(parts.layers, shape.inputs)[-1]
    last, loss = parts.layers[-1], parts.loss
    key = f"network.layers[{len(parts.layers) - 1}]"
    single = len(classes) == 2 and units == 1
    if units != outputs and not single:
        answers = "classes" if classes else "labels" if shape.multi_label else "target columns"
        what = f"has {outputs} {answers}"
        either = f"{outputs}, or 1" if len(classes) == 2 else str(outputs)
        doubt = f" {shape.doubt[0].upper()}{shape.doubt[1:]}." if shape.doubt else ""
        raise ExperimentError(f"found {units}; the data {what}: expected {either}.{doubt}", f"{key}.units")
    if shape.multi_label:
        _check_labels(loss, last, key)
    elif loss.classification_only and not classes:
        raise ExperimentError(
            f"'{loss.name}' needs classes; the targets are numbers. Try 'mean_squared_error'.",
            "training.loss",
        )
    if loss.outputs == "single" and units != 1 and not shape.multi_label:
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


def _check_labels(loss: Loss, last: Layer, key: str) -> None:
    """Raise ExperimentError for a loss, or an output, that knows one answer a sample only."""
    if loss.outputs == "per class":
        raise ExperimentError(
            f"'{loss.name}' is for one class a sample; these have several labels each. Try 'binary_cross_entropy'.",
            "training.loss",
        )
    if last.activation.jacobian_product is not None:
        raise ExperimentError(
            f"the outputs of '{last.activation.name}' share one answer; these have several labels each. Try 'sigmoid'.",
            f"{key}.activation",
        )


def scale_target_of(experiment: Experiment, parts: Parts, shape: DataShape) -> str:
    """How the targets are scaled: "none" for classes and labels.

    Where the experiment does not say, the targets of a regression become standard, if the network can give any number
    and its weights do not stand in the experiment: bounds, and weights that are written by hand, are meant for the
    data's own units. A file of weights comes from a network that was trained so, as that of a branch.
    """
    if shape.classes or shape.multi_label:
        return "none"
    if experiment.data.scale_target is not None:
        return experiment.data.scale_target
    bounded = np.isfinite((parts.link or parts.layers[-1].activation).range).any()
    return "none" if bounded or isinstance(experiment.network.weights, list) else "standard"


def targets_of(parts: Parts, shape: DataShape, units: int) -> Targets:
    """What the answers are compared with, in the range of the last layer; units: of that layer."""
    last = parts.layers[-1].activation
    low, high = (last.targets or last.range) if parts.loss.signed_targets else (0.0, 1.0)
    if not (np.isfinite(low) and np.isfinite(high)):
        low, high = 0.0, 1.0
    # Bare scores are probabilities' logits: one half is at 0.
    scores = parts.link is not None and parts.link.name == "sigmoid"
    threshold = 0.0 if scores else (low + high) / 2
    outputs = units if shape.classes else shape.outputs
    return Targets(len(shape.classes), outputs, low, high, threshold, multi_label=shape.multi_label)
