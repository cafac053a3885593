"""The steps of a run, epoch by epoch.

An epoch visits every training sample once, in an order drawn from the stream ("shuffle", epoch).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tui_nn.engine.accelerator import Accelerator
from tui_nn.engine.batches import Batches, TrainingSet
from tui_nn.engine.data import Splits
from tui_nn.engine.events import StepsFinished
from tui_nn.engine.health import HealthCheck
from tui_nn.engine.loss import Loss
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
class Stepping:
    """Everything that one training run needs, and its steps.

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
    _check: HealthCheck | None = field(default=None, init=False)  # of the layers, with these settings

    def __post_init__(self) -> None:
        self.next_batch = self.batch
        part = "validation" if len(self.splits.validation) else "train"
        self.progress = Progress(Watch(self.stopping or EarlyStopping("loss", part)))
        if self.plateau is not None:
            self.progress.rest = Rest(self.plateau)
        self.stepper = Stepper(self.network, self.loss, self.optimizer, self.batch, self.penalty, self.accelerator)
        if self.accelerator is not None:
            network, loss = self.network, self.loss
            network.use(self.accelerator.predict(network), self.accelerator.evaluate(network, loss), loss)

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
        samples = TrainingSet(part, self.targets.encode(part.y, network.dtype), self.sample_weights())
        return Batches(samples, self.batch, network.dtype, network.crew)

    def sample_weights(self) -> Array | None:
        """How much each training sample counts, (m,); None where all count alike.

        Weights of samples are divided by their mean, so that the mean over all batches is that over their sum.
        """
        part, dtype = self.splits.train, self.network.dtype
        own = None if part.weights is None else (part.weights * (len(part) / part.size)).astype(dtype)
        if self.class_weights is None:
            return own
        by_class = np.asarray(self.class_weights, dtype)[part.y]
        return by_class if own is None else by_class * own

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
        blocks = batches.blocks(order, self.burst, gathered=self.stepper.gathers)
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
        (whole,) = batches.blocks(np.arange(0), 1)
        block = whole.gathered
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
