"""Schedules: factors of the learning rate. `progress` goes from 0 to 1 during the run, `epoch` counts epochs."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tui_nn.plugin import Schedule, schedule


def _cosine(progress: float, floor: float) -> float:
    return floor + (1 - floor) * (1 + math.cos(math.pi * progress)) / 2


@schedule(is_constant=True)
def constant(progress: float) -> float:
    """A constant rate.

    Formula: 1
    """
    return 1.0


@schedule
def step(progress: float, epoch: float, every: int = 10, factor: float = 0.5) -> float:
    """The rate is multiplied by `factor` every `every` epochs.

    Formula: factor^floor(epoch / every)
    """
    return float(factor ** (int(epoch) // max(1, every)))


@schedule
def exponential(progress: float, end: float = 0.01) -> float:
    """The rate falls exponentially, to `end` times its first value at the end of the run.

    Formula: end^progress
    """
    return float(end**progress)


@schedule
def cosine(progress: float, floor: float = 0.0) -> float:
    """The rate falls along half a cosine from 1 to `floor`.

    Formula: floor + (1 - floor) (1 + cos(pi progress)) / 2
    Reference: Loshchilov and Hutter (2017), without restarts
    """
    return _cosine(progress, floor)


@schedule
def warm_up(progress: float, share: float = 0.1, floor: float = 0.0) -> float:
    """The rate rises linearly over the first `share` of the run, then falls along half a cosine to `floor`.

    Formula: progress / share, then floor + (1 - floor) (1 + cos(pi p)) / 2 with p from 0 to 1
    Reference: Goyal et al. (2017)
    """
    if progress < share:
        return progress / share
    return _cosine((progress - share) / (1 - share), floor)


@schedule
def one_cycle(progress: float, share: float = 0.3, start: float = 0.04, end: float = 0.0001) -> float:
    """The rate rises from `start` to 1 over the first `share` of the run, then falls to `end`, along half cosines.

    Formula: a + (b - a) (1 - cos(pi p)) / 2 from start to 1, then from 1 to end
    Reference: Smith and Topin (2018)
    """
    if progress < share:
        return start + (1 - start) * (1 - math.cos(math.pi * progress / share)) / 2
    return _cosine((progress - share) / (1 - share), end)


@schedule
def plateau(progress: float, losses: Sequence[float], patience: int = 5, factor: float = 0.5) -> float:
    """The rate is multiplied by `factor` whenever the loss has not fallen for `patience` epochs.

    The loss is that of the validation part, or of the training part if there is none. Past reductions follow from the
    losses alone, so a resumed run reduces at the same epochs.

    Formula: factor^(number of plateaus so far)
    """
    best, waited, reductions = math.inf, 0, 0
    for loss in losses:
        waited = 0 if loss < best else waited + 1
        best = min(best, loss)
        if waited >= patience:
            reductions, waited = reductions + 1, 0
    return float(factor**reductions)


SCHEDULES: list[Schedule] = [constant, step, exponential, cosine, warm_up, one_cycle, plateau]
