"""Which views there are, and which of them can show a run."""

from __future__ import annotations

from tui_nn.errors import ExperimentError, PluginError, did_you_mean
from tui_nn.plugin.blame import blaming
from tui_nn.plugin.registry import Registry
from tui_nn.plugin.view import View
from tui_nn.views.subject import Subject
from tui_nn.views.table import VIEWS


def views_of(registry: Registry | None = None) -> list[View]:
    """All views, the core's own first; without a registry those alone."""
    return list(VIEWS) if registry is None else registry.in_order("view")


def find(name: str, registry: Registry | None = None) -> View:
    """The view of this name. Raises ExperimentError with the nearest one."""
    views = views_of(registry)
    for view in views:
        if view.name == name:
            return view
    raise ExperimentError(f"unknown view '{name}'.{did_you_mean(name, [view.name for view in views])}")


def suitable(subject: Subject | None, registry: Registry | None = None) -> list[View]:
    """The views that can show this run; all of them while nothing is known of it."""
    return [view for view, why in fitness(subject, registry) if not why]


def fitness(subject: Subject | None, registry: Registry | None = None) -> list[tuple[View, str]]:
    """All views, those that can show this run first; of each of the others why it cannot."""
    is_known = subject is not None and subject.started is not None
    found = [(view, _unsuited(view, subject, registry) if is_known else "") for view in views_of(registry)]
    return sorted(found, key=lambda one: bool(one[1]))


def _unsuited(view: View, subject: Subject | None, registry: Registry | None) -> str:
    try:
        with blaming(registry.plugins if registry is not None else ()):
            return view.suits(subject)
    except PluginError:
        return ""  # its pane says what is wrong with it
