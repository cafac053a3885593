"""Nielsen's "Neural Networks and Deep Learning", chapter 3, with its initial weights and sample orders."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tui_nn.engine.network import Network, with_ones
from tui_nn.plugin import Dense


def validation_counts(registry, reference, mnist, epochs):
    """Validation images right after each epoch: 784-30-10, cross-entropy, eta 0.1, lambda 5, batch 10."""
    start = np.load(reference / "nielsen" / "default_init_30.npz")
    orders = np.load(reference / "nielsen" / "full_order_30x50000.npz")["order"]
    sigmoid = registry.get("activation", "sigmoid")
    network = Network(784, [Dense(30, sigmoid), Dense(10, sigmoid)], np.float64)
    for theta, number in zip(network.parameters.thetas, (1, 2), strict=True):
        theta[:, :1], theta[:, 1:] = start[f"b{number}"], start[f"W{number}"]
    x = with_ones(mnist["x"][:60000] / np.float64(256), np.float64)
    labels = mnist["y"][:60000]
    y = np.eye(10)[labels]
    loss = registry.get("loss", "one_vs_all")
    optimizer = registry.create("optimizer", {"kind": "sgd", "rate": 0.1})
    parameters = network.parameters
    state = optimizer.state(parameters.values, parameters.decays)
    counts = []
    for order in orders[:epochs]:
        for first in range(0, 50000, 10):
            batch = order[first : first + 10]
            _, gradient = network.loss_and_grad(x[batch].T, y[batch].T, loss, decay=5 / 50000)
            optimizer.update(parameters.values, gradient, state, optimizer.rate, 1)
        predicted = network.forward(x[50000:].T).argmax(axis=0)
        counts.append(int((predicted == labels[50000:]).sum()))
    return counts


def published_counts(reference):
    text = (reference / "nielsen" / "weight_initialization_30.json").read_text()
    return json.loads(text)["default_weight_initialization"][1]


@pytest.mark.slow
def test_all_thirty_epochs(registry, reference, mnist, record):
    """About half a minute."""
    published = published_counts(reference)
    ours = validation_counts(registry, reference, mnist, 30)
    equal = sum(a == b for a, b in zip(ours, published, strict=True))
    record("Nielsen ch. 3", "784-30-10, default weights, 30 validation counts", "9270 ... 9650", f"{equal} of 30 equal")
    assert ours == published
