"""The run directory: one trainer process writes it, everything else reads it.

Events, snapshots, live counters, the control socket and the summary: each file has one module that knows its format.
"""

from tui_nn.runs.history import History
from tui_nn.runs.reader import RunReader, latest_run, open_run
from tui_nn.runs.weights import Weights

__all__ = ["History", "RunReader", "Weights", "latest_run", "open_run"]
