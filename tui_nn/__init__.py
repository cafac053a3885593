"""tui-nn: see, feel and trust how a neural network learns, in your terminal.

In Python: `net = tui_nn.train(x, y)`; docs/api.md shows the rest. These names are imported at their first use.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

# Name -> module, and what it is called there.
NAMES = {
    "Diverged": ("api.training", "Diverged"),
    "RecordedRun": ("api.run", "RecordedRun"),
    "TrainedNet": ("api.trained", "TrainedNet"),
    "TrainingEvents": ("api.training", "TrainingEvents"),
    "TuiNNError": ("errors", "TuiNNError"),
    "ViewPicture": ("api.picture", "ViewPicture"),
    "begin_training": ("api.training", "begin_training"),
    "load": ("api.trained", "load"),
    "open": ("api.run", "open_recorded"),
    "show": ("api.show", "show"),
    "train": ("api.training", "train"),
    "training": ("training", ""),  # a package that can be called: it does what begin_training does
}

__all__ = [
    "Diverged",
    "RecordedRun",
    "TrainedNet",
    "TrainingEvents",
    "TuiNNError",
    "ViewPicture",
    "begin_training",
    "load",
    "open",
    "show",
    "train",
    "training",
]


def __getattr__(name: str) -> Any:
    if name not in NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, own = NAMES[name]
    found = import_module(f"{__name__}.{module}")
    return getattr(found, own) if own else found


def __dir__() -> list[str]:
    return sorted({*globals(), *NAMES})
