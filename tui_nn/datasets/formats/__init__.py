"""The formats of files that come with tui-nn, a reader each."""

from tui_nn.datasets.formats.arff import arff
from tui_nn.datasets.formats.delimited import delimited
from tui_nn.datasets.formats.npy import npy
from tui_nn.datasets.formats.parquet import parquet

READERS = (delimited, npy, arff, parquet)

__all__ = ["READERS", "delimited"]
