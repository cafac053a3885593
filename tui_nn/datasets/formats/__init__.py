"""The formats of files that come with tui-nn, a reader each."""

from tui_nn.datasets.formats.delimited import delimited
from tui_nn.datasets.formats.npy import npy

READERS = (delimited, npy)

__all__ = ["READERS", "delimited"]
