"""The surface of J over two weights, all others as they are, and the way that the optimizer took over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_nn.experiment.objective import Objective
from tui_nn.experiment.study import INSIDE, Study

Array = np.ndarray[Any, np.dtype[Any]]
Weight = tuple[int, int, int]  # layer and unit from 1, column 0 the bias

ACROSS, UP = 31, 19  # points
MARGIN = 0.15  # of the way's extent, beyond each of its ends
LEAST = 1.0  # of a weight: the picture is no narrower
WORK = 1e9  # multiplications for one surface: half a second, at most
FEWEST = 100  # samples, however large the network
# Why it is these two; nothing where they were typed.
MOVED, STEEPEST, TYPED = "which moved most", "of largest gradient at the start", ""


class NoWeight(KeyError):
    """There is no such weight: the text says why."""


@dataclass(frozen=True)
class Surface:
    """J at each of x (p,) and y (q,): cost (q, p), where the first and the second weight have these values.

    here: both as they are, and J there. path (n, 2): both at each recorded moment, the one that is looked at last.
    others: how many other parameters differ between the first and the last of these; share: of the squared length of
    that way, what the two weights have; None where nothing has moved. samples: of the training part's `of`. why: why
    it is these two.
    """

    first: Weight
    second: Weight
    x: Array
    y: Array
    cost: Array
    here: tuple[float, float, float]
    path: Array
    others: int
    share: float | None
    samples: int
    of: int
    why: str


def surface_of(
    study: Study,
    thetas: Sequence[Array],
    moments: Sequence[Array],
    chosen: tuple[Weight, Weight] | None = None,
    span: float = 1.0,
    moved: Array | None = None,
) -> Surface:
    """moments: all parameters (parameters,) as they were, the first ones first, without those of now.

    chosen: the two weights; by default those that moved most, and biases only where there are no others. moved: how far
    each parameter has; None before any has: then it is by the gradient at the start. span: how much more than the way
    is shown. Raises NoWeight.
    """
    parameters = sum(theta.size for theta in thetas)
    if parameters < 2:
        raise NoWeight("The network has fewer than two weights.")
    most = int(min(INSIDE, max(FEWEST, WORK / (ACROSS * UP * parameters))))
    J = Objective(study, thetas, most)
    start = moments[0].astype(np.float64) if len(moments) else J.values
    i, j, why = _places(J, start, chosen, moved)
    path = np.array([[values[i], values[j]] for values in [*moments, J.values]], np.float64)
    x, y = (_axis(path[:, side], path[:, 1 - side], points, span) for side, points in ((0, ACROSS), (1, UP)))
    cost = np.array([[J.at({i: across, j: up}) for across in x.tolist()] for up in y.tolist()])
    with np.errstate(over="ignore", invalid="ignore"):
        way = J.values - start
        total, moved = float(way @ way), np.flatnonzero(way)
    return Surface(
        J.weight(i), J.weight(j), x, y, cost, (float(J.values[i]), float(J.values[j]), J.at({})), path,
        int(((moved != i) & (moved != j)).sum()), _share(way[i], way[j], total),
        J.samples, J.of, why,
    )  # fmt: skip


def _share(first: float, second: float, total: float) -> float | None:
    with np.errstate(over="ignore", invalid="ignore"):
        return float((np.square(first) + np.square(second)) / total) if total else None


def _places(
    J: Objective, start: Array, chosen: tuple[Weight, Weight] | None, moved: Array | None
) -> tuple[int, int, str]:
    if chosen is None:
        size, why = (J.gradient(start), STEEPEST) if moved is None else (moved, MOVED)
        # Biases come last: a pair of them tells of the share of each class, and little of what the network learns.
        order = np.argsort(-np.abs(np.nan_to_num(size)), kind="stable")
        is_bias = np.array([J.weight(place)[2] == 0 for place in order.tolist()])
        first, second = order[np.argsort(is_bias, kind="stable")][:2].tolist()
        return first, second, why
    found = []
    for weight in chosen:
        try:
            found.append(J.place(*weight))
        except KeyError:
            name = ".".join(map(str, weight))
            raise NoWeight(f"There is no weight {name}: LAYER.UNIT.INPUT, input 0 is the bias.") from None
    return found[0], found[1], TYPED


def _axis(values: Array, others: Array, points: int, span: float) -> Array:
    """From below the way to above it; where a weight hardly moves, a part of what the other does."""
    values, others = (one[np.isfinite(one)] for one in (values, others))
    if not len(values):
        return np.linspace(-LEAST, LEAST, points)
    wide = max(float(np.ptp(values)) * (1 + 2 * MARGIN), float(np.ptp(others)) / 4 if len(others) else 0.0, LEAST)
    middle = (float(values.min()) + float(values.max())) / 2
    return np.linspace(middle - span * wide / 2, middle + span * wide / 2, points)
