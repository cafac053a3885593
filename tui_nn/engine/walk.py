"""Walking the samples of the batch that comes next, one at a time: forward to the cost, and back to the input.

An update uses the mean over a batch, so a single sample moves no weight. Shown are its cost and its gradient: the
batch's gradient is the mean of those of its samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_nn.engine.data import Window
from tui_nn.engine.trainer import Trainer

Array = np.ndarray[Any, np.dtype[Any]]

MOST = 64  # samples of a batch that are walked


@dataclass(frozen=True)
class Walk:
    """The first samples of the batch after a step, at most MOST; m of them. Gradients are without the penalty.

    epoch, batch: which, from 1; batches: in an epoch; size: samples in this batch. numbers (m,): of the samples in the
    training part. inputs (m, n), scaled as the network sees them. activations: (units, m) a layer. outputs, targets
    (q, m). costs (m,), and `cost`, the mean of the whole batch. lengths (layers with Theta, m): of the gradient of a
    sample's own cost. along (m,): the cosine between that and the batch's. input_gradients (m, n): of a sample's own
    cost with respect to its inputs. ranges: the open interval in which the units of each layer answer.
    """

    epoch: int
    batch: int
    batches: int
    size: int
    numbers: Array
    inputs: Array
    activations: tuple[Array, ...]
    outputs: Array
    targets: Array
    costs: Array
    cost: float
    lengths: Array
    along: Array
    input_gradients: Array
    ranges: tuple[tuple[float, float], ...] = ()


def walk(trainer: Trainer, step: int) -> Walk:
    """The batch that follows `step` updates, with the weights that the trainer's network has now."""
    network, loss, part = trainer.network, trainer.loss, trainer.splits.train
    epoch, batch = divmod(step, trainer.batches)
    chosen = trainer.order(epoch + 1)[batch * trainer.batch : (batch + 1) * trainer.batch]
    size = len(chosen)
    m = min(size, MOST)
    x = Window(part, size, network.dtype).read(chosen, size).T
    y = trainer.targets.encode(part.y[chosen], network.dtype).T
    every = trainer.sample_weights()
    counts = np.ones(size, network.dtype) if every is None else every[chosen]
    with network.undisturbed(), np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        network.step = step + 1  # what is drawn at random (dropout) is drawn as this step draws it
        costed = network.backpropagate(x, y, loss, size, counts, to_inputs=True)
        costs = loss.costs(costed, y, at_z=network.takes_scores(loss)) * counts
        slots = network.workspace(size).slots
        outputs = slots[-1].a[:, :m].copy()
        activations = tuple(slot.a[:, :m].copy() for slot in slots)
        # The mean over the batch divided by its size what is a sample's own.
        backward = slots[0].input_gradient[:, :m].T * size
        total = network.parameters.gradient.copy()
        lengths, along = _pulls(trainer, x, y, counts, m, total)
    return Walk(
        epoch + 1, batch + 1, trainer.batches, size, chosen[:m], x[1:, :m].T.copy(), activations, outputs,
        y[:, :m], costs[:m], float(costs.mean()), lengths, along, backward,
        tuple(layer.activation.range for layer in network.layers),
    )  # fmt: skip


def _pulls(trainer: Trainer, x: Array, y: Array, counts: Array, m: int, total: Array) -> tuple[Array, Array]:
    """Of each of the first m samples: the length of its gradient a layer, and its cosine with the batch's, `total`."""
    network, loss = trainer.network, trainer.loss
    # Where samples are mixed (batch_norm) or masks are drawn for a whole batch (dropout), the others must be there too.
    together = network.mixes_samples or any(layer.is_random for layer in network.layers)
    lengths, along = [], []
    for index in range(m):
        if together:
            alone = np.zeros_like(counts)
            alone[index] = counts[index]
            network.backpropagate(x, y, loss, 1, alone)
        else:
            one = slice(index, index + 1)
            network.backpropagate(x[:, one], y[:, one], loss, 1, counts[one])
        own = network.parameters.gradient
        lengths.append([np.linalg.norm(one) for one in network.parameters.gradients if one is not None])
        product = np.linalg.norm(own) * np.linalg.norm(total)
        along.append(float(own @ total) / product if product else 0.0)
    return np.array(lengths).T, np.array(along)
