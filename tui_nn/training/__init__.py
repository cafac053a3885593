"""What a run is: how it is opened, begun, gone on with, tried before it is begun, and begun as a child process.

The command line and the workbench call it; nothing in here knows of either. Names are imported at their first use, and
what a caller needs before numpy is loaded imports it only when it is called.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tui_nn.training.opened import Opened, opened
    from tui_nn.training.opened_run import OpenedRun, opened_net, opened_run, recorded_network
    from tui_nn.training.recorded import Recorded

__all__ = ["Opened", "OpenedRun", "Recorded", "opened", "opened_net", "opened_run", "recorded_network"]

MODULES = {
    "Opened": "opened",
    "OpenedRun": "opened_run",
    "Recorded": "recorded",
    "opened": "opened",
    "opened_net": "opened_run",
    "opened_run": "opened_run",
    "recorded_network": "opened_run",
}


def __getattr__(name: str) -> Any:
    if name not in MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{MODULES[name]}"), name)
