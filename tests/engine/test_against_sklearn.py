"""The same net in scikit-learn: an oracle that shares no line with us."""

from __future__ import annotations

import numpy as np
import pytest

from tui_nn.engine.layer import Dense
from tui_nn.engine.network import Network, with_ones
from tui_nn.engine.random import stream

neural = pytest.importorskip("sklearn.neural_network", reason="scikit-learn is not installed")


@pytest.mark.parametrize(("ours", "theirs"), [("sigmoid", "logistic"), ("tanh", "tanh"), ("relu", "relu")])
def test_loss_and_gradient_agree(registry, ours, theirs):
    random = stream(5, ours)
    x, labels = random.normal(size=(11, 4)), np.arange(11) % 3
    model = neural.MLPClassifier((6,), activation=theirs, alpha=0.7, max_iter=1, random_state=0)
    with np.errstate(all="ignore"):
        model.partial_fit(x, labels, classes=[0, 1, 2])
    network = Network(
        4,
        [Dense(6, registry.get("activation", ours)), Dense(3, registry.get("activation", "softmax"))],
        np.float64,
    )
    for theta, weights, bias in zip(network.parameters.thetas, model.coefs_, model.intercepts_, strict=True):
        theta[:, 0], theta[:, 1:] = bias, weights.T
    loss = registry.get("loss", "softmax_cross_entropy")
    y = np.eye(3)[labels]
    assert np.allclose(network.predict(x), model.predict_proba(x), rtol=1e-10)
    cost, gradient = network.loss_and_grad(with_ones(x, np.float64).T, y.T, loss, decay=0.7 / 11)
    activations = [x, *[np.empty((11, units)) for units in (6, 3)]]
    deltas = [np.empty((11, units)) for units in (6, 3)]
    coefficients = [np.empty_like(weights) for weights in model.coefs_]
    intercepts = [np.empty_like(bias) for bias in model.intercepts_]
    try:
        their_cost, coefficients, intercepts = model._backprop(
            x, y, None, activations, deltas, coefficients, intercepts
        )
    except TypeError:
        pytest.skip("this scikit-learn has another private interface")
    expected = [np.column_stack([b, w.T]) for w, b in zip(coefficients, intercepts, strict=True)]
    assert cost + network.penalty(0.7 / 11) == pytest.approx(their_cost, rel=1e-10)
    assert np.allclose(gradient, np.concatenate([theta.ravel() for theta in expected]), rtol=1e-9, atol=1e-12)
