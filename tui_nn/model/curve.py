"""What a network of one input says along it, beside what it is to say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_nn.engine.data import Part
from tui_nn.engine.layer import IDENTITY
from tui_nn.errors import DataError
from tui_nn.model.forward import forward_pass
from tui_nn.model.net import Net

Array = np.ndarray[Any, np.dtype[Any]]

POINTS = 1001  # along the input
SAMPLES = 2000  # that are drawn: enough for a picture


@dataclass(frozen=True)
class Curve:
    """From the smallest input of the training part to the largest, in the data's own units.

    x (p,); outputs (p, q); function (p, q), what the targets are without noise, None where the data do not know it.
    samples (m,) of the training part with targets (m, q) and answers (m, q), none where they are not here. theta
    (q, s + 1) of the last layer and hidden (s + 1, p), what it is multiplied with, row 0 the constant 1: their product
    is z of the last layer, in the data's own units. None where that is not dense, or bends targets that are scaled.
    activation: what makes the outputs of z.
    """

    x: Array
    outputs: Array
    function: Array | None
    samples: Array
    targets: Array
    answers: Array
    theta: Array | None
    hidden: Array | None
    activation: str


def curve_of(net: Net, samples: Part | None = None, function: Callable[[Array], Array] | None = None) -> Curve:
    """Of a regression with one input. samples: the training part. Raises DataError for another network."""
    preparation = net.preparation
    if preparation.inputs != 1 or net.head.classes or preparation.low is None or preparation.high is None:
        raise DataError("the network is no regression of one input whose range it records.")
    x = np.linspace(preparation.low[0], preparation.high[0], POINTS)
    passes = forward_pass(net, net.part(x[:, None]).x)
    last = passes[-1]
    part = None if samples is None else samples.head(SAMPLES)
    rows = np.empty((0, 1)) if part is None else preparation.undone(part.x)
    targets = net.head.targets
    outputs, theta = targets.in_own_units(last.a.T), last.theta
    if targets.are_scaled and theta is not None:
        theta = theta / np.array(targets.factor)[:, None]
        theta[:, 0] += targets.offset
    is_sum = last.z is not None and (not targets.are_scaled or last.activation == IDENTITY.name)
    return Curve(
        x,
        outputs,
        None if function is None else np.asarray(function(x[:, None]), np.float64).reshape(POINTS, -1),
        rows[:, 0],
        np.empty((0, outputs.shape[1])) if part is None else part.y.reshape(len(part), -1),
        np.empty((0, outputs.shape[1])) if part is None else _answers(net, part),
        theta if is_sum else None,
        last.x if is_sum else None,
        last.activation,
    )


def _answers(net: Net, part: Part) -> Array:
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        outputs: Array = net.head.answers(net.network.predict(part).T).T
    return outputs


def farthest(x: Array, difference: Array) -> tuple[float, float]:
    """max |f - g| and its x; NaN where some answer is no number, or there is nothing to compare with."""
    if not len(x):
        return float("nan"), float("nan")
    at = int(np.abs(difference).argmax())
    return float(abs(difference[at])), float(x[at])
