"""A trained network for other programs, and theirs for this one.

What a network computes is written down once, as a `Program` of array operations that its own layers and activations
leave behind when they are shown symbols instead of numbers; ONNX, Python and C are three ways to spell a program.
"""

from tui_nn.exchange.exported import Exported
from tui_nn.exchange.program import Program
from tui_nn.exchange.symbol import Untraceable
from tui_nn.exchange.traced import program_of

__all__ = ["Exported", "Program", "Untraceable", "program_of"]
