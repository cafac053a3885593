"""The built-ins of tui-nn: an ordinary plugin package, found through the same hooks as any other."""

from __future__ import annotations

from collections.abc import Sequence

from tui_nn.plugin import (
    Activation,
    DatasetSource,
    Derivative,
    Exporter,
    Initializer,
    Layer,
    Loss,
    Metric,
    Optimizer,
    Schedule,
    hookimpl,
)
from tui_nn_standard.activations import ACTIVATIONS
from tui_nn_standard.datasets import DATASETS
from tui_nn_standard.derivatives import DERIVATIVES
from tui_nn_standard.initializers import INITIALIZERS
from tui_nn_standard.layers import LAYERS
from tui_nn_standard.losses import LOSSES
from tui_nn_standard.metrics import METRICS
from tui_nn_standard.minimizers import MINIMIZERS
from tui_nn_standard.optimizers import OPTIMIZERS
from tui_nn_standard.schedules import SCHEDULES


@hookimpl
def tui_nn_activations() -> Sequence[Activation]:
    return ACTIVATIONS


@hookimpl
def tui_nn_losses() -> Sequence[Loss]:
    return LOSSES


@hookimpl
def tui_nn_layers() -> Sequence[type[Layer]]:
    return LAYERS


@hookimpl
def tui_nn_optimizers() -> Sequence[type[Optimizer]]:
    return [*OPTIMIZERS, *MINIMIZERS]


@hookimpl
def tui_nn_initializers() -> Sequence[Initializer]:
    return INITIALIZERS


@hookimpl
def tui_nn_schedules() -> Sequence[Schedule]:
    return SCHEDULES


@hookimpl
def tui_nn_datasets() -> Sequence[DatasetSource]:
    return DATASETS


@hookimpl
def tui_nn_metrics() -> Sequence[Metric]:
    return METRICS


@hookimpl
def tui_nn_derivatives() -> Sequence[Derivative]:
    return DERIVATIVES


@hookimpl
def tui_nn_exporters() -> Sequence[Exporter]:
    from tui_nn_standard.exporters import EXPORTERS  # asked for late: no training needs them

    return EXPORTERS
