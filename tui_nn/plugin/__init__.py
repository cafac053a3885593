"""Everything a plugin author imports: the hook marker, a decorator for each kind, and the classes behind them.

A plugin is a module with functions named like the hooks in `kinds`; each returns a list of components. The functions
that views draw with are in `tui_nn.plugin.drawing`, because they import much that a training does without.
"""

from __future__ import annotations

from typing import Any

import pluggy

from tui_nn.datasets.reader import Reader, reader
from tui_nn.datasets.source import Source
from tui_nn.datasets.table import Column, Table
from tui_nn.engine.accelerator import Accelerator, CostAndGradient, Learn, Predict, Steps, Update
from tui_nn.engine.activation import Activation, activation
from tui_nn.engine.arithmetic import Arithmetic, SamplePass
from tui_nn.engine.batches import TrainingSet
from tui_nn.engine.data import Dataset, Part
from tui_nn.engine.events import Ended, EpochFinished, Started, StepsFinished
from tui_nn.engine.initializer import Initializer, initializer
from tui_nn.engine.layer import Dense, Layer, Slot
from tui_nn.engine.loss import Loss, loss
from tui_nn.engine.metric import Metric, metric
from tui_nn.engine.network import Network
from tui_nn.engine.optimizer import Evaluate, Minimizer, Optimizer, State
from tui_nn.engine.random import stream
from tui_nn.engine.schedule import Schedule, schedule
from tui_nn.errors import DataError, ExperimentError
from tui_nn.graph import Derivative, Kink, derivative, sigmoid, softplus
from tui_nn.plugin.dataset import DatasetSource, dataset
from tui_nn.plugin.exporter import Exporter, exporter
from tui_nn.plugin.knobs import LAYER, LOG, SAMPLE, SMOOTHING, WINDOW, Knob, Knobs
from tui_nn.plugin.listener import Listened, Listener, listener
from tui_nn.plugin.places import Cursor, EditWeight, GoTo, Graph, Grid, Here, OpenView, Places, Shelf
from tui_nn.plugin.reporter import Reporter, reporter
from tui_nn.plugin.view import Missing, Question, View, view
from tui_nn.spelling import preferred

hookimpl = pluggy.HookimplMarker("tui_nn")

__all__ = [
    "LAYER",
    "LOG",
    "SAMPLE",
    "SMOOTHING",
    "WINDOW",
    "Accelerator",
    "Activation",
    "Arithmetic",
    "Column",
    "CostAndGradient",
    "Cursor",
    "DataError",
    "Dataset",
    "DatasetSource",
    "Dense",
    "Derivative",
    "EditWeight",
    "Ended",
    "EpochFinished",
    "Evaluate",
    "ExperimentError",
    "Exporter",
    "GoTo",
    "Graph",
    "Grid",
    "Here",
    "Initialiser",
    "Initializer",
    "Kink",
    "Knob",
    "Knobs",
    "Layer",
    "Learn",
    "Listened",
    "Listener",
    "Loss",
    "Metric",
    "Minimiser",
    "Minimizer",
    "Missing",
    "Network",
    "OpenView",
    "Optimizer",
    "Part",
    "Places",
    "Predict",
    "Question",
    "Reader",
    "Reporter",
    "SamplePass",
    "Schedule",
    "Shelf",
    "Slot",
    "Source",
    "Started",
    "State",
    "Steps",
    "StepsFinished",
    "Table",
    "TrainingSet",
    "Update",
    "View",
    "activation",
    "dataset",
    "derivative",
    "exporter",
    "hookimpl",
    "initialiser",
    "initializer",
    "listener",
    "loss",
    "metric",
    "reader",
    "reporter",
    "schedule",
    "sigmoid",
    "softplus",
    "stream",
    "view",
]


def __getattr__(name: str) -> Any:
    """The names that a plugin may spell the other way."""
    if name in __all__ and preferred(name) != name:
        return globals()[preferred(name)]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
