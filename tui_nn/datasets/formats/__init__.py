"""The formats of files that come with tui-nn, a reader each."""

from tui_nn.datasets.formats.npy import npy

READERS = (npy,)

__all__ = ["READERS"]
