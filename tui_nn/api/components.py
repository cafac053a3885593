"""Components from plugins and from the program itself: functions in place of the names in an experiment."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from tui_nn.engine.activation import Activation
from tui_nn.engine.component import Component
from tui_nn.engine.initializer import Initializer
from tui_nn.engine.loss import Loss
from tui_nn.engine.schedule import Schedule
from tui_nn.errors import ExperimentError
from tui_nn.plugin.contract import fits
from tui_nn.plugin.file import PluginFile
from tui_nn.plugin.kinds import KINDS
from tui_nn.plugin.loading import SWITCH, LoadedPlugin
from tui_nn.plugin.registry import Registry, load_registry

PROGRAM = "python"  # what the plugin is called that holds a program's own functions
MADE_OF_FUNCTIONS = {"activation": Activation, "loss": Loss, "schedule": Schedule, "initializer": Initializer}

PluginLike = str | Path | Any  # a plugin file, a component, or the function of an activation


@dataclass(frozen=True)
class Components:
    """Plugin files as they were read, and the program's own components. Can be pickled if these can."""

    files: tuple[PluginFile, ...] = ()
    own: tuple[Any, ...] = ()
    _registry: list[Registry] = field(default_factory=list, repr=False, compare=False)

    def __getstate__(self) -> dict[str, Any]:
        return {"files": self.files, "own": self.own, "_registry": []}

    @property
    def registry(self) -> Registry:
        """All installed plugins, these files and these components; loaded once."""
        if not self.files and not self.own:
            return _installed(os.environ.get(SWITCH))
        if not self._registry:
            registry = load_registry(self.files)
            if self.own:
                plugin = LoadedPlugin(PROGRAM, "Python", "", _module(self.own), asked_for=True)
                registry.add(plugin)
                registry.insist_on(-1, plugin)
            self._registry.append(registry)
        return self._registry[0]


@cache
def _installed(wanted: str | None) -> Registry:  # noqa: ARG001 - on which it depends what is installed
    """The installed plugins, found once per process: the search takes longer than fitting a small network."""
    return load_registry()


def _module(components: Sequence[Any]) -> ModuleType:
    """A plugin of these components, with a hook for each kind among them."""
    module = ModuleType("tui_nn_python")
    for kind in KINDS.values():
        if of_kind := [one for one in components if fits(kind, one)]:
            setattr(module, kind.hook, lambda of_kind=of_kind: of_kind)
    return module


def is_component(value: Any) -> bool:
    """Whether a value is a component rather than the name of one."""
    return isinstance(value, Component) or callable(value)


def component_of(given: Any, kind: str = "activation") -> Any:
    """The component given, or one made of a function. kind: that of the function, if it comes without a key.

    Raises ExperimentError for anything else, and for a function without a name.
    """
    if any(fits(one, given) for one in KINDS.values()):
        return given
    made: Any = MADE_OF_FUNCTIONS.get(kind)
    if not callable(given) or made is None:
        raise ExperimentError(f"found {given!r}; expected a plugin file, a component or a function.", "plugins")
    if not getattr(given, "__name__", "").isidentifier():
        raise ExperimentError(f"the function of the {kind} has no name; define it with `def`.", "plugins")
    return made(given)
