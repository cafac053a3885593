"""Memorizing a few samples: a network that cannot learn twenty will not learn thousands. Nothing is recorded.

Reference: cs231n, Neural Networks 3, sanity checks
"""

from __future__ import annotations

from dataclasses import replace

import msgspec

from tui_nn.engine.data import spread_rows
from tui_nn.engine.events import EpochFinished, StepsFinished
from tui_nn.engine.stopping import Limits
from tui_nn.engine.trainer import Trainer
from tui_nn.experiment.build import Setup
from tui_nn.experiment.schema import Experiment, TrainingSection
from tui_nn.plugin.registry import Registry
from tui_nn.runs.history import History

MOST_STEPS = 5000
LEFT = 0.02  # the share of the first loss that may be left: near enough to zero


def for_overfit(experiment: Experiment, registry: Registry) -> Experiment:
    """The same experiment without what keeps a network from memorizing: penalties, dropout, early stopping."""
    known = registry.names("layer")
    layers = [
        {**layer, **registry.get("layer", layer["kind"]).off} if layer.get("kind") in known else layer
        for layer in experiment.network.layers
    ]
    training = msgspec.structs.replace(
        experiment.training, lambda_=0.0, l1=0.0, early_stopping=None, plateau=None,
        schedule=TrainingSection().schedule, epochs=max(1, experiment.training.epochs),
    )  # fmt: skip
    network = msgspec.structs.replace(experiment.network, layers=layers)
    return msgspec.structs.replace(experiment, network=network, training=training)


def by_heart(setup: Setup, samples: int) -> Trainer:
    """The trainer of the experiment on a few samples, spread over the training part, and no others."""
    trainer, part = setup.trainer, setup.splits.train
    rows = spread_rows(len(part), samples)
    few = part.take(rows)
    none = few.take(slice(0))
    batch = min(trainer.batch, len(few))
    steps = trainer.limits.steps or MOST_STEPS
    return replace(
        trainer,
        splits=replace(setup.splits, train=few, validation=none, test=None),
        batch=batch,
        epochs=-(-steps * batch // len(few)) + 1,
        limits=Limits(steps, trainer.limits.seconds),
    )


def learnt(trainer: Trainer) -> tuple[History, bool]:
    """Train until next to nothing of the loss is left."""
    history = History()
    for event in trainer.events():
        for one in event.each() if isinstance(event, StepsFinished) else (event,):
            history.apply(one)
        if isinstance(event, EpochFinished):
            losses = history.train["loss"]
            right = history.train.get("accuracy", [1.0])[-1] == 1
            if len(losses) > 1 and right and losses[-1] <= LEFT * losses[0]:
                return history, True
    return history, False
