"""The view of the data: samples of the training part with their labels, and how many there are of each class."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from tui_nn import render
from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.places import Cursor, Here, OpenView, Shelf
from tui_nn.plugin.view import Box, Missing, Question, view
from tui_nn.plurals import plural
from tui_nn.render import DataSheet, LabelledSample, Look
from tui_nn.render.amount import common_decimals, in_column
from tui_nn.render.drawing import Drawing
from tui_nn.runs.weights import Weights
from tui_nn.training.recorded import Recorded
from tui_nn.views.subject import Subject
from tui_nn.views.trace.asked import PART

Array = np.ndarray[Any, np.dtype[Any]]

FIRST = 1000  # samples of the training part that can be looked at


@dataclass(frozen=True)
class FirstSamples:
    """inputs (m, n) in the data's own units, y (m,) labels or (m, q) targets; of: how many the part has.

    order (m,): in which they are shown. targets: what the columns of y are called, for a regression.
    """

    inputs: Array
    y: Array
    of: int
    order: Array
    targets: tuple[str, ...]

    @cached_property
    def decimals(self) -> list[int | None]:
        """Of each target of a regression."""
        return [common_decimals(column) for column in self.y.reshape(len(self.y), -1).T]


def _first(recorded: Recorded, weights: Weights) -> FirstSamples:  # noqa: ARG001 - the data are what they are
    splits = recorded.study.splits
    part = splits.train.head(FIRST)
    order = by_turns(part.y) if splits.classes else np.arange(len(part))
    return FirstSamples(part.unscaled(), part.y, len(splits.train), order, splits.targets)


def by_turns(y: Array) -> Array:
    """Samples in an order in which the classes take turns: the first of each, then the second of each, ..."""
    turn = np.zeros(len(y), int)
    for label in np.unique(y):
        of_class = y == label
        turn[of_class] = np.arange(of_class.sum())
    return np.lexsort((y, turn))


SAMPLES = Question[FirstSamples]("first samples", _first)


def _label(subject: Subject, found: FirstSamples, number: int) -> str:
    classes = subject.started.classes if subject.started is not None else ()
    if classes:
        return classes[int(found.y[number])]
    targets, decimals = np.atleast_1d(found.y[number]).tolist(), found.decimals
    pairs = zip(targets, decimals, strict=True)
    return " ".join(in_column(value, few) for value, few in pairs)


def _counts(subject: Subject, found: FirstSamples) -> tuple[int, ...]:
    """Of the classes in the training part; a run of the first version did not say them."""
    started = subject.started
    if started is None or not started.classes:
        return ()
    told = started.data.class_counts if started.data is not None else ()
    if not told and found.of == len(found.y):
        told = tuple(np.bincount(found.y, minlength=len(started.classes)).tolist())
    return told


def _numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:  # noqa: ARG001
    """The first samples of the training part, columns by sample from 1; and the samples of each class."""
    found, started = subject.ask(SAMPLES), subject.started
    counts = _counts(subject, found)
    return {
        "samples": started.samples if started is not None else {},
        "sample": list(range(1, len(found.y) + 1)),
        "label": [_label(subject, found, number) for number in range(len(found.y))],
        **({"classes": started.classes, "count": list(counts)} if started is not None and counts else {}),
    }


def _places(subject: Subject, knobs: Knobs) -> Shelf:  # noqa: ARG001
    """(number of the sample from 1,) each."""
    order = subject.ask(SAMPLES).order
    if not len(order):
        raise Missing("There are no training samples.")
    return Shelf([(number + 1,) for number in order.tolist()])


def _here(subject: Subject, knobs: Knobs) -> Here:
    """What it is; Enter follows it through the network."""
    number = knobs.at[0]
    says = f"training sample {number}   is {_label(subject, subject.ask(SAMPLES), number - 1)}"
    return Here(says, OpenView("sample", Knobs(sample=number - 1, own={PART.name: "training"})), "follows it")


@view(asks=(SAMPLES,), numbers=_numbers, cursor=Cursor(_places, _here, pages=True))
def data(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Drawing:
    """Samples of the training part with their labels, and the number of samples in each class."""
    found, started = subject.ask(SAMPLES), subject.started
    if started is None or not len(found.y):
        raise Missing("There are no training samples.")
    order = found.order.tolist()
    samples = [LabelledSample(one + 1, _label(subject, found, one), found.inputs[one]) for one in order]
    head = [plural(found.of, "training sample")]
    head += [f"{count:,} for {part}" for part, count in started.samples.items() if part != "train" and count]
    head.append(plural(started.inputs, "input"))
    at = next((place for place, one in enumerate(order) if (one + 1,) == knobs.at), -1)
    target = "class" if started.classes else " ".join(found.targets) or "target"
    counts = list(zip(started.classes, _counts(subject, found), strict=False))
    is_part = found.of > len(samples)
    is_line = not started.classes and started.inputs == 1 and found.y.size == len(found.y)
    heights = found.y.reshape(-1)[order].astype(np.float64) if is_line else None
    shown = DataSheet(head, samples, counts, started.picture, started.features, target, is_part, heights)
    return render.data_sheet(shown, *box, look, at)
