"""Which metrics are measured after each epoch: all that mean something, or those that `training.metrics` names.

The loss and the matrix of confusions are always; and whatever is required, or watched by early stopping and plateaus.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tui_nn.engine.metric import Metric
from tui_nn.errors import ExperimentError, did_you_mean
from tui_nn.experiment.require import named_by
from tui_nn.experiment.schema import Experiment

ALWAYS = "loss"
KEY = "training.metrics"


def measured_by(experiment: Experiment, metrics: Sequence[Metric]) -> list[Metric]:
    """Of the metrics that mean something here those that are measured. Raises ExperimentError for an unknown name."""
    training = experiment.training
    if training.metrics is None:
        return list(metrics)
    known = [metric.name for metric in metrics if metric.returns == "number"]
    for at, name in enumerate(training.metrics):
        if name not in known:
            raise ExperimentError(
                f"'{name}' is no metric of this network and its data.{did_you_mean(name, known)}", f"{KEY}[{at}]"
            )
    watching = [rule.metric for rule in (training.early_stopping, training.plateau) if rule is not None]
    watched = [name.partition("@")[0] for name in watching]
    return with_names([], metrics, [*training.metrics, *watched, *map(named_by, experiment.require), ALWAYS])


def with_names(measured: Iterable[Metric], metrics: Iterable[Metric], names: Iterable[str]) -> list[Metric]:
    """These, those of such names, and all that are no numbers, in the order of `metrics`."""
    wanted = {metric.name for metric in measured} | set(names)
    return [metric for metric in metrics if metric.name in wanted or metric.returns != "number"]
