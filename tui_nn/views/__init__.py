"""The views of a run: what each is called, what it asks for, how it is drawn and where a cursor can go in it.

`tui-nn show` and the workbench show whatever the hook `tui_nn_views` gives, so that a new view is one file. The core's
own are given through it too, in the order of `tui_nn.views.table`.
"""

from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.view import Missing, View
from tui_nn.views.finding import find, suitable, views_of
from tui_nn.views.subject import Subject

__all__ = ["Knobs", "Missing", "Subject", "View", "find", "suitable", "views_of"]
