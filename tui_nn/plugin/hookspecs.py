"""The hooks: one a kind, each returning a list. This page is the whole plugin interface."""

from __future__ import annotations

from collections.abc import Sequence

import pluggy

from tui_nn.engine.accelerator import Accelerator
from tui_nn.engine.activation import Activation
from tui_nn.engine.initialiser import Initialiser
from tui_nn.engine.layer import Layer
from tui_nn.engine.loss import Loss
from tui_nn.engine.metric import Metric
from tui_nn.engine.optimizer import Optimizer
from tui_nn.engine.schedule import Schedule
from tui_nn.graph import Derivative
from tui_nn.plugin.source import DatasetSource

hookspec = pluggy.HookspecMarker("tui_nn")


@hookspec
def tui_nn_activations() -> Sequence[Activation]:  # type: ignore[empty-body]
    """Activations: functions g(z), made with @activation."""


@hookspec
def tui_nn_losses() -> Sequence[Loss]:  # type: ignore[empty-body]
    """Losses: costs of a sample, made with @loss."""


@hookspec
def tui_nn_layers() -> Sequence[type[Layer]]:  # type: ignore[empty-body]
    """Kinds of layer: frozen dataclasses derived from Layer."""


@hookspec
def tui_nn_optimizers() -> Sequence[type[Optimizer]]:  # type: ignore[empty-body]
    """Optimisers: frozen dataclasses derived from Optimizer."""


@hookspec
def tui_nn_initialisers() -> Sequence[Initialiser]:  # type: ignore[empty-body]
    """Initialisers: how weights are drawn, made with @initialiser."""


@hookspec
def tui_nn_schedules() -> Sequence[Schedule]:  # type: ignore[empty-body]
    """Schedules of the learning rate, made with @schedule."""


@hookspec
def tui_nn_datasets() -> Sequence[DatasetSource]:  # type: ignore[empty-body]
    """Data sets, made with @dataset."""


@hookspec
def tui_nn_metrics() -> Sequence[Metric]:  # type: ignore[empty-body]
    """Metrics of predictions, made with @metric."""


@hookspec
def tui_nn_derivatives() -> Sequence[Derivative]:  # type: ignore[empty-body]
    """Derivatives of numpy functions that the graph lacks, made with @derivative."""


@hookspec
def tui_nn_accelerators() -> Sequence[Accelerator]:  # type: ignore[empty-body]
    """Accelerators: compiled stand-ins for parts of training, instances of classes derived from Accelerator."""


HOOKS = {
    "activation": "tui_nn_activations",
    "loss": "tui_nn_losses",
    "layer": "tui_nn_layers",
    "optimizer": "tui_nn_optimizers",
    "initialiser": "tui_nn_initialisers",
    "schedule": "tui_nn_schedules",
    "dataset": "tui_nn_datasets",
    "metric": "tui_nn_metrics",
    "derivative": "tui_nn_derivatives",
    "accelerator": "tui_nn_accelerators",
}
