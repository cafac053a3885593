"""Measuring: every metric of a part of the data, with the weights that the network has now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from tui_nn.engine.data import Part
from tui_nn.engine.loss import Loss
from tui_nn.engine.metric import Measured, Metric
from tui_nn.engine.network import Network
from tui_nn.engine.targets import Targets

Array = np.ndarray[Any, np.dtype[Any]]
Confusion = tuple[tuple[int, ...], ...]

MOST = 10_000  # samples of the training part that are measured: enough for three digits, and a tenth of an epoch's time


def measured_part(train: Part) -> Part:
    """What the metrics of the training part are of, after an epoch and whenever a run is asked: its first samples."""
    return train.head(MOST)


def suited(metrics: Iterable[Metric], network: Network, loss: Loss, targets: Targets) -> list[Metric]:
    """Those that can be measured of this network, whose answers are as `targets` says."""
    probable, several = gives_probabilities(network, loss), targets.multi_label
    return [one for one in metrics if one.suits(targets.classes, probabilities=probable, multi_label=several)]


def gives_probabilities(network: Network, loss: Loss) -> bool:
    """Whether outputs, through what the loss adds, lie from 0 to 1."""
    low, high = (loss.through or network.layers[-1].activation).range
    return low >= 0 and high <= 1


def probabilities_of(outputs: Array, loss: Loss) -> Array:
    """Of each class, (m, classes), from what the last layer gives, (m, outputs). Rows of one-vs-all need not sum to 1,
    and are divided by their sum.
    """
    if loss.through is not None:
        scores, outputs = np.ascontiguousarray(outputs.T), np.empty(outputs.T.shape, outputs.dtype)
        loss.through.forward(scores, outputs)
        outputs = outputs.T
    if outputs.shape[1] == 1:
        return np.hstack([1 - outputs, outputs])
    total = outputs.sum(axis=1, keepdims=True)
    return np.where(total > 0, outputs / np.where(total > 0, total, 1), 1 / outputs.shape[1]).astype(outputs.dtype)


def measure(
    network: Network, part: Part, targets: Targets, loss: Loss, metrics: Sequence[Metric]
) -> tuple[dict[str, float], Confusion | None]:
    """Metric -> value, and the confusion matrix of a classification (true classes as rows); nothing of an empty part.

    `part` is scaled as the network's inputs are. Raises PluginError if a metric or the loss fails.
    """
    if not len(part):
        return {}, None
    scores = np.empty((len(part), network.outputs), network.dtype) if network.takes_scores(loss) else None
    outputs = network.predict(part, scores)
    costed = outputs if scores is None else scores
    encoded = targets.encode(part.y, network.dtype)
    own = part.y.reshape(encoded.shape) if targets.are_scaled else encoded
    measured = Measured(
        costs=loss.costs(costed.T, encoded.T, at_z=scores is not None),
        outputs=outputs,
        predicted=targets.decode(outputs),
        true=part.y if targets.classes or targets.multi_label else own,
        classes=targets.classes,
        probabilities=probabilities_of(outputs, loss) if any(one.of == "probabilities" for one in metrics) else None,
    )
    values: dict[str, float] = {}
    confusion: Confusion | None = None
    for metric in metrics:
        value = metric.value(measured)
        if metric.returns == "number":
            values[metric.name] = value
        elif metric.name == "confusion":
            confusion = tuple(tuple(row) for row in value.tolist())
    return values, confusion
