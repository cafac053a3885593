"""The trained network as a value: rows in the data's own units in, answers with their names out.

A `Net` knows no file and needs no data set. It is written into a run when that begins, and exported with its weights.
"""

from tui_nn.model.head import Head
from tui_nn.model.net import Net, Prediction, Trace
from tui_nn.model.preparation import Preparation

__all__ = ["Head", "Net", "Prediction", "Preparation", "Trace"]
