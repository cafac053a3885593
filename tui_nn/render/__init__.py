"""Views as pure functions: numpy arrays in, rich text out, for the workbench and for plain output alike.

Every view gets a width and a height in cells and never takes more.
"""

from tui_nn.render.confusion import confusion
from tui_nn.render.curve import Series, curve
from tui_nn.render.export import to_plain, to_svg
from tui_nn.render.heatmap import heatmap
from tui_nn.render.look import Look
from tui_nn.render.units import units

__all__ = ["Look", "Series", "confusion", "curve", "heatmap", "to_plain", "to_svg", "units"]
