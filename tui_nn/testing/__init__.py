"""Checks for an author's tests: one line proves a plugin or a lesson, or says what is wrong, where, and how to fix it.

from tui_nn.testing import check_plugin

def test_it_is_proved():
    check_plugin("mish.py")
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from tui_nn.testing.components import check_component, kind_of
from tui_nn.testing.isolated import LIMIT, check_isolated
from tui_nn.testing.lessons import check_lesson
from tui_nn.testing.report import CheckResult, PluginReport, Report

__all__ = [
    "CheckResult", "PluginReport", "Report",
    "check", "check_component", "check_isolated", "check_lesson", "check_plugin",
]  # fmt: skip


def check_plugin(plugin: str | ModuleType, *, limit: float = LIMIT) -> PluginReport:
    """Check all that a plugin gives, in a separate process. plugin: a file, a module, or an installed plugin's name.

    limit: seconds for a single check. Raises AssertionError with the report if a check fails.
    """
    is_module = isinstance(plugin, ModuleType)
    target = plugin.__name__ if isinstance(plugin, ModuleType) else str(plugin)
    report = check_isolated(target, is_module=is_module, limit=limit)
    assert report.passed, f"\n{report.text()}"
    return report


def check(component: Any, **options: Any) -> Report:
    """Check one component in this process: one made with a decorator of tui_nn.plugin, a subclass of Layer, and so on.

    options: those of a layer, and `inputs`, the number of its inputs. Raises AssertionError with the report if a
    check fails.
    """
    report = check_component(kind_of(component), component, options)
    assert report.passed, f"\n{report.text()}"
    return report
