"""Data: tables and images to arrays, their division into parts, and scaling."""

from tui_nn.datasets.divisions import Division
from tui_nn.datasets.from_path import load_path, load_rows
from tui_nn.datasets.missing import fill
from tui_nn.datasets.scaling import scale, scale_of_targets
from tui_nn.datasets.split import split

__all__ = ["Division", "fill", "load_path", "load_rows", "scale", "scale_of_targets", "split"]
