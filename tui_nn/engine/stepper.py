"""A stepper: gradient steps over a block of batches, and nothing else. This is where a run spends its time.

The cost of every batch is wanted, but not at once: outputs, or their z where the loss takes that, are laid aside and
costed a block at a time, which for small nets saves more calls than the step itself makes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tui_nn.engine.accelerator import Accelerator, Learn, Update
from tui_nn.engine.batches import Block, Gathered
from tui_nn.engine.loss import Loss
from tui_nn.engine.network import CHUNK, Network
from tui_nn.engine.optimizer import Optimizer, State
from tui_nn.engine.penalty import Penalty

Array = np.ndarray[Any, np.dtype[Any]]


class Stepper:
    """Steps of one network under one loss and optimizer. `state` is the optimizer's memory.

    What the accelerator, if there is one, has no stand-in for is done here.
    """

    def __init__(
        self,
        network: Network,
        loss: Loss,
        optimizer: Optimizer,
        batch: int,
        penalty: Penalty,
        accelerator: Accelerator | None = None,
    ) -> None:
        self.network, self.loss, self.batch = network, loss, batch
        self.state: State = {}
        self._accelerator = accelerator
        self._outputs = np.empty((network.outputs, 0), network.dtype)
        self.use(optimizer, penalty)

    def use(self, optimizer: Optimizer, penalty: Penalty) -> None:
        """Take the next steps with these. What was remembered is kept where the new optimizer has the same."""
        self.optimizer, self.penalty = optimizer, penalty
        parameters = self.network.parameters
        state = optimizer.fresh_state(parameters.values, parameters.decays)
        self.state = {name: self.state.get(name, array) for name, array in state.items()}
        accelerator = self._accelerator
        self._update: Update = parameters.holding(
            (accelerator.update(self) if accelerator else None) or optimizer.update
        )
        # A whole block of steps in other hands would move what is frozen.
        in_blocks = accelerator is not None and parameters.frozen is None
        self._learn: Learn | None = accelerator.learn(self) if accelerator and in_blocks else None

    @property
    def gathers(self) -> bool:
        """Whether the samples of a block have to be copied into place for its steps."""
        return self._learn is None or bool(self.network.off)

    def run(self, block: Block, step: int, rate: Callable[[int], float]) -> Array:
        """Take one step for every batch of the block; `step` is the number of the first, `rate` gives their rates.

        Returns the mean cost of each batch before its update, without the penalty.
        """
        if self._learn is not None and not self.network.off:
            steps = -(-len(block.chosen) // self.batch)
            rates = np.array([rate(number) for number in range(step, step + steps)])
            self.network.step = step + steps - 1
            return self._learn(block.samples, block.chosen, step, rates)
        if self.batch > CHUNK:
            return self._large(block.gathered, step, rate)
        return self._small(block.gathered, step, rate)

    def _small(self, block: Gathered, step: int, rate: Callable[[int], float]) -> Array:
        batch, samples, weights = self.batch, len(block.x), block.weights
        if self._outputs.shape[1] < samples:
            self._outputs = np.empty((self.network.outputs, samples), self.network.dtype)
        outputs = self._outputs[:, :samples]
        self._one_by_one(block, outputs, step, rate)
        costs = self.loss.costs(outputs, block.y.T, at_z=self.network.takes_scores(self.loss))
        if weights is not None:
            costs = costs * weights
        means: Array = np.add.reduceat(costs, np.arange(0, samples, batch), dtype=np.float64)
        ragged = samples % batch
        means[: samples // batch] /= batch
        if ragged:
            means[-1] /= ragged
        return means

    def _one_by_one(self, block: Gathered, outputs: Array, step: int, rate: Callable[[int], float]) -> None:
        """A gradient step for each batch; what the loss takes its costs from goes into `outputs`."""
        network, parameters, penalty = self.network, self.network.parameters, self.penalty
        values, gradient, state, update = parameters.values, parameters.gradient, self.state, self._update
        x, y, samples, weights = block.x.T, block.y.T, len(block.x), block.weights
        for number, start in enumerate(range(0, samples, self.batch), start=step):
            end = min(start + self.batch, samples)
            network.step = number
            counts = None if weights is None else weights[start:end]
            outputs[:, start:end] = network.backpropagate(
                x[:, start:end], y[:, start:end], self.loss, end - start, counts
            )
            penalty.apply(parameters)
            update(values, gradient, state, rate(number), number)

    def _large(self, block: Gathered, step: int, rate: Callable[[int], float]) -> Array:
        """Batches that go through the network in chunks, one block at a time."""
        network, samples = self.network, len(block.x)
        costs = []
        for number, start in enumerate(range(0, samples, self.batch), start=step):
            rows = slice(start, min(start + self.batch, samples))
            batch = block[rows]
            network.step = number
            cost, gradient = network.loss_and_grad(batch.x.T, batch.y.T, self.loss, weights=batch.weights)
            self.penalty.apply(network.parameters)
            self._update(network.parameters.values, gradient, self.state, rate(number), number)
            costs.append(cost)
        return np.array(costs)
