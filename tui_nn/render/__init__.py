"""Views as pure functions: numpy arrays in, rich text out, for the workbench and for plain output alike.

Every view gets a width and a height in cells and never takes more.
"""

from tui_nn.render.approximation import approximation
from tui_nn.render.boundary import boundary
from tui_nn.render.circuit import CircuitPicture, circuit, circuit_legend
from tui_nn.render.circuit_code import circuit_code
from tui_nn.render.confusion import confusion
from tui_nn.render.curve import Series, curve, x_at
from tui_nn.render.data_sheet import DataSheet, LabelledSample, data_sheet
from tui_nn.render.export import shown, to_plain, to_svg
from tui_nn.render.function_plot import function_plot, two_curves
from tui_nn.render.function_sheet import FunctionTile, function_sheet
from tui_nn.render.gallery import Mistake, gallery
from tui_nn.render.health import HealthBlock, health
from tui_nn.render.heatmap import heatmap
from tui_nn.render.intervals import Interval, intervals
from tui_nn.render.look import Look
from tui_nn.render.marks import Mark
from tui_nn.render.network import Links, Place, UnitColumn, network
from tui_nn.render.neurons import neurons
from tui_nn.render.parallel import ParallelAxis, ParallelLine, parallel
from tui_nn.render.passage import Passage, Stage, passage
from tui_nn.render.perturbed import Perturbed, Strip, perturbed
from tui_nn.render.pieces import facets, pieces
from tui_nn.render.robustness import robustness
from tui_nn.render.scatter import scatter
from tui_nn.render.smooth import smooth
from tui_nn.render.surface import surface
from tui_nn.render.unit_card import CardRow, UnitCard, unit_card
from tui_nn.render.units import units
from tui_nn.render.verdicts import verdicts
from tui_nn.render.vote_table import vote_table
from tui_nn.render.votes import votes

__all__ = [
    "CardRow",
    "CircuitPicture",
    "DataSheet",
    "FunctionTile",
    "HealthBlock",
    "Interval",
    "LabelledSample",
    "Links",
    "Look",
    "Mark",
    "Mistake",
    "ParallelAxis",
    "ParallelLine",
    "Passage",
    "Perturbed",
    "Place",
    "Series",
    "Stage",
    "Strip",
    "UnitCard",
    "UnitColumn",
    "approximation",
    "boundary",
    "circuit",
    "circuit_code",
    "circuit_legend",
    "confusion",
    "curve",
    "data_sheet",
    "facets",
    "function_plot",
    "function_sheet",
    "gallery",
    "health",
    "heatmap",
    "intervals",
    "network",
    "neurons",
    "parallel",
    "passage",
    "perturbed",
    "pieces",
    "robustness",
    "scatter",
    "shown",
    "smooth",
    "surface",
    "to_plain",
    "to_svg",
    "two_curves",
    "unit_card",
    "units",
    "verdicts",
    "vote_table",
    "votes",
    "x_at",
]
