"""Reverse mode on a computational graph: ordinary numpy expressions build it, the chain rule walks it backward.

This is how an activation or a loss that comes without a derivative gets one.
"""

from tui_nn.graph.backward import gradients, vjp
from tui_nn.graph.kinks import KINKS, Kink
from tui_nn.graph.node import Node, UnsupportedFunction, variable
from tui_nn.graph.primitives import sigmoid, softplus
from tui_nn.graph.sides import near_kink
from tui_nn.graph.table import STANDARD, Derivative, Derivatives, derivative

__all__ = [
    "KINKS",
    "STANDARD",
    "Derivative",
    "Derivatives",
    "Kink",
    "Node",
    "UnsupportedFunction",
    "derivative",
    "gradients",
    "near_kink",
    "sigmoid",
    "softplus",
    "variable",
    "vjp",
]
