"""What a network makes of every combination of up to four binary inputs: the question behind the truth table."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_nn.engine.activation import Activation
from tui_nn.engine.data import Part, Splits
from tui_nn.errors import DataError
from tui_nn.model.forward import LayerPass, forward_pass
from tui_nn.plugin.view import Question
from tui_nn.runs.weights import Weights
from tui_nn.training.recorded import Recorded
from tui_nn.views.boolean import name_of

Array = np.ndarray[Any, np.dtype[Any]]

MOST_INPUTS = 4


@dataclass(frozen=True)
class Answered:
    """What the network makes of all 2^n combinations, the first with all inputs low, the last input changing fastest.

    rows (2^n, n): in the units of the data. passes: layer by layer. thresholds: of each layer, above which a counts as
    1. of_before: what each unit is of the units before it, "OR"; empty where that is not to be said. outputs
    (2^n, q); predicted (2^n,): a class, None for a regression. targets: a class or a number for each row; None where
    no sample says, or samples say different things.
    """

    inputs: tuple[str, ...]
    rows: Array
    passes: tuple[LayerPass, ...]
    thresholds: tuple[float, ...]
    of_before: tuple[tuple[str, ...], ...]
    outputs: Array
    predicted: Array | None
    classes: tuple[str, ...]
    targets: tuple[float | None, ...]


def _answered(recorded: Recorded, weights: Weights) -> Answered:
    """Raises DataError for inputs that take more than two values, or one."""
    study = recorded.study
    net = study.net.with_thetas(weights.thetas)
    x, y = _samples(study.splits)
    raw = net.preparation.undone(x)
    names = net.preparation.features or tuple(f"x{number}" for number in range(1, raw.shape[1] + 1))
    levels = [_levels(column, name) for column, name in zip(raw.T, names, strict=True)]
    rows = np.array(list(itertools.product(*levels)))
    part = net.part(rows)
    passes = forward_pass(net, part.x)
    prediction = net.predict(rows)
    activations: list[Activation] = [layer.activation for layer in net.layers]
    if net.head.link is not None:
        activations[-1] = net.head.link
    thresholds = tuple(_threshold(activation) for activation in activations)
    of_before = tuple(_of_before(passes, activations, number, thresholds[number]) for number in range(len(passes)))
    return Answered(
        tuple(names), rows, passes, thresholds, of_before, prediction.outputs,
        prediction.labels if net.head.classes else None, net.head.classes,
        tuple(_target(raw, y, row) for row in rows),
    )  # fmt: skip


TABLE = Question[Answered]("truth table", _answered)


def _samples(splits: Splits) -> tuple[Array, Array]:
    """Inputs and answers of all samples of the run."""
    parts: list[Part] = [part for part in (splits.train, splits.validation, splits.test) if part is not None]
    return np.concatenate([part.x for part in parts]), np.concatenate([part.y for part in parts])


def _levels(column: Array, name: str) -> tuple[float, float]:
    """The two values of an input; of one that is always 0 or 1, these."""
    found = np.unique(np.round(column, 6))
    if len(found) == 1 and found[0] in (0.0, 1.0):
        return 0.0, 1.0
    if len(found) != 2:
        takes = f"takes {len(found)} values" if len(found) > 2 else f"is always {found[0]:g}"
        raise DataError(f"{name} {takes}; a truth table needs inputs of two.")
    return float(found[0]), float(found[1])


def _target(raw: Array, y: Array, row: Array) -> float | None:
    answers = np.unique(y[np.isclose(raw, row, atol=1e-5).all(axis=1)], axis=0)
    return float(answers[0]) if answers.shape == (1,) else None


def _threshold(activation: Activation) -> float:
    """The middle of a bounded range; else what comes of z = 0."""
    low, high = activation.range
    if math.isfinite(low) and math.isfinite(high):
        return (low + high) / 2
    a = np.empty((1, 1))
    activation.forward(np.zeros((1, 1)), a)
    return float(a[0, 0])


def _of_before(
    passes: Sequence[LayerPass], activations: Sequence[Activation], number: int, threshold: float
) -> tuple[str, ...]:
    """The functions of a layer's units of the layer before, whose units are bounded: at the ends of their range."""
    one, before = passes[number], passes[number - 1]
    count = len(one.x) - 1
    if not number or one.theta is None or one.z is None or before.z is None or count > MOST_INPUTS:
        return ()
    if not all(map(math.isfinite, before.range)):
        return ()
    ends = np.array(list(itertools.product(before.range, repeat=count)))
    z = one.theta.astype(np.float64) @ np.vstack([np.ones(len(ends)), ends.T])
    a = np.empty_like(z)
    activations[number].forward(z, a)
    names = [f"a{unit}" for unit in range(1, count + 1)]
    return tuple(name_of((row > threshold).tolist(), names) for row in a)
