"""Training as a generator of events: pausing is not asking for the next one.

An epoch visits every training sample once, in an order drawn from the stream ("shuffle", epoch); after each one
both parts are measured with the new weights.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from tui_nn.engine.accelerator import Accelerator
from tui_nn.engine.batches import Batches
from tui_nn.engine.data import Part, Splits, facts
from tui_nn.engine.divergence import Rewind, Samples, describe, first_bad
from tui_nn.engine.events import (
    SCHEMA,
    Ended,
    EpochFinished,
    Event,
    LayerHealth,
    Reason,
    Remeasured,
    Started,
    StepsFinished,
)
from tui_nn.engine.health import HealthCheck, look_every
from tui_nn.engine.loss import Loss
from tui_nn.engine.measuring import Confusion, measure, measured_part
from tui_nn.engine.metric import Metric
from tui_nn.engine.network import Network
from tui_nn.engine.optimizer import Minimizer, Optimizer
from tui_nn.engine.penalty import Penalty
from tui_nn.engine.progress import Progress
from tui_nn.engine.random import stream
from tui_nn.engine.schedule import Schedule
from tui_nn.engine.stepper import Stepper
from tui_nn.engine.stopping import EarlyStopping, Limits, Plateau, Rest, Watch
from tui_nn.engine.targets import Targets

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass
class Trainer:
    """Everything that one training run needs. `events` may be called once.

    `burst` is the most steps between two events. Whoever wants to stop after a certain batch sets it to 1; it
    changes when events come, and no number in them.
    """

    experiment: str
    network: Network
    splits: Splits
    targets: Targets
    loss: Loss
    optimizer: Optimizer
    schedule: Schedule
    metrics: Sequence[Metric]
    batch: int  # samples; at most the training set
    epochs: int
    seed: int
    penalty: Penalty = field(default_factory=Penalty)
    class_weights: Sequence[float] | None = None  # how much a sample of each class counts
    stopping: EarlyStopping | None = None
    plateau: Plateau | None = None
    limits: Limits = field(default_factory=Limits)
    accelerator: Accelerator | None = None
    health: bool = True  # whether the layers are looked at now and then
    burst: int = field(default=1 << 30, init=False)
    stepper: Stepper = field(init=False)
    progress: Progress = field(init=False)
    next_batch: int = field(init=False)  # of the epochs after the present one
    _check: HealthCheck | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.next_batch = self.batch
        part = "validation" if len(self.splits.validation) else "train"
        self.progress = Progress(Watch(self.stopping or EarlyStopping("loss", part)))
        if self.plateau is not None:
            self.progress.rest = Rest(self.plateau)
        self.stepper = Stepper(self.network, self.loss, self.optimizer, self.batch, self.penalty, self.accelerator)

    @property
    def batches(self) -> int:
        """Updates in an epoch; the last batch may be short."""
        return math.ceil(len(self.splits.train) / self.batch)

    @property
    def steps(self) -> int:
        """Updates in the whole run, if nothing but a limit of steps ends it."""
        progress = self.progress
        planned = progress.began + (self.epochs - progress.epochs) * self.batches
        return planned if self.limits.steps is None else min(planned, self.limits.steps)

    def events(self) -> Iterator[Event]:
        """Train, and say what happens. The last event is Ended; Reason says which ends there are.

        A run whose `progress` was set to a later moment, with Theta and the optimizer's memory of that moment, goes on
        from there as if it had never stopped; what came before is not said again.
        """
        progress = self.progress
        if not progress.losses:
            yield self.started()
            yield self._measure_epoch(0)
        rewind = Rewind(self.stepper)
        epochs = self._epochs()
        while (ended := self._ending()) is None:
            epoch, steps = next(epochs, (0, None))
            if steps is None:
                ended = self._end(Reason.EPOCHS, self.epochs, progress.step, f"{self.epochs} epochs done")
                break
            skipped = progress.step - progress.began
            rewind.keep()
            for event in steps:
                bad = next((index for index, loss in enumerate(event.losses) if not math.isfinite(loss)), None)
                if bad is not None:
                    surplus = len(event.losses) - 1 - bad
                    event = replace(
                        event, step=event.step - surplus, batch=event.batch - surplus, losses=event.losses[: bad + 1]
                    )
                progress.step = event.step
                yield event
                if bad is not None:
                    yield self._diverged(event, rewind, skipped)
                    return
                if self.limits.reached(progress.step, progress.seconds) is not None:
                    break
            measured = self._measure_epoch(epoch)
            progress.best.see(measured, self.network.parameters.values)
            yield measured
        yield ended

    def _ending(self) -> Ended | None:
        """The end of the run if a rule says that it has come: from the progress alone, so resumed runs end alike."""
        progress = self.progress
        if self.stopping is not None and progress.best.exhausted(progress.epochs):
            return self._stopped_early(progress.best, progress.epochs, progress.step)
        limit = self.limits.reached(progress.step, progress.seconds)
        if limit is not None:
            return self._end(limit[0], progress.epochs, progress.step, limit[1])
        if progress.rest is not None and progress.rest.reached(progress.epochs):
            return self._end(Reason.PLATEAU, progress.epochs, progress.step, progress.rest.rule.message())
        return None

    def _measure_epoch(self, epoch: int) -> EpochFinished:
        """Measure both parts after an epoch, and remember what schedules and stopping rules look at."""
        progress = self.progress
        measured = self._measured(epoch, progress.step, progress.losses)
        progress.epochs, progress.began = epoch, progress.step
        self._take_batch()
        if not self.schedule.wants_losses:
            del progress.losses[:]
        progress.losses.append(_watched_loss(measured))
        if progress.rest is not None:
            progress.rest.see(_value(measured, progress.rest.rule))
        return measured

    def _stopped_early(self, watch: Watch, epoch: int, step: int) -> Ended:
        """The end of a run that is no longer improving, back at its best weights if that is wanted."""
        if watch.values is None or not watch.rule.restore:
            return self._end(Reason.EARLY_STOPPING, epoch, step, watch.message())
        self.network.parameters.values[...] = watch.values
        ended = self._end(Reason.EARLY_STOPPING, epoch, step, watch.message())
        measured = self._measured(watch.epoch, step)
        return replace(
            ended,
            kept=watch.epoch,
            confusion=measured.confusion,
            train=measured.train,
            validation=measured.validation,
        )

    def _epochs(self) -> Iterator[tuple[int, Iterator[StepsFinished]]]:
        """Each epoch that is still to come, with its steps."""
        batches = self._batches()
        if isinstance(self.optimizer, Minimizer):
            yield from enumerate(self._minimize(batches, self.optimizer), start=1)
            return
        progress = self.progress
        while progress.epochs < self.epochs:
            if batches.batch != self.batch:
                batches = self._batches()
            epoch = progress.epochs + 1
            yield epoch, self._epoch(epoch, batches, progress.step - progress.began)

    def _batches(self) -> Batches:
        part, network = self.splits.train, self.network
        y = self.targets.encode(part.y, network.dtype)
        return Batches(part, y, self.batch, network.dtype, self.sample_weights(), network.crew)

    def sample_weights(self) -> Array | None:
        """How much each training sample counts, (m,); None where all count alike."""
        if self.class_weights is None:
            return None
        return np.asarray(self.class_weights, self.network.dtype)[self.splits.train.y]

    def order(self, epoch: int) -> Array:
        """The order in which an epoch visits the samples."""
        samples = len(self.splits.train)
        return stream(self.seed, "shuffle", epoch).permutation(samples) if self.batches > 1 else np.arange(samples)

    def samples_of(self, epoch: int, batch: int) -> Array:
        """The numbers of the samples in a batch, from 0, of an epoch."""
        return self.order(epoch)[batch * self.batch : (batch + 1) * self.batch]

    def _burst(self, step: int) -> int:
        """The most steps in a row after `step`: not beyond the last that is allowed."""
        ahead = self.limits.ahead(step)
        return self.burst if ahead is None else min(self.burst, ahead)

    def _epoch(self, epoch: int, batches: Batches, skip: int) -> Iterator[StepsFinished]:
        """The steps of an epoch, without the first `skip` of them."""
        began = time.perf_counter()
        count = len(batches)
        if skip == count:
            return
        order = self.order(epoch)[skip * self.batch :]
        done = self.progress.began + skip
        blocks = batches.blocks(order, self.burst)
        for block in blocks:
            # A burst may have become shorter since the block was gathered: then it is handed out piece by piece.
            for piece in block.pieces(self.batch, self._burst(done + block.first)):
                first = done + piece.first + 1
                with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                    costs = self.stepper.run(piece, first, self._rate(count))
                self.progress.seconds += time.perf_counter() - began
                last = first + len(costs) - 1
                yield StepsFinished(last, epoch, skip + piece.first + len(costs), tuple(costs.tolist()))
                began = time.perf_counter()

    def _rate(self, batches: int) -> Callable[[int], float]:
        """The learning rate of a step."""
        rate, schedule, steps, losses = self.optimizer.rate, self.schedule, self.steps, self.progress.losses
        if schedule.is_constant:  # small nets would feel a call a step
            return lambda step: rate
        return lambda step: rate * schedule.factor(min(step, steps), steps, batches, losses)

    def use(
        self, optimizer: Optimizer, schedule: Schedule, penalty: Penalty, batch: int, epochs: int, limits: Limits
    ) -> None:
        """Go on with other settings: from the next step on, a batch size from the next epoch on.

        What the optimizer remembers is kept as far as the new one knows it too.
        """
        self.optimizer, self.schedule, self.penalty = optimizer, schedule, penalty
        self.epochs, self.next_batch, self.limits = epochs, batch, limits
        self.stepper.use(optimizer, penalty)
        self._check = None
        if self.progress.step == self.progress.began:
            self._take_batch()

    def _take_batch(self) -> None:
        if self.batch != self.next_batch:
            self.batch = self.stepper.batch = self.next_batch
            self.stepper.use(self.optimizer, self.penalty)
            self._check = None

    def _minimize(self, batches: Batches, optimizer: Minimizer) -> Iterator[Iterator[StepsFinished]]:
        """Iterations of an optimizer that evaluates J as it likes: one is one step, and one epoch."""
        (block,) = batches.blocks(np.arange(0), 1)
        parameters, penalty = self.network.parameters, self.penalty

        def evaluate() -> tuple[float, Array]:
            cost, gradient = self.network.loss_and_grad(block.x.T, block.y.T, self.loss, weights=block.weights)
            penalty.apply(parameters)
            return cost + self.network.penalty(penalty.decay, penalty.absolute), gradient

        def one(epoch: int, cost: float) -> Iterator[StepsFinished]:
            plain = cost - before
            yield StepsFinished(epoch, epoch, 1, (plain,))

        before = self.network.penalty(penalty.decay, penalty.absolute)
        began = time.perf_counter()
        for epoch, cost in enumerate(optimizer.minimize(parameters.values, evaluate, self.epochs), start=1):
            self.progress.seconds += time.perf_counter() - began
            yield one(epoch, cost)
            before = self.network.penalty(penalty.decay, penalty.absolute)
            began = time.perf_counter()

    def stopped(self, reason: Reason, epoch: int, step: int, message: str = "") -> Ended:
        """The last event of a run that ends because somebody asked for it."""
        return self._end(reason, epoch, step, message)

    def measure_again(self) -> Remeasured:
        """Both parts and the layers at this moment between two steps: after somebody has set weights by hand."""
        progress = self.progress
        found = self._measured(progress.epochs, progress.step, look=False)
        health = self._look(progress.step, progress.losses) if self.health else ()
        return Remeasured(
            progress.step, progress.epochs, found.train, found.validation, found.confusion, found.seconds, health
        )

    def measure(self, part: Part) -> tuple[dict[str, float], Confusion | None]:
        """Every metric of a part, and its confusion matrix for a classification."""
        return measure(self.network, part, self.targets, self.loss, self.metrics)

    def started(self) -> Started:
        """What the first event says: data, network and settings, before anything is trained."""
        splits = self.splits
        return Started(
            schema=SCHEMA,
            experiment=self.experiment,
            inputs=self.network.inputs,
            parameters=len(self.network.parameters),
            layers=self.network.shapes(),
            classes=splits.classes,
            features=splits.features,
            picture=splits.picture,
            samples={
                "train": len(splits.train),
                "validation": len(splits.validation),
                "test": len(splits.test) if splits.test else 0,
            },
            batches=self.batches,
            epochs=self.epochs,
            seed=self.seed,
            loss=self.loss.name,
            metrics=tuple(metric.name for metric in self.metrics if metric.returns == "number"),
            data=facts(splits),
            rate=self.optimizer.rate,
            output_range=_ends(self.network.layers[-1].activation.range),
            chance=self._chance(),
            measured=len(measured_part(splits.train)),
        )

    def _chance(self) -> float | None:
        """What the best constant output costs, where the loss can say: chance, for a classification."""
        if self.loss.chance is None or not self.targets.classes:
            return None
        return float(self.loss.chance(self.targets.encode(self.splits.train.y, np.float64).mean(axis=0)))

    def _measured(self, epoch: int, step: int, losses: Sequence[float] = (), *, look: bool = True) -> EpochFinished:
        began = time.perf_counter()
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            train, counts = self.measure(measured_part(self.splits.train))
            # J as on the slides: cost and penalty together, which is what training minimizes.
            train["cost"] = train["loss"] + self.network.penalty(self.penalty.decay, self.penalty.absolute)
            validation, validation_counts = self.measure(self.splits.validation)
        health: tuple[LayerHealth, ...] = ()
        if look and self._looks_at(epoch):
            health = self._look(step, [*losses, validation.get("loss", train["loss"])])
        self.progress.seconds += time.perf_counter() - began
        return EpochFinished(epoch, step, train, validation, validation_counts or counts, self.progress.seconds, health)

    def _looks_at(self, epoch: int) -> bool:
        """Whether the health of the layers is looked at after this epoch: at first often, then now and then."""
        if not self.health:
            return False
        power_of_two = epoch & (epoch - 1) == 0
        every = look_every(len(self.splits.train), self.batches, len(self.network.parameters), self.epochs)
        return power_of_two or epoch == self.epochs or epoch % every == 0

    def _look(self, step: int, losses: Sequence[float]) -> tuple[LayerHealth, ...]:
        if self._check is None:
            self._check = HealthCheck(
                self.network, self.loss, self.penalty, self.splits.train, self.targets, self.batch, self.class_weights
            )
        steps = max(1, self.steps)
        following = min(step + 1, steps)  # where the schedule ends, the last step stands for the next
        rate = self.optimizer.rate * self.schedule.factor(following, steps, self.batches, losses)
        return self._check.look(self.optimizer, self.stepper.state, rate, following)

    def _diverged(self, event: StepsFinished, rewind: Rewind, skipped: int) -> Ended:
        """Say where the last loss of the event began not to be finite. Theta goes back to before that."""
        samples = Samples(self.splits.train, self.targets, self.batch, self.order(event.epoch), self.sample_weights())
        clock, self.burst = self.progress.seconds, 1
        found = None
        if not isinstance(self.optimizer, Minimizer):
            rewind.restore()
            found = first_bad(self.stepper, self._epoch(event.epoch, self._batches(), skipped), event.step, samples)
        self.progress.seconds = clock
        where = f", {describe(found, self.splits.features)}" if found is not None else ""
        rate = self.optimizer.rate
        largest = float(np.abs(measured_part(self.splits.train).x).max())
        hint = f' The data reaches {largest:g}: consider data.scale = "standard".' if largest > 20 else ""
        message = (
            f"loss became {event.losses[-1]} at step {event.step} (epoch {event.epoch}, batch {event.batch}){where}. "
            f"The learning rate is {rate:g}; try {rate / 10:g}.{hint}"
        )
        return replace(self._end(Reason.DIVERGED, event.epoch, event.step, message), divergence=found)

    def _end(self, reason: Reason, epoch: int, step: int, message: str) -> Ended:
        test: dict[str, float] = {}
        if reason != Reason.DIVERGED and self.splits.test is not None:
            test, _ = self.measure(self.splits.test)
        return Ended(reason, epoch, step, message, test, self.progress.seconds)


def _watched_loss(event: EpochFinished) -> float:
    """The loss on the validation part, or on the training part where there is none."""
    return event.validation.get("loss", event.train["loss"])


def _value(event: EpochFinished, plateau: Plateau) -> float:
    """What a plateau is looked for in."""
    values: dict[str, float] = getattr(event, plateau.split)
    return values.get(plateau.metric, math.nan)


def _ends(span: tuple[float, float]) -> tuple[float | None, float | None]:
    """An interval as events have it: None for an end that is infinite."""
    low, high = (float(end) if math.isfinite(end) else None for end in span)
    return low, high
