"""What an accelerator must keep to: it computes what numpy computes, to rounding, or leaves it to numpy."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.engine.accelerator import Accelerator
from tui_nn.engine.batches import Batches, TrainingSet
from tui_nn.engine.data import Part
from tui_nn.engine.layer import Dense
from tui_nn.engine.network import Network
from tui_nn.engine.penalty import Penalty
from tui_nn.engine.stepper import Stepper
from tui_nn.errors import ExperimentError
from tui_nn.testing.learning import clouds, installed
from tui_nn.testing.report import CheckResult, failed, passed, skipped

Array = np.ndarray[Any, np.dtype[Any]]

OPTIMIZERS = ("sgd", "adam")
TOLERANCE = 1e-4
INPUTS, BATCH = 3, 10


def _trained(optimizer: str, accelerator: Accelerator | None) -> tuple[Array, Array]:
    """Parameters and costs after a block of six batches."""
    registry = installed()
    hidden, output = registry.get("activation", "sigmoid"), registry.get("activation", "softmax")
    network = Network(INPUTS, [Dense(5, hidden), Dense(2, output)], np.float32)
    network.initialize(registry.get("initializer", "glorot_uniform"), 0)
    loss = registry.get("loss", "softmax_cross_entropy")
    stepper = Stepper(network, loss, registry.create("optimizer", optimizer), BATCH, Penalty(0.01), accelerator)
    x, labels = clouds(INPUTS)
    samples = TrainingSet(Part(x, labels), np.eye(2, dtype=np.float32)[labels])
    batches = Batches(samples, BATCH, np.float32)
    (block,) = batches.blocks(np.arange(len(x)), len(batches), gathered=stepper.gathers)
    costs = stepper.run(block, 1, lambda step: 0.05)
    return network.parameters.values.copy(), np.asarray(costs)


def agrees_with_numpy(accelerator: Accelerator) -> CheckResult:
    """A block of steps with it and without it."""
    try:
        accelerator.check()
    except ExperimentError as error:
        return skipped(str(error))
    worst = 0.0
    tried = f"a 3-5-2 net, six batches, each of {', '.join(OPTIMIZERS)}"
    for optimizer in OPTIMIZERS:
        for plain, fast in zip(_trained(optimizer, None), _trained(optimizer, accelerator), strict=True):
            off = float(np.max(np.abs(plain - fast)))
            worst = max(worst, off)
            if not off <= TOLERANCE:
                remedy = "return None for what it does not know: numpy then does it"
                return failed(tried, f"with {optimizer} parameters or costs differ by {off:.2g}", remedy)
    return passed(tried, f"off by {worst:.1e} at most")


CHECKS = (agrees_with_numpy,)
