"""How somebody wants to see a view: what keys, mouse and command line turn, the same for all views."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

T = TypeVar("T")

WINDOWS = ("all", "recent half", "recent tenth", "batches")


@dataclass(frozen=True)
class Knob:
    """One thing that can be turned. values: what its key goes through, the default first; none for a count from 0.

    key: the character that it types, or as Textual names it; several with commas, the first is shown. short: for the
    footer. help: a sentence for the help page and the palette. is_text: whether its value is any text, which its key
    asks for. back: keys for the way back through the values. acts: what its key makes of all knobs instead, such as a
    reset.
    """

    name: str
    values: tuple[Any, ...]
    key: str
    short: str
    help: str
    is_text: bool = False
    back: str = ""
    acts: Callable[[Knobs], Knobs] | None = None

    def step(self, *pressed: str | None) -> int:
        """What a key, by any of its names, does to it: 1 on, -1 back, 0 nothing."""
        for keys, step in ((self.key, 1), (self.back, -1)):
            if any(one in keys.split(",") for one in pressed if one):
                return step
        return 0


LAYER = Knob("layer", (), "l", "layer", "Show the next layer.")
LOG = Knob("log", (False, True), "g", "log", "Logarithmic axis, or linear.")  # None: as the view thinks fit
SMOOTHING = Knob("smoothing", (0.0, 0.6, 0.9, 0.97), "h", "smooth", "More smoothing, then none.")
WINDOW = Knob("window", WINDOWS, "w", "window", "All epochs, the recent half, the recent tenth, or batch by batch.")
SAMPLE = Knob("sample", (), "j", "sample", "Step one sample of the next batch.")
STANDARD = (LAYER, LOG, SMOOTHING, WINDOW, SAMPLE)


@dataclass(frozen=True)
class Knobs:
    """layer: of which Theta, from 0. reading: which of the view's readings, from 0. smoothing: weight of the past.

    log: logarithmic y axis; None where it is left to the view. window: one of WINDOWS. sample: of the next batch, from
    0. at: where the cursor stands, None without one. own: the values of knobs that a view has for itself, by name. A
    view takes what means something to it.
    """

    layer: int = 0
    reading: int = 0
    log: bool | None = None
    smoothing: float = 0.0
    window: str = WINDOWS[0]
    sample: int = 0
    at: Any = None
    own: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, knob: Knob) -> Any:
        """How this knob stands."""
        if knob in STANDARD:
            return getattr(self, knob.name)
        return self.own.get(knob.name, knob.values[0] if knob.values else 0)

    def pick(self, readings: Sequence[T]) -> T:
        """The reading that is chosen of these."""
        return readings[self.reading % len(readings)]

    def put(self, knob: Knob, value: Any) -> Knobs:
        """The same with this knob at this value."""
        if knob in STANDARD:
            return replace(self, **{knob.name: value})
        return replace(self, own={**self.own, knob.name: value})

    def turned(self, knob: Knob, by: int = 1) -> Knobs:
        """The same with this knob at its next value, or the one before (-1)."""
        if knob.acts is not None:
            return knob.acts(self)
        now = self[knob]
        if knob.is_text:
            return self
        if not knob.values:
            return self.put(knob, max(0, now + by))
        at = knob.values.index(now) if now in knob.values else 0
        return self.put(knob, knob.values[(at + by) % len(knob.values)])
