"""Schedules: factors of the learning rate, as functions of progress through the run, from 0 to 1."""

from __future__ import annotations

import math

from tui_nn.plugin import Schedule, schedule


@schedule
def constant(progress: float) -> float:  # noqa: ARG001
    """The rate stays what it is."""
    return 1.0


@schedule
def cosine(progress: float, floor: float = 0.0) -> float:
    """Half a cosine from 1 down to `floor` (Loshchilov and Hutter, 2017)."""
    return floor + (1 - floor) * (1 + math.cos(math.pi * progress)) / 2


@schedule
def exponential(progress: float, end: float = 0.01) -> float:
    """The rate falls by the same factor in equal times, to `end` of itself at the end."""
    return float(end**progress)


SCHEDULES: list[Schedule] = [constant, cosine, exponential]
