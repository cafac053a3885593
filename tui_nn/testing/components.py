"""How one component is put through the checks of its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

from tui_nn.errors import PluginError
from tui_nn.plugin.contract import fits
from tui_nn.plugin.kinds import KINDS
from tui_nn.testing.report import Check, CheckResult, Report, noted, passed, run_checks


def described(component: Any) -> CheckResult:
    """A list shows the first line of its docstring."""
    described = getattr(component, "description", "") or getattr(component, "kind", component).description
    if not described:
        return noted("its docstring", "there is none", "describe it in one line: lists show it")
    return passed("its docstring")


def kind_of(component: Any) -> str:
    """The kind that a component is of. Raises PluginError if it is of none."""
    for name, kind in KINDS.items():
        if fits(kind, component):
            return name
    raise PluginError(f"{component!r} is not a component. Kinds: {', '.join(KINDS)}.")


def checks_of(kind: str) -> Sequence[Check]:
    """The checks of a kind, each named like its function."""
    checks: Sequence[Check] = import_module(KINDS[kind].checks).CHECKS
    return (*checks, described)


def check_component(
    kind: str, component: Any, options: Mapping[str, Any] | None = None, progress: Callable[[str], None] | None = None
) -> Report:
    """All checks of this kind. options are a layer's, with `inputs` among them."""
    # A layer is tried with options and inputs of its own; whatever else is given is tried as it is.
    case = getattr(import_module(KINDS[kind].checks), "SUBJECT", None)
    subject = case(component, options) if case is not None else component
    return run_checks(kind, subject, checks_of(kind), progress)
