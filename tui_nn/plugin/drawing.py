"""Functions that the author of a view draws with: each takes arrays, a width and a height, and returns a picture.

`boxed` cuts lines to a box, `fitting` says as much as there is room for, `pixels` paints a matrix, `accent` and
`levels` choose colours that the terminal has; the others are whole pictures.
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
