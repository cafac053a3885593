"""scikit-learn's MNIST example ("Visualization of MLP weights"): 40 ReLU units, eight epochs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tui_nn.engine.network import Network, with_ones

LOSSES = [0.44139, 0.19175, 0.13984, 0.11379, 0.09444, 0.07847, 0.06506, 0.05535]


@pytest.mark.slow
def test_the_losses_it_prints(registry, mnist, record):
    """Its split, initial weights and orders follow from its seeds, drawn here as scikit-learn draws them."""
    order = np.random.RandomState(0).permutation(70000)
    test, train = order[:49000], order[49000:]
    random = np.random.RandomState(1)
    layers = [
        {"kind": "dense", "units": 40, "activation": "relu"},
        {"kind": "dense", "units": 10, "activation": "softmax"},
    ]
    network = Network(784, [registry.create("layer", layer) for layer in layers], np.float64)
    for theta in network.parameters.thetas:
        fan_out, fan_in = theta.shape[0], theta.shape[1] - 1
        bound = math.sqrt(6 / (fan_in + fan_out))
        theta[:, 1:] = random.uniform(-bound, bound, (fan_in, fan_out)).T
        theta[:, 0] = random.uniform(-bound, bound, fan_out)
    x = with_ones(mnist["x"][train] / np.float64(255), np.float64)
    y = np.eye(10)[mnist["y"][train]]
    loss = registry.get("loss", "softmax_cross_entropy")
    optimizer = registry.create("optimizer", {"kind": "nesterov", "rate": 0.2})
    parameters = network.parameters
    state = optimizer.state(parameters.values, parameters.decays)
    samples, losses = np.arange(len(train)), []
    for _ in range(8):
        shuffle = np.arange(len(train))
        random.shuffle(shuffle)
        samples = samples[shuffle]
        total = 0.0
        for first in range(0, len(train), 200):
            batch = samples[first : first + 200]
            decay = 1e-4 / len(batch)  # scikit-learn divides its alpha by the batch, not by the training set
            cost, gradient = network.loss_and_grad(x[batch].T, y[batch].T, loss, decay)
            total += (cost + network.penalty(decay)) * len(batch)
            optimizer.update(parameters.values, gradient, state, optimizer.rate, 1)
        losses.append(round(total / len(train), 5))
    right = float(np.mean(network.predict(mnist["x"][test] / 255).argmax(axis=1) == mnist["y"][test]))
    record("scikit-learn", "784-40-10 ReLU, losses of 8 epochs", LOSSES, losses)
    record("scikit-learn", "784-40-10 ReLU, accuracy on its test part", "0.953", f"{right:.3f}")
    assert losses == pytest.approx(LOSSES, abs=6e-5)
    assert right == pytest.approx(0.953, abs=0.001)
