"""Which views stand in the panes at first: those that show most of this kind of data."""

from __future__ import annotations

from dataclasses import replace

from tui_nn.experiment.build import Shapes
from tui_nn.views.knobs import SMOOTHING, WINDOWS, Knobs

PANES = 4


def default_views(shapes: Shapes | None) -> tuple[str, ...]:
    """One name a pane, the most telling first."""
    if shapes is not None and not shapes.classes:
        return ("loss", "fit", "weights", "health") if shapes.inputs != 2 else ("loss", "fit", "boundary", "neurons")
    if shapes is not None and shapes.inputs == 2:
        return ("loss", "boundary", "accuracy", "neurons")
    if shapes is not None and shapes.picture is None:
        return ("loss", "confusion", "accuracy", "weights")
    return ("loss", "confusion", "accuracy", "units")


def smoother(knobs: Knobs) -> Knobs:
    """The next smoothing."""
    at = SMOOTHING.index(knobs.smoothing) if knobs.smoothing in SMOOTHING else 0
    return replace(knobs, smoothing=SMOOTHING[(at + 1) % len(SMOOTHING)])


def next_window(knobs: Knobs) -> Knobs:
    """The next window of time."""
    at = WINDOWS.index(knobs.window) if knobs.window in WINDOWS else 0
    return replace(knobs, window=WINDOWS[(at + 1) % len(WINDOWS)])
