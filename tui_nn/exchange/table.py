"""The exporters that come with tui-nn."""

from __future__ import annotations

from tui_nn.exchange.arrays import csv, mat, npz, safetensors
from tui_nn.exchange.c_writer import c
from tui_nn.exchange.huggingface import huggingface
from tui_nn.exchange.onnx_writer import onnx
from tui_nn.exchange.python_writer import code
from tui_nn.plugin.exporter import Exporter

EXPORTERS: list[Exporter] = [safetensors, npz, csv, mat, onnx, code, c, huggingface]
