"""One pass over some samples with a network that has learnt from others, for `partial_fit`.

The first samples determine how rows are prepared and targets scaled.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tui_nn.api.library import held
from tui_nn.api.plan import PlannedTraining
from tui_nn.api.trained import TrainedNet
from tui_nn.engine.data import Part
from tui_nn.engine.events import Reason, StepsFinished
from tui_nn.engine.optimizer import Minimizer
from tui_nn.engine.trainer import Trainer
from tui_nn.errors import ExperimentError
from tui_nn.experiment.build import Setup
from tui_nn.experiment.hyperparameters import batch_of, penalty_of
from tui_nn.experiment.threads import library_threads
from tui_nn.plugin.blame import blaming
from tui_nn.runs.history import History

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class BetweenPasses:
    """The state between two passes: the optimizer's memory, and how far it has come."""

    state: dict[str, Array]
    step: int
    epochs: int


def one_pass(
    plan: PlannedTraining,
    before: TrainedNet | None,
    memory: BetweenPasses | None,
    given: tuple[Array, Array, Array | None],
) -> tuple[TrainedNet, BetweenPasses, float]:
    """The network after a pass over inputs, answers and weights, the state for the next pass, and the loss.

    before: the network so far, None for the first pass. Raises ExperimentError if the optimizer cannot continue from
    one pass to the next.
    """
    x, answers, weights = given
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        setup = plan.setup()
        if isinstance(setup.trainer.optimizer, Minimizer):
            name = setup.trainer.optimizer.name
            raise ExperimentError(f"'{name}' sees all samples at once; partial_fit needs another optimizer.")
        net = setup.net if before is None else replace(before.net, parameters=setup.network.parameters.values)
        if before is not None:
            setup.network.parameters.values[...] = before.net.parameters
        part = replace(net.preparation.part(x, answers, setup.network.dtype), weights=weights)
        order = setup.splits.train.rows
        if order is not None and len(order) == len(part):
            part = part.take(order)  # as `fit` has them, so that a pass is an epoch of it, bit for bit
        trainer = _going_on(setup, replace(setup.trainer, targets=net.head.targets), part, memory)
        history = History()
        with held(library_threads(trainer.network, trainer.batch)), blaming(plan.registry.plugins):
            for event in trainer.events():
                for one in event.each() if isinstance(event, StepsFinished) else (event,):
                    history.apply(one)
    ended = history.ended
    if ended is not None and ended.reason == Reason.DIVERGED:
        raise ExperimentError(ended.message)
    values, progress = trainer.network.parameters.values.copy(), trainer.progress
    state = {name: array.copy() for name, array in trainer.stepper.state.items()}
    experiment = plan.experiment if before is None else before.experiment
    trained = TrainedNet(replace(net, parameters=values), setup.owners, plan.components, experiment, history)
    return trained, BetweenPasses(state, progress.step, progress.epochs), float(history.train["loss"][-1])


def _going_on(setup: Setup, trainer: Trainer, part: Part, memory: BetweenPasses | None) -> Trainer:
    """A trainer for one epoch on these samples, in the state after the samples before."""
    training, done = setup.experiment.training, 0 if memory is None else memory.epochs
    splits = replace(setup.splits, train=part, validation=part.take(slice(0)), test=None)
    batch, penalty = batch_of(training, len(part)), penalty_of(training, part.size)
    trainer = replace(trainer, splits=splits, batch=batch, penalty=penalty, epochs=done + 1, health=False)
    if memory is not None:
        trainer.stepper.state = {name: array.copy() for name, array in memory.state.items()}
        trainer.stepper.use(trainer.optimizer, penalty)
        progress = trainer.progress
        progress.step = progress.began = memory.step
        progress.epochs = done
        progress.losses.append(0.0)  # not its first epoch; a schedule of a pass does not look at losses
    return trainer
