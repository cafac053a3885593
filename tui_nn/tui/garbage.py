"""Looking through all objects for garbage takes longer than a frame: it is done while nobody presses a key.

Young garbage is collected as ever. What is old and in a cycle is little: screens that were left, tracebacks.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterable, Sequence

from textual.strip import Strip

EVERY = 5.0  # seconds between two looks whether now is the time
QUIET = 2.0  # seconds without a key, after which the next may be hoped to be far
APART = 60.0  # seconds from one collection to the next
RARELY = 100_000  # collections of young garbage until all of it is collected whatever is pressed


_divide = Strip.divide


def _divided(strip: Strip, cuts: Iterable[int]) -> Sequence[Strip]:
    """Textual keeps the parts of a line in the line itself. One that is not cut would be its own part: a cycle."""
    wanted = [*cuts]
    return [strip] if wanted == [strip.cell_length] else _divide(strip, wanted)


class Garbage:
    """begin: once what stays is there. pressed: at every key. look: now and then."""

    def __init__(self) -> None:
        Strip.divide = _divided  # type: ignore[assignment]
        self._pressed = self._collected = 0.0

    def begin(self) -> None:
        """What is there stays: it is never looked through again."""
        gc.collect()
        gc.freeze()
        young, middle, _ = gc.get_threshold()
        gc.set_threshold(young, middle, RARELY)
        self._collected = time.monotonic()

    def pressed(self) -> None:
        """Somebody is there."""
        self._pressed = time.monotonic()

    def look(self) -> None:
        """Collect, if it is time and nobody would notice."""
        now = time.monotonic()
        if now - self._pressed > QUIET and now - self._collected > APART:
            gc.collect()
            self._collected = time.monotonic()
