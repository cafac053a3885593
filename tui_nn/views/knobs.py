"""How somebody wants to see a view: the settings that keys, mouse and command line turn, the same for all views."""

from __future__ import annotations

from dataclasses import dataclass

SMOOTHING = (0.0, 0.6, 0.9, 0.97)
WINDOWS = ("all", "recent half", "recent tenth", "batches")


@dataclass(frozen=True)
class Knobs:
    """layer: of which Theta, from 0. reading: which of the view's readings, from 0. smoothing: weight of the past.

    log: logarithmic y axis. window: one of WINDOWS. sample: of the next batch, from 0. A view takes what means
    something to it.
    """

    layer: int = 0
    reading: int = 0
    log: bool = False
    smoothing: float = 0.0
    window: str = WINDOWS[0]
    sample: int = 0
