"""What has happened in a run so far, as a pure reduction of its events: the same code for a live and a finished run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tui_nn.engine.events import Ended, EpochFinished, Event, LayerHealth, SettingChanged, Started, StepFinished


@dataclass
class History:
    """Columns that views draw.

    Lists of steps, seconds, `train` and `validation` run parallel to `epochs`; `health` to `health_epochs`: the
    layers, at the epochs that looked at them.
    """

    started: Started | None = None
    steps: list[int] = field(default_factory=list)
    step_loss: list[float] = field(default_factory=list)
    epochs: list[int] = field(default_factory=list)
    epoch_steps: list[int] = field(default_factory=list)
    epoch_seconds: list[float] = field(default_factory=list)
    train: dict[str, list[float]] = field(default_factory=dict)
    validation: dict[str, list[float]] = field(default_factory=dict)
    confusion: tuple[tuple[int, ...], ...] | None = None
    health_epochs: list[int] = field(default_factory=list)
    health: list[tuple[LayerHealth, ...]] = field(default_factory=list)
    changes: list[SettingChanged] = field(default_factory=list)
    seconds: float = 0.0
    ended: Ended | None = None

    @property
    def last_step(self) -> int:
        """The newest step that is recorded."""
        return max([*self.steps[-1:], *self.epoch_steps[-1:]], default=0)

    @property
    def planned(self) -> int:
        """How many epochs the run is to have, as it was last said."""
        changed = (change.planned_epochs for change in reversed(self.changes))
        return next((epochs for epochs in changed if epochs is not None), self.started.epochs if self.started else 0)

    @property
    def edited(self) -> bool:
        """Whether a weight was set by hand since the numbers were last measured."""
        measured = self.epoch_steps[-1] if self.epoch_steps else 0
        return any(change.key.startswith("theta") and change.step >= measured for change in self.changes)

    @property
    def kept(self) -> int:
        """The index in `epochs` of the epoch whose weights the run has: the last one, unless it went back."""
        if self.ended is not None and self.ended.kept in self.epochs:
            return self.epochs.index(self.ended.kept)
        return len(self.epochs) - 1

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
                self.epochs.append(event.epoch)
                self.epoch_steps.append(event.step)
                self.epoch_seconds.append(event.seconds)
                for columns, values in ((self.train, event.train), (self.validation, event.validation)):
                    for name, value in values.items():
                        columns.setdefault(name, []).append(value)
                self.confusion = event.confusion
                if event.health:
                    self.health_epochs.append(event.epoch)
                    self.health.append(event.health)
                self.seconds = event.seconds
            case SettingChanged():
                self.changes.append(event)
            case Ended():
                self.ended = event
                if event.confusion is not None:
                    self.confusion = event.confusion
                self.seconds = event.seconds
