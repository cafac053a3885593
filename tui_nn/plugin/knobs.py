"""How to show a view: the knobs that keys, mouse and command line turn, the same for all views."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

T = TypeVar("T")

WINDOWS = ("all", "recent half", "recent tenth", "batches")


@dataclass(frozen=True)
class Knob:
    """One thing that can be turned. values: those its key goes through, the default first; none for a count from 0.

    key: its character, or Textual's name of it; of several, separated by commas, the first is shown. short: the text
    for the footer. help: a sentence for the help page and the palette. is_text: whether its value is any text, for
    which its key asks. back: keys that go back through the values. acts: what its key does with all knobs instead, such
    as a reset.
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
        """The step that a key, by any of its names, makes: 1 on, -1 back, 0 none."""
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
    """The positions of all knobs; a view uses those that it declares.

    layer: that of Theta, from 0. reading: the index of the view's reading, from 0. smoothing: the weight of the past.
    log: whether the y axis is logarithmic; None leaves it to the view. window: one of WINDOWS. sample: that of the next
    batch, from 0. at: the place of the cursor, None without one. own: the values of the view's own knobs, by name.
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
        """The value of this knob."""
        if knob in STANDARD:
            return getattr(self, knob.name)
        return self.own.get(knob.name, knob.values[0] if knob.values else 0)

    def pick(self, readings: Sequence[T]) -> T:
        """The chosen one of these readings."""
        return readings[self.reading % len(readings)]

    def put(self, knob: Knob, value: Any) -> Knobs:
        """The same knobs with this one at this value."""
        if knob in STANDARD:
            return replace(self, **{knob.name: value})
        return replace(self, own={**self.own, knob.name: value})

    def turned(self, knob: Knob, by: int = 1) -> Knobs:
        """The same knobs with this one at its next value, or the one before (-1)."""
        if knob.acts is not None:
            return knob.acts(self)
        now = self[knob]
        if knob.is_text:
            return self
        if not knob.values:
            return self.put(knob, max(0, now + by))
        at = knob.values.index(now) if now in knob.values else 0
        return self.put(knob, knob.values[(at + by) % len(knob.values)])
