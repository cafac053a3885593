"""The case: a run's history beside its experiment, with the numbers that several rules ask for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tui_nn.diagnosis.remedy import Remedy, rate
from tui_nn.engine.events import LayerHealth, LayerShape, Started, TargetFacts
from tui_nn.experiment.schema import Experiment, NetworkSection
from tui_nn.runs.history import History

SUITABLE = 0.01  # the share of a layer's weights that the first step may well move; later ones move about a tenth of it
ENOUGH_STEPS = 500  # after so many a run that has not ended may be judged by what it has learnt


@dataclass(frozen=True)
class Case:
    """A run that has started. Everything here is derived from its events and its experiment."""

    started: Started
    history: History
    experiment: Experiment

    @property
    def is_judged(self) -> bool:
        """Whether the run has had the time to learn something."""
        measured = len(self.history.epochs) > 1
        return measured and (self.history.ended is not None or self.history.last_step >= ENOUGH_STEPS)

    # What has been learnt

    def train(self, name: str) -> Sequence[float]:
        """A metric on the training part, one value for each recorded epoch."""
        return self.history.train.get(name, [])

    def now(self, name: str, part: str = "train") -> float:
        """A metric of the weights that the run has: those of its last epoch, or of the one it went back to. Or NaN."""
        return self.history.newest[part].get(name, math.nan)

    @property
    def is_weighted(self) -> bool:
        """Whether some classes count more than others: then neither loss nor accuracy says what is minimized."""
        return self.experiment.training.class_weights != "none"

    @cached_property
    def shares(self) -> tuple[float, ...]:
        """The share of each class in the training part; empty for a regression."""
        counts = self.started.data.class_counts if self.started.data is not None else ()
        return tuple(count / sum(counts) for count in counts) if sum(counts) else ()

    @property
    def measure(self) -> str:
        """The metric that says how much is right."""
        return "r2" if self.train("r2") else "recall" if self.is_weighted else "accuracy"

    @property
    def chance(self) -> float | None:
        """What the best constant output costs: the entropy of the classes. None where it is not known for the loss."""
        return None if self.is_weighted else self.started.chance

    @property
    def guess(self) -> tuple[str, float, str]:
        """(metric, what the best constant answer reaches in it, that answer in words); NaN if not known.

        Measured, as the confusion matrix is, on the validation part, or the training part where there is none.
        """
        measure = self.measure
        if measure == "r2":
            return measure, 0.0, "the mean"
        confusion, shares = self.history.confusion, self.shares
        if confusion is None or not shares or not any(map(sum, confusion)):
            return measure, math.nan, ""
        if self.is_weighted:
            return measure, 1 / len(shares), "the same class"
        commonest = shares.index(max(shares))
        share = sum(confusion[commonest]) / sum(map(sum, confusion))
        return measure, share, f'"{self.started.classes[commonest]}"'

    @cached_property
    def skill(self) -> float:
        """How far training has got, from 0, no better than a constant answer, to 1. NaN if it cannot be told."""
        measure = self.measure
        if measure == "r2":
            return self.now(measure)
        if not self.shares:
            return math.nan
        # A constant answer finds one class: all of the most frequent one, or of weighted classes one in as many.
        most = 1 / len(self.shares) if self.is_weighted else max(self.shares)
        return (self.now(measure) - most) / (1 - most) if most < 1 else math.nan

    @property
    def has_learnt(self) -> bool:
        """Whether at least half of what can be learnt is."""
        return self.skill >= 0.5

    # Data and layers

    @property
    def targets(self) -> TargetFacts | None:
        """Those of a regression; None for a classification, and where a run of an earlier version has not said."""
        return None if self.started.data is None else self.started.data.targets

    @property
    def first_look(self) -> tuple[LayerHealth, ...]:
        """The layers before training."""
        return self.history.health[0] if self.history.health_epochs[:1] == [0] else ()

    @property
    def last_look(self) -> tuple[LayerHealth, ...]:
        """The layers at the newest look."""
        return self.history.health[-1] if self.history.health else ()

    def layers(self, look: Sequence[LayerHealth]) -> Iterator[tuple[int, LayerShape, LayerHealth]]:
        """(number from 1, shape, health) of every layer."""
        for number, (shape, health) in enumerate(zip(self.started.layers, look, strict=False), start=1):
            yield number, shape, health

    def hidden(self, look: Sequence[LayerHealth]) -> Iterator[tuple[int, LayerShape, LayerHealth]]:
        """The same without the last, whose outputs are the answers."""
        for number, shape, health in self.layers(look):
            if number < len(self.started.layers):
                yield number, shape, health

    def speeds(self, look: Sequence[LayerHealth]) -> list[tuple[int, float]]:
        """|dJ/db| of every fully connected layer: how fast it learns (Nielsen, chapter 5)."""
        found, inputs = [], self.started.inputs
        for number, shape, health in self.layers(look):
            connected = shape.theta is not None and shape.theta[1] == inputs + 1
            if connected and not shape.normalizes and health.bias_gradient is not None:
                found.append((number, health.bias_gradient))
            inputs = shape.units
        return found

    def largest_update(self, look: Sequence[LayerHealth]) -> tuple[int, float] | None:
        """The layer whose weights the next step moves most, and by which share."""
        updates = [(health.update, number) for number, _, health in self.layers(look) if health.update is not None]
        if not updates:
            return None
        update, number = max(updates)
        return number, update

    # Remedies

    @property
    def rate(self) -> float | None:
        """The optimizer's learning rate."""
        return self.started.rate

    def suitable_rate(self, update: float) -> tuple[Remedy, ...]:
        """The rate at which the step that moved the weights by this share of their length moves them by SUITABLE."""
        return () if self.rate is None or update <= 0 else (rate(self.rate * SUITABLE / update),)

    @property
    def slower(self) -> tuple[Remedy, ...]:
        """A tenth of the rate, or as much less as makes the first step a suitable one."""
        first = self.largest_update(self.first_look)
        return self.suitable_rate(max(10 * SUITABLE, first[1] if first else 0.0))

    @property
    def fitting_initializer(self) -> str:
        """The first that a hidden activation asks for, such as He's for units that cut off; or else the usual one."""
        asked = [shape.initializer for shape in self.started.layers[:-1] if shape.initializer]
        return asked[0] if asked else str(NetworkSection().initializer)

    @property
    def initializer(self) -> Any:
        """As the experiment names it."""
        return self.experiment.network.initializer
