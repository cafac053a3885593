"""The core's own plugin: its readers, views, exporters and reporters, through the same hooks as all others.

It names all but the readers by path, because they are above plugins and import much that a training does without.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

import pluggy

from tui_nn.datasets.formats import READERS
from tui_nn.datasets.reader import Reader
from tui_nn.plugin.exporter import Exporter
from tui_nn.plugin.reporter import Reporter
from tui_nn.plugin.view import View

NAME = "tui_nn"


@pluggy.HookimplMarker(NAME)
def tui_nn_readers() -> Sequence[Reader]:
    return READERS


@pluggy.HookimplMarker(NAME)
def tui_nn_views() -> Sequence[View]:
    views: Sequence[View] = import_module("tui_nn.views.table").VIEWS
    return views


@pluggy.HookimplMarker(NAME)
def tui_nn_exporters() -> Sequence[Exporter]:
    exporters: Sequence[Exporter] = import_module("tui_nn.exchange.table").EXPORTERS
    return exporters


@pluggy.HookimplMarker(NAME)
def tui_nn_reporters() -> Sequence[Reporter]:
    reporters: Sequence[Reporter] = import_module("tui_nn.report.table").REPORTERS
    return reporters
