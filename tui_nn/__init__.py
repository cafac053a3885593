"""tui-nn: see, feel and trust how a neural network learns, in your terminal."""

__version__ = "0.1.0"
