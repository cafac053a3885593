"""What the author of a view draws with: every function takes arrays, a width and a height, and gives a picture.

`boxed` cuts lines to a box, `fitting` says as much as has room, `pixels` paints a matrix, `accent` and `levels` choose
colours for what the terminal has; the others are whole pictures.
"""

from rich.text import Text

from tui_nn.render import Series, curve, heatmap, scatter, units
from tui_nn.render.canvas import boxed, fitting, too_small
from tui_nn.render.drawing import Drawing, Lattice, Spot
from tui_nn.render.look import Look
from tui_nn.render.palette import BAD, DIM, DISTINCT, GOOD, accent, glyphs, legend, levels, pair, pixels, pool
from tui_nn.render.short_names import short_names

__all__ = [
    "BAD",
    "DIM",
    "DISTINCT",
    "GOOD",
    "Drawing",
    "Lattice",
    "Look",
    "Series",
    "Spot",
    "Text",
    "accent",
    "boxed",
    "curve",
    "fitting",
    "glyphs",
    "heatmap",
    "legend",
    "levels",
    "pair",
    "pixels",
    "pool",
    "scatter",
    "short_names",
    "too_small",
    "units",
]
