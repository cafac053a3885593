"""What a plugin's author imports in a test: one line proves a plugin, or says what is wrong, where, and how to mend it.

from tui_nn.testing import check_plugin

def test_it_is_proved():
    check_plugin("mish.py")
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from tui_nn.testing.components import check_component
from tui_nn.testing.isolated import LIMIT, check_isolated
from tui_nn.testing.report import Finding, PluginReport, Report

__all__ = [
    "Finding",
    "PluginReport",
    "Report",
    "check_accelerator",
    "check_activation",
    "check_component",
    "check_dataset",
    "check_derivative",
    "check_initialiser",
    "check_isolated",
    "check_layer",
    "check_loss",
    "check_metric",
    "check_optimizer",
    "check_plugin",
    "check_schedule",
]


def check_plugin(plugin: str | ModuleType, *, limit: float = LIMIT) -> PluginReport:
    """Check all that a plugin gives, in a process of its own: a file, an imported module, or an installed one's name.

    Raises AssertionError with the report if a check fails. limit: seconds for a single check.
    """
    is_module = isinstance(plugin, ModuleType)
    target = plugin.__name__ if isinstance(plugin, ModuleType) else str(plugin)
    report = check_isolated(target, is_module=is_module, limit=limit)
    assert report.passed, f"\n{report.text()}"
    return report


def _proved(report: Report) -> Report:
    assert report.passed, f"\n{report.text()}"
    return report


def check_activation(activation: Any) -> Report:
    """Check an Activation in this process. Raises AssertionError with the report if a check fails."""
    return _proved(check_component("activation", activation))


def check_loss(loss: Any) -> Report:
    """As check_activation, for a Loss."""
    return _proved(check_component("loss", loss))


def check_layer(layer: Any, **options: Any) -> Report:
    """As check_activation, for a class of Layer. options are its own, and `inputs`: how many numbers to feed it."""
    return _proved(check_component("layer", layer, options))


def check_optimizer(optimizer: Any) -> Report:
    """As check_activation, for a class of Optimizer."""
    return _proved(check_component("optimizer", optimizer))


def check_schedule(schedule: Any) -> Report:
    """As check_activation, for a Schedule."""
    return _proved(check_component("schedule", schedule))


def check_initialiser(initialiser: Any) -> Report:
    """As check_activation, for an Initialiser."""
    return _proved(check_component("initialiser", initialiser))


def check_metric(metric: Any) -> Report:
    """As check_activation, for a Metric."""
    return _proved(check_component("metric", metric))


def check_dataset(dataset: Any) -> Report:
    """As check_activation, for a DatasetSource."""
    return _proved(check_component("dataset", dataset))


def check_derivative(derivative: Any) -> Report:
    """As check_activation, for a Derivative."""
    return _proved(check_component("derivative", derivative))


def check_accelerator(accelerator: Any) -> Report:
    """As check_activation, for an Accelerator."""
    return _proved(check_component("accelerator", accelerator))
