"""Which checks a kind of component has, and how one component is put through them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tui_nn.testing import accelerators, activations, layers, losses, optimizers, others
from tui_nn.testing.report import Check, Outcome, Progress, Report, noted, passed, run_checks

CHECKS: Mapping[str, tuple[Check, ...]] = {
    "activation": activations.CHECKS,
    "loss": losses.CHECKS,
    "layer": layers.CHECKS,
    "optimizer": optimizers.CHECKS,
    "schedule": others.SCHEDULES,
    "initialiser": others.INITIALISERS,
    "metric": others.METRICS,
    "dataset": others.DATASETS,
    "derivative": others.DERIVATIVES,
    "accelerator": accelerators.CHECKS,
}


def described(component: Any) -> Outcome:
    """A list shows the first line of its docstring."""
    described = getattr(component, "description", "") or getattr(component, "kind", component).description
    if not described:
        return noted("its docstring", "there is none", "say in one line what it is: lists show it")
    return passed("its docstring")


def check_component(
    kind: str, component: Any, options: Mapping[str, Any] | None = None, progress: Progress | None = None
) -> Report:
    """All checks of this kind. options are a layer's, with `inputs` among them."""
    checks = (*CHECKS.get(kind, ()), described)
    subject = layers.LayerCase(component, options) if kind == "layer" else component
    return run_checks(kind, subject, checks, progress)
