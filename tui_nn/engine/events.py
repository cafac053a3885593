"""What happens in a training run, as frozen, typed events.

The trainer yields them, the run directory records them, the views read them. Nothing in them is a live buffer.
Fields called `seconds` are clock time: they are the only ones that differ between two runs of one experiment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

SCHEMA = 2  # 1: runs without recipe and network, which are still read


class Reason(StrEnum):
    """Why a run ended."""

    EPOCHS = "epochs"  # all of them are done
    EARLY_STOPPING = "early_stopping"  # what is watched has stopped improving
    PLATEAU = "plateau"  # what is minimized has stopped falling
    MAX_STEPS = "max_steps"
    MAX_TIME = "max_time"
    DIVERGED = "diverged"  # a number stopped being finite
    STOPPED = "stopped"  # somebody asked for it
    INTERRUPTED = "interrupted"  # by a signal


@dataclass(frozen=True, slots=True)
class LayerShape:
    """A layer as a reader sees it; theta is (s_j, s_{j-1} + 1) with the bias in column 0, or None without one.

    is_random, normalizes, pieces: as the layer declares. initializer: the one that its activation asks for, if any.
    """

    kind: str
    units: int
    activation: str
    theta: tuple[int, int] | None
    is_random: bool = False
    normalizes: bool = False
    pieces: int = 1
    initializer: str = ""


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """The targets of a regression as the network sees them: low and high over all columns; mean and deviation of the
    column that is largest.
    """

    low: float
    high: float
    mean: float
    deviation: float


@dataclass(frozen=True, slots=True)
class DataFacts:
    """What the training part is like as the network sees it; the inputs on at most 1,000 samples.

    low, high: the ends of all inputs. column: the one with the largest root mean square, from 0, and rms that number:
    1 for every column of mean 0 and deviation 1. class_counts: samples of each class. targets: of a regression.
    binary: whether no input takes more than two values; None in runs that did not say.
    """

    low: float
    high: float
    column: int
    rms: float
    class_counts: tuple[int, ...] = ()
    targets: TargetFacts | None = None
    binary: bool | None = None


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
    data: DataFacts | None = None  # None in runs of the first version, as is the rate
    rate: float | None = None  # the optimizer's, before the schedule
    output_range: tuple[float | None, float | None] = (None, None)  # what the last layer can give; None: without end
    chance: float | None = None  # what the best constant output costs, where the loss says
    measured: int = 0  # samples of the training part, the first ones, that its metrics are of; 0 where nobody said
    labels: tuple[str, ...] = ()  # the names of several answers a sample, each no or yes
    density: int = 0  # of epochs and steps that are recorded, as runs/thinning.py has it; 0: of epochs all are

    @property
    def of(self) -> dict[str, int]:
        """Part -> of how many of its samples, the first ones, the metrics are."""
        return {**self.samples, "train": self.measured or self.samples.get("train", 0)}

    def label(self, part: str) -> str:
        """What the metrics of a part are called: its name, and of how many samples they are where not of all."""
        return part if self.of.get(part) == self.samples.get(part) else f"{part}, first {self.of[part]:,}"


@dataclass(frozen=True, slots=True)
class StepFinished:
    """One update of Theta, as it is recorded. `loss` is the mean cost of the batch before it, without the penalty."""

    step: int  # counts from 1
    epoch: int  # counts from 1
    batch: int  # counts from 1 within the epoch
    loss: float


@dataclass(frozen=True, slots=True)
class StepsFinished:
    """One or several updates of Theta. `losses` are the mean costs of their batches before each update.

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
class Histogram:
    """Counts of numbers in bins of one width from low to high; `bad` of them were not finite and are left out."""

    low: float
    high: float
    counts: tuple[int, ...]
    bad: int = 0


@dataclass(frozen=True, slots=True)
class LayerHealth:
    """One layer between two steps, on a fixed sample of the training part. None where a number has no meaning here.

    dead: share of units that are 0 for every sample. saturated: share of outputs near an end of a bounded range.
    twins: units with the same weights, in and out, as another unit. gradients: of the cost with respect to Theta;
    gradient: the mean of their absolute values; bias_gradient: the length of the bias column, which is the layer's
    "speed". norm: |W|, the bias left out; update: |change of W| / |W| of the next step.
    """

    activations: Histogram
    dead: float | None
    saturated: float | None
    twins: int
    gradients: Histogram | None
    gradient: float | None
    bias_gradient: float | None
    norm: float | None
    update: float | None


@dataclass(frozen=True, slots=True)
class EpochFinished:
    """An epoch is over (epoch 0: before training); both parts have been measured with the new Theta.

    `confusion` has true classes as rows and predicted ones as columns, on the validation part, or on the
    training part where there is no validation. `health` has one entry a layer, at the epochs that looked.
    """

    epoch: int
    step: int
    train: dict[str, float]
    validation: dict[str, float]
    confusion: tuple[tuple[int, ...], ...] | None
    seconds: float = 0.0  # since training started, pauses left out
    health: tuple[LayerHealth, ...] = ()


@dataclass(frozen=True, slots=True)
class EpochsSkipped:
    """Before an epoch of a long run: what was best among the epochs since the last one that is recorded.

    low, high: part -> metric -> (epoch, value) where none before was lower, or higher, and the next epoch is not. So
    readers know the extremes of all epochs, and when they were.
    """

    low: dict[str, dict[str, tuple[int, float]]]
    high: dict[str, dict[str, tuple[int, float]]]


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first number of a run that was not finite.

    what: "z", "a", "loss", "gradient" or "theta", of which layer (from 1; None for the loss), in which step. sample
    is its index in the training part, row its row in the data source; both count from 0, and are None where no
    single sample is to blame. low and high are the ends of the sample's inputs as the network sees them, column
    the one that is furthest from 0.
    """

    what: str
    layer: int | None
    step: int
    epoch: int
    batch: int
    sample: int | None = None
    row: int | None = None
    low: float | None = None
    high: float | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """The last event. `divergence` says where it began, if the reason is "diverged" and it was found.

    kept: the epoch whose weights the run went back to, None where it ended with those of its last epoch. train,
    validation and confusion are then those of the kept weights, as in EpochFinished.
    """

    reason: Reason
    epoch: int
    step: int
    message: str = ""
    test: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    divergence: Divergence | None = None
    kept: int | None = None
    confusion: tuple[tuple[int, ...], ...] | None = None
    train: dict[str, float] = field(default_factory=dict)
    validation: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SettingChanged:
    """Somebody changed a setting of the experiment after `step`; `value` as TOML writes it. Part of the recipe."""

    step: int
    epoch: int
    key: str
    value: str

    @property
    def is_weight(self) -> bool:
        """Whether it was a weight, `theta[LAYER][UNIT][INPUT]`, rather than a setting."""
        return self.key.startswith("theta")

    @property
    def planned_epochs(self) -> int | None:
        """How many epochs the run is to have from here on, if that is what was changed."""
        return int(self.value) if self.key == "training.epochs" and self.value.isdecimal() else None


@dataclass(frozen=True, slots=True)
class Remeasured:
    """Weights were set by hand, and both parts and the layers measured anew: what the last epoch found is no longer so.

    step and epoch are those after which it happened, the rest is as in EpochFinished. Training does not depend on it.
    """

    step: int
    epoch: int
    train: dict[str, float]
    validation: dict[str, float]
    confusion: tuple[tuple[int, ...], ...] | None
    seconds: float = 0.0
    health: tuple[LayerHealth, ...] = ()


ByHand = SettingChanged | Remeasured  # what a repetition of a run does again
Event = Started | StepsFinished | StepFinished | EpochsSkipped | EpochFinished | SettingChanged | Remeasured | Ended
