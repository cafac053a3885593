"""The views of a run: one table says what each is called, what it needs and how it is drawn.

`tui-nn show` and the workbench draw from this table, so that a new view is one entry and is in both at once.
"""

from tui_nn.views.knobs import Knobs
from tui_nn.views.subject import Subject
from tui_nn.views.table import VIEWS, find, suitable
from tui_nn.views.view import View

__all__ = ["VIEWS", "Knobs", "Subject", "View", "find", "suitable"]
