"""Training as a generator of events: pausing is not asking for the next one.

An epoch visits every training sample once, in an order drawn from the stream ("shuffle", epoch); after each one
both parts are measured with the new weights.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tui_nn.engine.data import Part, Splits
from tui_nn.engine.events import SCHEMA, Ended, EpochFinished, Event, Started, StepFinished
from tui_nn.engine.loss import Loss
from tui_nn.engine.metric import Metric
from tui_nn.engine.network import Network, with_ones
from tui_nn.engine.optimizer import Optimizer, State
from tui_nn.engine.random import stream
from tui_nn.engine.schedule import Schedule
from tui_nn.engine.targets import Targets, confusion

Array = np.ndarray[Any, np.dtype[Any]]

MEASURED = 10_000  # samples of the training part that are measured after an epoch: enough for three digits
GATHERED = 16  # batches copied into order in one call, which is cheaper than one call a batch


@dataclass
class Trainer:
    """Everything that one training run needs. `events` may be called once."""

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
    decay: float = 0.0  # lambda / m, m = size of the training set
    state: State = field(default_factory=dict, init=False)  # the optimiser's memory
    _clock: float = field(default=0.0, init=False)

    @property
    def batches(self) -> int:
        """Updates in an epoch; the last batch may be short."""
        return math.ceil(len(self.splits.train) / self.batch)

    @property
    def steps(self) -> int:
        """Updates in the whole run."""
        return self.epochs * self.batches

    def events(self) -> Iterator[Event]:
        """Train, and say what happens. Ends with Ended, whose reason is "epochs" or "diverged"."""
        network, parameters = self.network, self.network.parameters
        # Rows with a leading 1: a gathered block of them, transposed, is x with samples as columns.
        x = with_ones(self.splits.train.x, network.dtype)
        y = self.targets.encode(self.splits.train.y, network.dtype)
        self.state = self.optimizer.state(parameters.values)
        yield self._started()
        yield self._measured(0, 0)
        step = 0
        for epoch in range(1, self.epochs + 1):
            began = time.perf_counter()
            order = stream(self.seed, "shuffle", epoch).permutation(len(x))
            for batch, (rows, answers) in enumerate(self._batches(x, y, order), start=1):
                step += 1
                rate = self.optimizer.rate * self.schedule.factor(step, self.steps)
                cost, gradient = network.loss_and_grad(rows.T, answers.T, self.loss, self.decay)
                if not math.isfinite(cost):
                    yield from self._diverged(epoch, step, cost)
                    return
                self.optimizer.update(parameters.values, gradient, self.state, rate, step)
                self._clock += time.perf_counter() - began
                yield StepFinished(step, epoch, batch, cost)
                began = time.perf_counter()
            yield self._measured(epoch, step)
        yield self._end("epochs", self.epochs, step, f"{self.epochs} epochs done")

    def _batches(self, x: Array, y: Array, order: Array) -> Iterator[tuple[Array, Array]]:
        """The samples in this order, a batch at a time, rows; copies, gathered several batches ahead."""
        block = self.batch * GATHERED
        for start in range(0, len(order), block):
            chosen = order[start : start + block]
            rows, answers = x.take(chosen, axis=0), y.take(chosen, axis=0)
            for first in range(0, len(chosen), self.batch):
                yield rows[first : first + self.batch], answers[first : first + self.batch]

    def stopped(self, reason: str, epoch: int, step: int, message: str = "") -> Ended:
        """The last event of a run that ends because somebody asked for it."""
        return self._end(reason, epoch, step, message)

    def measure(self, part: Part) -> tuple[dict[str, float], tuple[tuple[int, ...], ...] | None]:
        """Mean cost (without penalty) and metrics of a part, and its confusion matrix for a classification."""
        if not len(part):
            return {}, None
        outputs = self.network.predict(part.x)
        encoded = self.targets.encode(part.y, self.network.dtype)
        predicted = self.targets.decode(outputs)
        true = part.y if self.targets.classes else encoded
        values = {"loss": self.loss.value(outputs.T, encoded.T)}
        for metric in self.metrics:
            values[metric.name] = metric.value(predicted, true)
        counts = confusion(predicted, true, self.targets.classes) if self.targets.classes else None
        return values, counts

    def _started(self) -> Started:
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
            metrics=("loss", *(metric.name for metric in self.metrics)),
        )

    def _measured(self, epoch: int, step: int) -> EpochFinished:
        began = time.perf_counter()
        part = self.splits.train
        train, counts = self.measure(Part(part.x[:MEASURED], part.y[:MEASURED]))
        # J as on the slides: cost and penalty together, which is what training minimises.
        train["cost"] = train["loss"] + self.network.penalty(self.decay)
        validation, validation_counts = self.measure(self.splits.validation)
        self._clock += time.perf_counter() - began
        return EpochFinished(epoch, step, train, validation, validation_counts or counts, self._clock)

    def _diverged(self, epoch: int, step: int, cost: float) -> Iterator[Event]:
        where = "the parameters are still finite"
        for index, theta in enumerate(self.network.parameters.thetas, start=1):
            if theta is not None and not np.isfinite(theta).all():
                where = f"first in Theta^({index})"
                break
        rate = self.optimizer.rate
        largest = float(np.abs(self.splits.train.x).max())
        hint = f' The data reaches {largest:g}: consider data.scale = "standard".' if largest > 20 else ""
        yield self._end(
            "diverged",
            epoch,
            step,
            f"loss became {cost} at step {step} (epoch {epoch}), {where}. "
            f"The learning rate is {rate:g}; try {rate / 10:g}.{hint}",
        )

    def _end(self, reason: str, epoch: int, step: int, message: str) -> Ended:
        test: dict[str, float] = {}
        if reason != "diverged" and self.splits.test is not None:
            test, _ = self.measure(self.splits.test)
        return Ended(reason, epoch, step, message, test, self._clock)
