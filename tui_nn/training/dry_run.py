"""One batch forward and backward, and a short trial training: what a run would need, before it is started.

Reference: cs231n, Neural Networks 3, sanity checks
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tui_nn.engine.events import EpochFinished, StepsFinished
from tui_nn.engine.health import SAMPLES
from tui_nn.engine.measuring import measured_part
from tui_nn.engine.network import CHUNK, with_ones
from tui_nn.engine.stopping import Limits
from tui_nn.engine.trainer import Trainer
from tui_nn.experiment.build import Setup

TRIED = 0.3  # seconds of training from which the rest is estimated


@dataclass(frozen=True)
class DryRun:
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


def estimated(setup: Setup) -> DryRun:
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
    return DryRun(
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
    """Bytes of the data, of parameters with gradient and optimizer, and of the buffers that the network keeps.

    It keeps some for every number of samples that go through together: a batch, the last one of an epoch, the chunks
    in which both parts are measured, and what the health of the layers is judged by.
    """
    network, parts = trainer.network, [trainer.splits.train, trainer.splits.validation, trainer.splits.test]
    sources = {id(part.source): part.source.nbytes for part in parts if part is not None}
    vector = network.parameters.values.nbytes
    train = len(trainer.splits.train)
    measured = (len(measured_part(trainer.splits.train)), len(trainer.splits.validation))
    together = (trainer.batch, train % trainer.batch, *measured, min(train, SAMPLES))
    samples = {size for count in together for size in (min(count, CHUNK), count % CHUNK)}
    slots = [layer.slot(inputs, 1, network.dtype) for layer, inputs in zip(network.layers, network.sizes, strict=False)]
    arrays = [array for slot in slots for array in vars(slot).values() if isinstance(array, np.ndarray)]
    return {
        "data": sum(sources.values()) + sum(part.y.nbytes for part in parts if part is not None),
        "parameters": 4 * vector + sum(array.nbytes for array in trainer.stepper.state.values()),
        "buffers": sum(samples) * sum(array.nbytes for array in arrays if array.base is None),
    }
