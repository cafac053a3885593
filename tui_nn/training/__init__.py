"""What a run is: how it is opened, begun, gone on with, tried before it is begun, and begun as a child process.

The command line and the workbench call it; nothing in here knows of either. What a caller needs before numpy is loaded
imports it only when it is called.
"""

from tui_nn.training.opened import Opened, opened, plugins_opened

__all__ = ["Opened", "opened", "plugins_opened"]
