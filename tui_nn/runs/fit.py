"""Whether the events of a run fit together: a log that came by mail may say anything, and views take what it says.

Sizes are within what can exist, numbers and classes are as many as the run said when it began, and time goes forward.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping, Sequence

from tui_nn.engine.events import (
    Divergence,
    Ended,
    EpochFinished,
    EpochsSkipped,
    Event,
    Histogram,
    LayerHealth,
    Remeasured,
    SettingChanged,
    Started,
    StepFinished,
)
from tui_nn.errors import StorageError
from tui_nn.runs.schema import MOST

MOST_LAYERS = 4096  # as many arrays as a file of a network has
MOST_UNITS = 1 << 24  # of a layer
MOST_PARAMETERS = 1 << 30
MOST_CLASSES = 1 << 16
MOST_BINS = 1 << 12


class Unfit(StorageError):
    """An event says what cannot be, or contradicts an earlier one."""


class Fit:
    """What the next event of a run has to fit to."""

    def __init__(self) -> None:
        self._started: Started | None = None
        self._step = self._epoch = -1
        self._names: dict[str, frozenset[str]] | None = None
        self._ended = False

    def steps(self, steps: Sequence[int]) -> None:
        """Many steps in a row. Raises Unfit as `check` does."""
        if not steps:
            return
        self._check_begun()
        if not all(map(int.__lt__, steps, steps[1:])) or not self._step < steps[0] or steps[-1] > MOST:
            raise Unfit(f"steps do not follow one another: {steps[0]} after {max(self._step, 0)}")
        self._step = steps[-1]

    def suits(self, *events: Event | None) -> bool:
        """Whether these events could come next; they are not taken to have come."""
        trial = copy.copy(self)
        try:
            for event in events:
                if event is not None:
                    trial.check(event)
        except Unfit:
            return False
        return True

    def check(self, event: Event) -> None:
        """Raises Unfit for an event that cannot come next."""
        if isinstance(event, Started):
            self._check_started(event)
            return
        if isinstance(event, StepFinished):
            self.steps([event.step])
            return
        started = self._check_begun()
        if isinstance(event, EpochsSkipped):
            _check_skipped(event)
            return
        if not isinstance(event, EpochFinished | Remeasured | SettingChanged | Ended):
            return
        if not (0 <= event.step <= MOST and 0 <= event.epoch <= MOST):
            raise Unfit(f"step {event.step} of epoch {event.epoch} cannot be")
        if isinstance(event, SettingChanged):
            if event.key == "training.epochs" and not (event.value.isdecimal() and int(event.value[:20]) <= MOST):
                raise Unfit(f"training.epochs = {event.value[:40]} cannot be")
            return
        if not 0 <= event.seconds < math.inf:
            raise Unfit(f"{event.seconds} seconds cannot be")
        _check_confusion(event.confusion, len(started.classes))
        if isinstance(event, Ended):
            _check_divergence(event.divergence, started)
            self._check_names(event.train, event.validation, whole=bool(event.train))
            self._ended = True
            return
        _check_health(event.health, len(started.layers))
        self._check_names(event.train, event.validation, whole=isinstance(event, EpochFinished))
        if isinstance(event, EpochFinished):
            if event.epoch <= self._epoch:
                raise Unfit(f"epoch {event.epoch} comes after epoch {self._epoch}")
            self._epoch = event.epoch

    def _check_begun(self) -> Started:
        if self._started is None:
            raise Unfit("comes before the run has begun")
        if self._ended:
            raise Unfit("comes after the end of the run")
        return self._started

    def _check_started(self, event: Started) -> None:
        if self._started is not None:
            raise Unfit("the run begins twice")
        counts = (event.inputs, event.parameters, event.batches, event.epochs, event.measured, *event.samples.values())
        sizes = [layer.theta for layer in event.layers if layer.theta is not None]
        classes, data = len(event.classes), event.data
        rows, columns = event.picture or (1, event.inputs)
        sound = {
            "schema": event.schema >= 1,
            "inputs": 1 <= event.inputs <= MOST_UNITS and len(event.features) in (0, event.inputs),
            "picture": min(rows, columns) >= 1 and rows * columns == event.inputs,
            "layers": 1 <= len(event.layers) <= MOST_LAYERS
            and all(1 <= layer.units <= MOST_UNITS and 1 <= layer.pieces <= MOST_UNITS for layer in event.layers),
            "parameters": all(min(size) >= 0 for size in sizes)
            and event.parameters == sum(size[0] * size[1] for size in sizes) <= MOST_PARAMETERS,
            "classes": classes <= MOST_CLASSES,
            "labels": len(event.labels) <= MOST_CLASSES and not (event.labels and event.classes),
            "data": data is None or (len(data.class_counts) in (0, classes) and 0 <= data.column < event.inputs),
            "samples": "train" in event.samples and all(0 <= count <= MOST for count in counts),
            "seed": event.seed >= 0,
        }
        for name, holds in sound.items():
            if not holds:
                raise Unfit(f"its {name} cannot be, or do not fit the rest")
        self._started = event

    def _check_names(self, train: Mapping[str, float], validation: Mapping[str, float], *, whole: bool) -> None:
        names = {"train": frozenset(train), "validation": frozenset(validation)}
        if self._names is None or not whole:
            self._names = self._names or (names if whole else None)
            return
        if names != self._names:
            raise Unfit("its metrics are not those of the epochs before")


def _check_skipped(event: EpochsSkipped) -> None:
    for of in (event.low, event.high):
        for part, extremes in of.items():
            if part not in ("train", "validation"):
                raise Unfit(f"there is no part '{part[:40]}'")
            if not all(0 <= epoch <= MOST and math.isfinite(value) for epoch, value in extremes.values()):
                raise Unfit("an extreme cannot be")


def _check_confusion(confusion: Sequence[Sequence[int]] | None, classes: int) -> None:
    if confusion is None:
        return
    if len(confusion) != classes or any(len(row) != classes for row in confusion):
        raise Unfit(f"its confusion matrix is not one of {classes} classes")
    if any(not 0 <= min(row, default=0) <= max(row, default=0) <= MOST for row in confusion):
        raise Unfit("its confusion matrix counts what cannot be")


def _check_divergence(found: Divergence | None, started: Started) -> None:
    if found is None:
        return
    counts = (found.step, found.epoch, found.batch, found.sample or 0, found.row or 0)
    layer, column = found.layer, found.column
    if (
        not all(0 <= count <= MOST for count in counts)
        or not (layer is None or 1 <= layer <= len(started.layers))
        or not (column is None or 0 <= column < started.inputs)
    ):
        raise Unfit("where it diverged cannot be")


def _check_health(health: Sequence[LayerHealth], layers: int) -> None:
    if len(health) not in (0, layers):
        raise Unfit(f"it looks at {len(health)} layers, and there are {layers}")
    for one in health:
        for histogram in (one.activations, one.gradients):
            if histogram is not None:
                _check_histogram(histogram)


def _check_histogram(histogram: Histogram) -> None:
    counts = histogram.counts
    sound = len(counts) <= MOST_BINS and min(counts, default=0) >= 0 and max(counts, default=0) <= MOST
    if not sound or not -math.inf < histogram.low <= histogram.high < math.inf:
        raise Unfit("a histogram cannot be")
