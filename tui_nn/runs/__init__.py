"""The run directory: one trainer process writes it, everything else reads it.

Events, snapshots, live counters, the control socket and the summary: each file has one module that knows its format.
Names are imported at their first use: the trainer asks for `layout` before its threads are set, and so before numpy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tui_nn.runs.history import History
    from tui_nn.runs.layout import latest_run
    from tui_nn.runs.reader import RunReader, open_run
    from tui_nn.runs.run import Run
    from tui_nn.runs.weights import Weights

__all__ = ["History", "Run", "RunReader", "Weights", "latest_run", "open_run"]

MODULES = {
    "History": "history",
    "Run": "run",
    "RunReader": "reader",
    "Weights": "weights",
    "latest_run": "layout",
    "open_run": "reader",
}


def __getattr__(name: str) -> Any:
    if name not in MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{MODULES[name]}"), name)
