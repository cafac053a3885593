"""Walking the samples of the next batch: they are those of the step, and their gradients make up the batch's."""

from __future__ import annotations

import numpy as np
import pytest

from tui_nn.engine.data import Window
from tui_nn.engine.walk import MOST, walk
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build

FLOAT64 = ["training.dtype=float64", "training.lambda=0"]
NETS = {
    "digits": ["digits"],
    "softmax": ["iris"],
    "regression of signs": ["spiral"],
    "class weights": ["wine", "training.class_weights=balanced"],
    "dropout": ["digits", "network.layers=[{kind='dense',units=12,activation='tanh'},{kind='dropout',rate=0.5},"
                "{kind='dense',units=10,activation='sigmoid'}]"],
    "batch norm": ["digits", "network.layers=[{kind='dense',units=12},{kind='batch_norm'},"
                   "{kind='dense',units=10,activation='sigmoid'}]"],
}  # fmt: skip


def made(registry, name, *overrides):
    return build(load_experiment(name, [*FLOAT64, *overrides]), registry).trainer


@pytest.mark.parametrize("net", NETS, ids=list(NETS))
def test_the_pulls_of_the_samples_are_the_batch_gradient(registry, net):
    """lengths x along = each own gradient's share in the direction of the batch's: their mean is its whole length."""
    trainer = made(registry, *NETS[net])
    walked = walk(trainer, 0)
    assert len(walked.numbers) == walked.size == trainer.batch
    own = np.sqrt((walked.lengths**2).sum(axis=0))
    part, network = trainer.splits.train, trainer.network
    network.step = 1
    inputs = Window(part, trainer.batch, network.dtype).read(trainer.order(1)[: trainer.batch], trainer.batch)
    y = trainer.targets.encode(part.y[walked.numbers], network.dtype).T
    every = trainer.sample_weights()
    counts = None if every is None else every[walked.numbers]
    cost, gradient = network.loss_and_grad(inputs.T, y, trainer.loss, weights=counts)
    assert walked.cost == pytest.approx(cost, rel=1e-12)
    assert (own * walked.along).mean() == pytest.approx(np.linalg.norm(gradient), rel=1e-9)


def test_it_is_the_batch_that_the_trainer_takes(registry):
    """The costs of the walk are the loss of the step that follows, at any moment of any epoch."""
    trainer = made(registry, "digits", "training.epochs=2")
    trainer.burst = 1
    losses = {}
    walks = {}
    step = 0
    for event in trainer.events():
        if type(event).__name__ == "StepsFinished":
            losses[event.step] = event.losses[-1]
            step = event.step
        if step in (0, 7, 44, 45, 60) and step not in walks:
            walks[step] = walk(trainer, step)
    assert len(walks) == 5
    for step, walked in walks.items():
        assert walked.cost == pytest.approx(losses[step + 1], rel=1e-12)
        assert (walked.epoch, walked.batch) == (step // 45 + 1, step % 45 + 1)


@pytest.mark.parametrize("net", ["digits", "softmax", "regression of signs"])
def test_the_gradient_with_respect_to_the_input_is_the_slope_of_the_cost(registry, net):
    trainer = made(registry, *NETS[net])
    walked = walk(trainer, 3)
    network, loss = trainer.network, trainer.loss
    index, h = 5, 1e-6
    x, y = walked.inputs[index], walked.targets[:, index : index + 1]
    for column in np.argsort(-np.abs(walked.input_gradients[index]))[:3]:
        costs = []
        for sign in (1, -1):
            moved = np.concatenate([[1.0], x])
            moved[column + 1] += sign * h
            costs.append(float(loss.costs(network.forward(moved[:, None]), y)[0]))
        slope = (costs[0] - costs[1]) / (2 * h)
        assert walked.input_gradients[index, column] == pytest.approx(slope, rel=1e-6)


def test_a_large_batch_is_walked_in_part(registry):
    walked = walk(made(registry, "digits", "training.batch=500"), 0)
    assert (walked.size, len(walked.numbers)) == (500, MOST)
    assert walked.activations[0].shape == (25, MOST)


def state(network):
    return [network.parameters.values.tobytes(), network.parameters.gradient.tobytes(), network.seed, network.step]


@pytest.mark.parametrize("net", NETS, ids=list(NETS))
def test_walking_changes_nothing(registry, net):
    """batch_norm moves its means in every pass of training, and they are part of Theta: they must be put back."""
    trainer = made(registry, *NETS[net], "training.epochs=1")
    list(trainer.events())
    before = state(trainer.network)
    first = walk(trainer, 10)
    assert state(trainer.network) == before
    again = walk(trainer, 10)
    assert np.array_equal(again.outputs, first.outputs)
    assert np.array_equal(again.lengths, first.lengths)


@pytest.mark.parametrize("raises", [False, True])
def test_undisturbed_puts_back_what_training_passes_change(registry, raises):
    trainer = made(registry, *NETS["batch norm"])
    network, loss = trainer.network, trainer.loss
    x = np.ones((network.inputs + 1, 3))
    x[1:] = np.arange(3)
    before = state(network)
    try:
        with network.undisturbed():
            network.seed = network.step = 9
            network.loss_and_grad(x, np.zeros((10, 3)), loss)
            assert state(network)[0] != before[0], "the moving means have not moved: nothing is tested"
            assert state(network)[1] != before[1]
            if raises:
                raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass
    assert state(network) == before
