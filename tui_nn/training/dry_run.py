"""One batch forward and backward, and a short trial training: what a run would need, before it is started.

Reference: cs231n, Neural Networks 3, sanity checks
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tui_nn.engine.events import EpochFinished, StepsFinished
from tui_nn.engine.network import CHUNK, with_ones
from tui_nn.engine.stopping import Limits
from tui_nn.engine.trainer import Trainer
from tui_nn.experiment.build import Setup

TRIED = 0.3  # seconds of training from which the rest is estimated


@dataclass(frozen=True)
class Estimate:
    """What a run would need. seconds and bytes are estimates; loss is of the first batch, gradient its length."""

    samples: dict[str, int]
    layers: list[dict[str, Any]]
    parameters: int
    batch: int
    batches: int
    epochs: int
    loss: float
    gradient: float
    bytes: dict[str, int]
    seconds_a_step: float
    seconds_a_measurement: float
    seconds: float


def estimated(setup: Setup) -> Estimate:
    """One batch forward and back, and a short try at training."""
    trainer = setup.trainer
    network, part = trainer.network, trainer.splits.train.head(min(trainer.batch, len(trainer.splits.train)))
    x = with_ones(part.x, network.dtype).T
    y = trainer.targets.encode(part.y, network.dtype).T
    loss, gradient = network.loss_and_grad(x, y, trainer.loss)
    layers = [
        {"kind": shape.kind, "units": shape.units, "activation": shape.activation, "theta": shape.theta,
         "parameters": shape.theta[0] * shape.theta[1] if shape.theta else 0, "output": [shape.units, x.shape[1]]}
        for shape in network.shapes()
    ]  # fmt: skip
    step, measurement = _timed(trainer)
    steps = trainer.steps
    return Estimate(
        samples={
            "train": len(setup.splits.train),
            "validation": len(setup.splits.validation),
            "test": len(setup.splits.test) if setup.splits.test else 0,
        },
        layers=layers,
        parameters=len(network.parameters),
        batch=trainer.batch,
        batches=trainer.batches,
        epochs=trainer.epochs,
        loss=loss,
        gradient=float(np.sqrt(np.square(gradient.astype(np.float64)).sum())),
        bytes=_memory(trainer),
        seconds_a_step=step,
        seconds_a_measurement=measurement,
        seconds=steps * step + (1 + steps / max(1, trainer.batches)) * measurement,
    )


def _timed(trainer: Trainer) -> tuple[float, float]:
    """(seconds a step, seconds a measurement), from the first moments of training."""
    tried = replace(trainer, limits=Limits(seconds=TRIED), health=False)
    steps, began, spent, measurements = 0, time.perf_counter(), 0.0, []
    for event in tried.events():
        now = time.perf_counter()
        if isinstance(event, StepsFinished):
            steps, spent = steps + len(event.losses), spent + now - began
        elif isinstance(event, EpochFinished):
            measurements.append(now - began)
        began = time.perf_counter()
    return spent / max(1, steps), min(measurements)


def _memory(trainer: Trainer) -> dict[str, int]:
    """Bytes of the data, of parameters with gradient and optimizer, and of the buffers of a batch."""
    network, parts = trainer.network, [trainer.splits.train, trainer.splits.validation, trainer.splits.test]
    sources = {id(part.source): part.source.nbytes for part in parts if part is not None}
    vector = network.parameters.values.nbytes
    samples = max(min(trainer.batch, CHUNK), min(CHUNK, len(trainer.splits.train)))
    units = sum(4 * size for size in network.sizes[1:]) + sum(2 * size for size in network.sizes[:-1])
    return {
        "data": sum(sources.values()) + sum(part.y.nbytes for part in parts if part is not None),
        "parameters": 4 * vector + sum(array.nbytes for array in trainer.stepper.state.values()),
        "buffers": samples * units * network.dtype.itemsize,
    }
