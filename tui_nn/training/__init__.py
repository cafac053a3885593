"""What a run is: how it is opened, started, resumed, tried without being recorded, and started as a child process.

The command line and the workbench call it; nothing in here knows of either. Names are imported at their first use, and
what a caller needs before numpy is loaded imports it only when it is called.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tui_nn.training.opening import Opened, opened, plugins_opened
    from tui_nn.training.recorded import Recorded
    from tui_nn.training.reopening import OpenedRun, opened_net, opened_run, recorded_network

__all__ = [
    "Opened",
    "OpenedRun",
    "Recorded",
    "opened",
    "opened_net",
    "opened_run",
    "plugins_opened",
    "recorded_network",
]

MODULES = {
    "Opened": "opening",
    "OpenedRun": "reopening",
    "Recorded": "recorded",
    "opened": "opening",
    "opened_net": "reopening",
    "opened_run": "reopening",
    "plugins_opened": "opening",
    "recorded_network": "reopening",
}


def __getattr__(name: str) -> Any:
    if name not in MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{MODULES[name]}"), name)


class _Package(ModuleType):
    """`tui_nn.training` is the name of this package, and of a function of the Python API: see docs/decisions/0051."""

    def __call__(self, *arguments: Any, **keys: Any) -> Any:
        return import_module("tui_nn").begin_training(*arguments, **keys)


sys.modules[__name__].__class__ = _Package
