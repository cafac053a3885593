"""What has happened in a run so far, as a pure reduction of its events: the same code for a live and a finished run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from tui_nn.engine.events import (
    ByHand,
    Ended,
    EpochFinished,
    EpochsSkipped,
    Event,
    LayerHealth,
    Remeasured,
    SettingChanged,
    Started,
    StepFinished,
)
from tui_nn.runs.columns import Floats, Ints
from tui_nn.runs.thinning import distance

Extremes = dict[str, dict[str, tuple[int, float]]]  # part -> metric -> the first epoch that had it, and the value


@dataclass
class History:
    """Columns that views draw.

    Lists of steps, seconds, `train` and `validation` run parallel to `epochs`: those that are recorded, which of a long
    run are not all, and the newest. low and high are the extremes over all epochs; what is not finite is left out.
    `health` runs parallel to `health_epochs`: the layers, at the epochs that looked at them. by_hand: what was done to
    the run while it trained, in its order. remeasured: what was measured after weights were set by hand, until the next
    epoch is.
    """

    started: Started | None = None
    steps: Ints = field(default_factory=Ints)
    step_loss: Floats = field(default_factory=Floats)
    epochs: Ints = field(default_factory=Ints)
    epoch_steps: Ints = field(default_factory=Ints)
    epoch_seconds: Floats = field(default_factory=Floats)
    train: dict[str, Floats] = field(default_factory=dict)
    validation: dict[str, Floats] = field(default_factory=dict)
    low: Extremes = field(default_factory=dict)
    high: Extremes = field(default_factory=dict)
    unrecorded: EpochFinished | None = None  # the newest epoch, while it stands at the end of the columns alone
    confusion: tuple[tuple[int, ...], ...] | None = None
    health_epochs: list[int] = field(default_factory=list)
    health: list[tuple[LayerHealth, ...]] = field(default_factory=list)
    by_hand: list[ByHand] = field(default_factory=list)
    remeasured: Remeasured | None = None
    edited: bool = False  # weights were set by hand, and nothing has been measured since: only in runs of old versions
    seconds: float = 0.0
    ended: Ended | None = None

    @property
    def changes(self) -> list[SettingChanged]:
        """The settings and weights that were changed by hand."""
        return [event for event in self.by_hand if isinstance(event, SettingChanged)]

    @property
    def last_step(self) -> int:
        """The newest step that is recorded."""
        return max([*self.steps[-1:], *self.epoch_steps[-1:]], default=0)

    @property
    def last_epoch(self) -> int:
        """The newest epoch that was measured, 0 before there is one."""
        return self.epochs[-1] if self.epochs else 0

    @property
    def apart(self) -> int:
        """How many epochs from one recorded epoch to the next, at most: 1 where every epoch is recorded."""
        return distance(self.last_epoch, self.started.density) if self.started is not None else 1

    @property
    def planned(self) -> int:
        """How many epochs the run is to have, as it was last said."""
        changed = (change.planned_epochs for change in reversed(self.changes))
        return next((epochs for epochs in changed if epochs is not None), self.started.epochs if self.started else 0)

    @property
    def kept(self) -> int:
        """The index in `epochs` of the epoch whose weights the run has: the last one, unless it went back."""
        if self.ended is not None and self.ended.kept in self.epochs:
            return self.epochs.index(self.ended.kept)
        return len(self.epochs) - 1

    @property
    def newest(self) -> dict[str, dict[str, float]]:
        """part -> metric -> the value last measured; a part is empty where nothing was since a weight was set."""
        if self.edited:
            return {"train": {}, "validation": {}}
        if self.remeasured is not None:
            return {"train": self.remeasured.train, "validation": self.remeasured.validation}
        if self.ended is not None and self.ended.train:
            return {"train": self.ended.train, "validation": self.ended.validation}
        columns = {"train": self.train, "validation": self.validation}
        return {part: {name: values[self.kept] for name, values in of.items()} for part, of in columns.items()}

    @property
    def newest_health(self) -> tuple[LayerHealth, ...]:
        """The layers when they were last looked at; empty before the first look."""
        if self.remeasured is not None and self.remeasured.health:
            return self.remeasured.health
        return self.health[-1] if self.health else ()

    def add_steps(self, steps: Sequence[int], losses: Sequence[float]) -> None:
        """Take many steps into account: the same as to apply each."""
        self.steps.extend(steps)
        self.step_loss.extend(losses)

    def apply(self, event: Event) -> None:
        """Take the next event into account."""
        match event:
            case Started():
                self.started = event
            case StepFinished():
                self.steps.append(event.step)
                self.step_loss.append(event.loss)
            case EpochFinished():
                self._take(event)
            case EpochsSkipped():
                for part in {*event.low, *event.high}:
                    for of in (event.low, event.high):
                        for name, (epoch, value) in of.get(part, {}).items():
                            self._see(part, name, epoch, value)
            case SettingChanged():
                self.by_hand.append(event)
                self.edited = self.edited or event.is_weight
            case Remeasured():
                self.by_hand.append(event)
                self.confusion = event.confusion
                self.remeasured, self.edited = event, False
                self.seconds = event.seconds
            case Ended():
                self.ended = event
                if event.kept is not None:  # back at weights that were measured after their epoch
                    self.remeasured, self.edited = None, False
                if event.confusion is not None:
                    self.confusion = event.confusion
                self.seconds = event.seconds

    def show(self, event: EpochFinished) -> None:
        """Take an epoch into account that is not recorded: it stands in the columns until there is another."""
        self._take(event)
        self.unrecorded = event

    def _take(self, event: EpochFinished) -> None:
        if self.unrecorded is not None:
            parts = ((self.train, self.unrecorded.train), (self.validation, self.unrecorded.validation))
            for times in (self.epochs, self.epoch_steps):
                times.pop()
            for column in (self.epoch_seconds, *(of[name] for of, values in parts for name in values)):
                column.pop()
            self.unrecorded = None
        self.epochs.append(event.epoch)
        self.epoch_steps.append(event.step)
        self.epoch_seconds.append(event.seconds)
        for part, columns, values in (
            ("train", self.train, event.train),
            ("validation", self.validation, event.validation),
        ):
            low, high = self.low.get(part, {}), self.high.get(part, {})
            for name, value in values.items():
                if name not in columns:
                    columns[name] = Floats()
                columns[name].append(value)
                if name not in low or value < low[name][1] or value > high[name][1]:
                    self._see(part, name, event.epoch, value)
        self.confusion = event.confusion
        self.remeasured, self.edited = None, False
        if event.health:
            self.health_epochs.append(event.epoch)
            self.health.append(event.health)
        self.seconds = event.seconds

    def _see(self, part: str, name: str, epoch: int, value: float) -> None:
        """Whether this is a new extreme."""
        if not math.isfinite(value):
            return
        low, high = self.low.setdefault(part, {}), self.high.setdefault(part, {})
        if name not in low or value < low[name][1]:
            low[name] = (epoch, value)
        if name not in high or value > high[name][1]:
            high[name] = (epoch, value)
