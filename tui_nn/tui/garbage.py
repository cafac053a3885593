"""Looking through all objects for garbage takes longer than a frame: it is done while nobody presses a key.

Young garbage is collected as ever. What is old and in a cycle is little: screens that were left, tracebacks.
"""

from __future__ import annotations

import gc
import time

EVERY = 5.0  # seconds between two looks whether now is the time
QUIET = 2.0  # seconds without a key, after which the next may be hoped to be far
APART = 60.0  # seconds from one collection to the next
RARELY = 100_000  # collections of young garbage until all of it is collected whatever is pressed


class Garbage:
    """begin: once what stays is there. pressed: at every key. look: now and then."""

    def __init__(self) -> None:
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
