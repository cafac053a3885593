"""The core's own plugin: its views, given through the same hook as anybody's.

By name, because views are above plugins, and draw with libraries that a training does without.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

import pluggy

from tui_nn.plugin.view import View

NAME = "tui_nn"


@pluggy.HookimplMarker(NAME)
def tui_nn_views() -> Sequence[View]:
    views: Sequence[View] = import_module("tui_nn.views.table").VIEWS
    return views
