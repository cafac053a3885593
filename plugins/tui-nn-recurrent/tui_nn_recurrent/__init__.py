"""Recurrent layers for tui-nn: `elman`, `gru` and `lstm` over sequences of fixed length, and a view of their states."""

from __future__ import annotations

from tui_nn.plugin import DatasetSource, Layer, View, hookimpl
from tui_nn_recurrent.datasets import adding, parity, sine_ahead
from tui_nn_recurrent.elman import Elman
from tui_nn_recurrent.gru import Gru
from tui_nn_recurrent.lstm import Lstm
from tui_nn_recurrent.states import states

__version__ = "0.1.0"


@hookimpl
def tui_nn_layers() -> list[type[Layer]]:
    return [Elman, Gru, Lstm]


@hookimpl
def tui_nn_datasets() -> list[DatasetSource]:
    return [adding, parity, sine_ahead]


@hookimpl
def tui_nn_views() -> list[View]:
    return [states]
