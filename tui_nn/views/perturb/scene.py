"""What a network makes of a picture that somebody has moved, drawn on, or had pushed along the gradient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_nn.engine.data import Part
from tui_nn.model import Net
from tui_nn.model.ascent import Ascent, InputGradients, ascended, ends_of, fooled
from tui_nn.model.moving import REST, Move, moved, picture_of, reach_of
from tui_nn.plugin.view import Question
from tui_nn.runs.weights import Weights
from tui_nn.training.recorded import Recorded

Array = np.ndarray[Any, np.dtype[Any]]

Drawn = tuple[tuple[int, int, bool], ...]  # row, column, with ink or without, in the order of drawing


@dataclass(frozen=True)
class Perturbation:
    """blank: begin with nothing. drawn: pixels of the picture before it is moved.

    target: a class that is looked at, None for the answer of the picture as it is. ascend: steps towards it. fool:
    go on to another answer: to the target, or without one to any.
    """

    move: Move = REST
    blank: bool = False
    drawn: Drawn = ()
    target: int | None = None
    ascend: int = 0
    fool: bool = False

    @property
    def is_none(self) -> bool:
        """Whether the picture is as it is."""
        return self.move.is_rest and not (self.blank or self.drawn or self.ascend or self.fool)


@dataclass(frozen=True)
class PerturbedSample:
    """number, of: which sample of the part, from 0, of how many. row (n,): the picture, in the data's own units.

    start (n,): what the change is counted from: the picture before the gradient, else the sample, or what was drawn on
    an empty picture. sure, before (k,): by class, from 0 to 1, of the row and of the sample, or of what was drawn.
    truth: None of what was drawn. looked_at: the class that gradient (n,),
    dJ/dx were that its class, is of. activations: (units,) a layer, in `ranges`. votes (units,): what each unit before
    the output adds to z of that class; None where there is no such sum. change: what the gradient did.
    """

    part: str
    number: int
    of: int
    row: Array
    start: Array
    sure: Array
    before: Array
    truth: int | None
    answer: int
    answer_before: int
    looked_at: int
    gradient: Array
    activations: tuple[Array, ...]
    ranges: tuple[tuple[float, float], ...]
    votes: Array | None
    change: Ascent | None


def _asked(recorded: Recorded, weights: Weights, number: int, how: Perturbation) -> PerturbedSample:
    splits = recorded.study.splits
    name, part = ("validation", splits.validation) if len(splits.validation) else ("training", splits.train)
    return perturbed_sample(recorded.net.with_thetas(weights.thetas), name, part, number, how)


PERTURBED = Question[PerturbedSample]("perturbed", _asked)


def perturbed_sample(net: Net, name: str, part: Part, number: int, how: Perturbation) -> PerturbedSample:
    """Sample `number` of a part, modulo its size. Raises DataError for what are no pictures."""
    number %= len(part)
    place = number if part.rows is None else int(part.rows[number])
    sample = part.source[place].astype(np.float64)
    drawn = _drawn(net, sample, how)
    original = drawn if how.blank else sample
    row = moved(drawn[None], picture_of(net.preparation), how.move, reach_of(net.preparation))[0]
    answer_before = _answer(net, original)
    looked_at = answer_before if how.target is None else how.target
    change, start = None, original
    if how.ascend:
        change, start = ascended(net, row, looked_at, how.ascend), row
        row = change.row
    if how.fool:
        change, start = fooled(net, row, how.target), row
        row = change.row
    inside = [a[0] for a in net.activations(row[None])]
    ranges = [layer.activation.range for layer in net.layers]
    label = np.array([looked_at])
    return PerturbedSample(
        name, number, len(part), row, start, _sure(net, row), _sure(net, original),
        None if how.blank else int(part.y[number]),
        _answer(net, row), answer_before, looked_at, InputGradients(net).at(row[None], label)[0],
        tuple(inside), tuple(ranges), _votes(net, inside, looked_at), change,
    )  # fmt: skip


def _drawn(net: Net, original: Array, how: Perturbation) -> Array:
    paper, ink = 0.0, ends_of(net)[1]
    row = np.full_like(original, paper) if how.blank else original.copy()
    columns = picture_of(net.preparation)[1]
    for at, across, is_ink in how.drawn:
        row[at * columns + across] = ink if is_ink else paper
    return row


def _answer(net: Net, row: Array) -> int:
    labels = net.predict(row[None]).labels
    assert labels is not None
    return int(labels[0])


def _sure(net: Net, row: Array) -> Array:
    """Of each class, from 0 to 1."""
    outputs, targets = net.predict(row[None]).outputs[0].astype(np.float64), net.head.targets
    low, high = (0.0, 1.0) if net.head.link is not None else (targets.low, targets.high)
    share: Array = (outputs - low) / (high - low)
    return np.array([1 - share[0], share[0]]) if len(share) == 1 else share


def _votes(net: Net, inside: list[Array], label: int) -> Array | None:
    theta = net.thetas[-1]
    if len(inside) < 2 or theta is None or not net.layers[-1].is_dense or theta.shape[1] != len(inside[-2]) + 1:
        return None
    weights = theta[label] if len(theta) > 1 else theta[0] * (1 if label else -1)
    votes: Array = weights[1:] * inside[-2]
    return votes
