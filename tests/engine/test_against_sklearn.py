"""The same net in scikit-learn: an oracle that shares no line with us, asked by its public interface alone."""

from __future__ import annotations

import numpy as np
import pytest
from oracles import Oracle

from tui_nn.engine.layer import Dense
from tui_nn.engine.network import Network, with_ones
from tui_nn.engine.random import stream

neural = Oracle("sklearn.neural_network")


def thetas(model):
    return [np.column_stack([bias, weights.T]) for weights, bias in zip(model.coefs_, model.intercepts_, strict=True)]


@pytest.mark.parametrize(("ours", "theirs"), [("sigmoid", "logistic"), ("tanh", "tanh"), ("relu", "relu")])
@pytest.mark.parametrize("classes", [2, 3])
def test_loss_and_gradient_agree(registry, ours, theirs, classes):
    """A step of plain gradient descent over all samples at the rate 1 moves each weight by its gradient."""
    random = stream(5, ours)
    x, labels = random.normal(size=(11, 4)), np.arange(11) % classes
    plain = {"solver": "sgd", "momentum": 0, "learning_rate_init": 1.0, "random_state": 0}
    model = neural.MLPClassifier((6,), activation=theirs, alpha=0.7, batch_size=11, **plain)
    model.partial_fit(x, labels, classes=list(range(classes)))
    before, probabilities = thetas(model), model.predict_proba(x)
    model.partial_fit(x, labels)
    moved = np.concatenate([(old - new).ravel() for old, new in zip(before, thetas(model), strict=True)])

    # Two classes are one sigmoid there, three a softmax.
    outputs, output, name = (
        (1, "sigmoid", "binary_cross_entropy") if classes == 2 else (3, "softmax", "softmax_cross_entropy")
    )
    layers = [Dense(6, registry.get("activation", ours)), Dense(outputs, registry.get("activation", output))]
    network = Network(4, layers, np.float64)
    for theta, given in zip(network.parameters.thetas, before, strict=True):
        theta[...] = given
    y = np.eye(3)[labels] if classes == 3 else labels[:, None].astype(float)
    assert np.allclose(network.predict(x), probabilities[:, -outputs:], rtol=1e-10)
    cost, gradient = network.loss_and_grad(with_ones(x, np.float64).T, y.T, registry.get("loss", name), decay=0.7 / 11)
    assert cost + network.penalty(0.7 / 11) == pytest.approx(model.loss_, rel=1e-10)
    assert np.allclose(gradient, moved, rtol=1e-9, atol=1e-12)
