"""Reverse mode on a computational graph: ordinary numpy expressions build it, the chain rule walks it backward.

This is how an activation or a loss that comes without a derivative gets one.
"""

from tui_nn.graph.backward import gradients, vjp
from tui_nn.graph.node import Node, UnsupportedFunction, variable
from tui_nn.graph.primitives import sigmoid, softplus

__all__ = ["Node", "UnsupportedFunction", "gradients", "sigmoid", "softplus", "variable", "vjp"]
