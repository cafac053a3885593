"""Which epochs and steps of a run are written down: all of them at first, then fewer, so that any run is short to read.

Of `density` numbers each of the first 2 * density is recorded, then every second, and every fourth, eighth, ... from
each doubling on: at least `density` between any number and its double, some 50,000 of ten million. The rule looks at
the number alone. So two runs of one experiment record the same, a resumed run goes on as the uninterrupted one does,
and nothing that is written is ever written anew. Snapshots are thinned by powers of two as well, and further: each of
them is of an epoch that is recorded.
"""

from __future__ import annotations

DENSITY = 4096  # a curve of the newest half of a run has more points than a terminal has places
ALL = 0  # as a density: nothing is left out


def distance(number: int, density: int) -> int:
    """From one recorded number to the next, where `number` is."""
    return 1 << max(0, (number // density).bit_length() - 1) if density else 1


def is_recorded(number: int, density: int) -> bool:
    """Whether the epoch of this number is written down, or the step."""
    return number % distance(number, density) == 0
