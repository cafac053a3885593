"""Training as a generator of events: pausing is not asking for the next one.

After each epoch both parts are measured with the new weights.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tui_nn.engine.data import Part, facts
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
from tui_nn.engine.measuring import Confusion, measure, measured_part
from tui_nn.engine.optimizer import Minimizer
from tui_nn.engine.stepping import Stepping
from tui_nn.engine.stopping import Plateau, Watch
from tui_nn.plurals import plural

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass
class Trainer(Stepping):
    """Takes the steps, measures after each epoch, and knows when the run ends. `events` may be called once."""

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
                ended = self._end(Reason.EPOCHS, self.epochs, progress.step, f"{plural(self.epochs, 'epoch')} done")
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
            data=facts(splits, self.targets),
            rate=self.optimizer.rate,
            output_range=_ends(self.network.layers[-1].activation.range),
            chance=self._chance(),
            measured=len(measured_part(splits.train)),
            labels=splits.labels,
        )

    def _chance(self) -> float | None:
        """What the best constant output costs, where the loss can say: chance, for a classification or labels."""
        if self.loss.chance is None or not (self.targets.classes or self.targets.multi_label):
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
                self.network,
                self.loss,
                self.penalty,
                self.splits.train,
                self.targets,
                self.batch,
                self.sample_weights(),
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
