"""Which views stand in the panes at first: those that show most of this kind of data."""

from __future__ import annotations

from tui_nn.experiment.build import Shapes

PANES = 4
BEFORE = "data"  # what the last pane has until there is a run: untrained, its own view says little


DEFAULTS = {
    "picture": ("network", "loss", "confusion", "units"),
    "plane": ("network", "loss", "boundary", "accuracy"),
    "classes": ("network", "loss", "confusion", "weights"),
    "labels": ("network", "loss", "labels", "weights"),
    "line of numbers": ("network", "loss", "curve", "fit"),
    "numbers": ("network", "loss", "fit", "weights"),
    "plane of numbers": ("network", "loss", "boundary", "fit"),
}


def kind_of_data(shapes: Shapes | None) -> str:
    """A key of DEFAULTS; pictures while nothing is known."""
    if shapes is None:
        return "picture"
    if shapes.multi_label:
        return "labels"
    if not shapes.classes:
        return {1: "line of numbers", 2: "plane of numbers"}.get(shapes.inputs, "numbers")
    if shapes.inputs == 2:
        return "plane"
    return "picture" if shapes.picture is not None else "classes"


def default_views(shapes: Shapes | None) -> tuple[str, ...]:
    """One name a pane, the most telling first."""
    return DEFAULTS[kind_of_data(shapes)]
