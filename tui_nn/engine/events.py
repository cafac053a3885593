"""What happens in a training run, as frozen, typed events.

The trainer yields them, the run directory records them, the views read them. Nothing in them is a live buffer.
Fields called `seconds` are clock time: they are the only ones that differ between two runs of one experiment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class LayerShape:
    """A layer as a reader sees it; theta is (s_j, s_{j-1} + 1) with the bias in column 0, or None without one."""

    kind: str
    units: int
    activation: str
    theta: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Started:
    """The first event: everything a view must know before the first number comes."""

    schema: int
    experiment: str
    inputs: int
    parameters: int
    layers: tuple[LayerShape, ...]
    classes: tuple[str, ...]
    features: tuple[str, ...]
    picture: tuple[int, int] | None
    samples: dict[str, int]
    batches: int  # in an epoch
    epochs: int
    seed: int
    loss: str
    metrics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepFinished:
    """One update of Theta, as it is recorded. `loss` is the mean cost of the batch before it, without the penalty."""

    step: int  # counts from 1
    epoch: int  # counts from 1
    batch: int  # counts from 1 within the epoch
    loss: float


@dataclass(frozen=True, slots=True)
class StepsFinished:
    """Updates of Theta, one or several in a row. `losses` are the mean costs of their batches before the update.

    step, epoch and batch are those of the last one. Penalties are not in the losses. How many steps come in one
    event depends on who watches; the losses do not.
    """

    step: int  # counts from 1
    epoch: int  # counts from 1
    batch: int  # counts from 1 within the epoch
    losses: tuple[float, ...]

    def each(self) -> Iterator[StepFinished]:
        """One event a step."""
        before = len(self.losses) - 1
        for index, loss in enumerate(self.losses):
            yield StepFinished(self.step - before + index, self.epoch, self.batch - before + index, loss)


@dataclass(frozen=True, slots=True)
class EpochFinished:
    """An epoch is over (epoch 0: nothing has been trained yet); both parts have been measured with the new Theta.

    `confusion` has true classes as rows and predicted ones as columns, on the validation part, or on the
    training part where there is no validation.
    """

    epoch: int
    step: int
    train: dict[str, float]
    validation: dict[str, float]
    confusion: tuple[tuple[int, ...], ...] | None
    seconds: float = 0.0  # since training started, pauses left out


@dataclass(frozen=True, slots=True)
class Ended:
    """The last event. reason: epochs, early_stopping, stopped, diverged or interrupted."""

    reason: str
    epoch: int
    step: int
    message: str = ""
    test: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0


Event = Started | StepsFinished | StepFinished | EpochFinished | Ended
