"""Two small nets, worked by hand in the comments, number by number."""

from __future__ import annotations

import numpy as np
import pytest
from check_net import check_net

from tui_nn.engine.layer import Dense
from tui_nn.engine.network import Network, with_ones


def test_lecture_net_with_3_inputs_4_hidden_and_2_outputs(registry):
    """Theta^(1) is 4 x 4, Theta^(2) is 2 x 5: s_j x (s_{j-1} + 1), bias in column 0. Two samples at once."""
    identity, relu = registry.get("activation", "identity"), registry.get("activation", "relu")
    network = Network(3, [Dense(4, relu), Dense(2, identity)], np.float64)
    assert [theta.shape for theta in network.parameters.thetas] == [(4, 4), (2, 5)]
    assert len(network.parameters) == 26
    network.parameters.thetas[0][...] = [
        [1, 1, 0, 0],  # 1 + x1
        [0, 0, 1, 0],  # x2
        [-1, 0, 0, 2],  # 2 x3 - 1
        [0, 1, -1, 0],  # x1 - x2
    ]
    network.parameters.thetas[1][...] = [[0.5, 1, 1, 1, 1], [0, 1, -1, 0, 2]]
    # x = (1, 2, 3): z = (2, 2, 5, -1), a = (2, 2, 5, 0): outputs 0.5 + 9 = 9.5 and 2 - 2 + 0 = 0.
    # x = (3, 1, 0): z = (4, 1, -1, 2), a = (4, 1, 0, 2): outputs 0.5 + 7 = 7.5 and 4 - 1 + 4 = 7.
    outputs = network.predict(np.array([[1.0, 2, 3], [3, 1, 0]]))
    assert outputs.tolist() == [[9.5, 0], [7.5, 7]]


def test_a_2_2_1_net_forward_and_backward(registry):
    """Sigmoid units, one-vs-all cost, one sample x = (1, 2), y = 1.

    Theta^(1) = [[0, 1, -0.5], [0.5, -0.5, 0]]: z = (0 + 1 - 1, 0.5 - 0.5 + 0) = (0, 0), a = (0.5, 0.5).
    Theta^(2) = [[0, 2, -2]]: z = 1 - 1 = 0, a = 0.5. J = -log 0.5 = 0.693147.
    delta^(3) = a - y = -0.5. dJ/dTheta^(2) = delta [1, 0.5, 0.5] = [-0.5, -0.25, -0.25].
    delta^(2) = Theta^(2)[1:] delta g'(z) = (2, -2) x -0.5 x 0.25 = (-0.25, 0.25).
    dJ/dTheta^(1) = delta^(2) [1, 1, 2] = [[-0.25, -0.25, -0.5], [0.25, 0.25, 0.5]].
    With lambda / m = 0.1 every weight but the biases adds 0.1 x itself; the penalty is
    0.05 x (1 + 0.25 + 0.25 + 4 + 4) = 0.475.
    """
    sigmoid = registry.get("activation", "sigmoid")
    network = Network(2, [Dense(2, sigmoid), Dense(1, sigmoid)], np.float64)
    network.parameters.values[:] = [0, 1, -0.5, 0.5, -0.5, 0, 0, 2, -2]
    x, y = with_ones(np.array([[1.0, 2.0]]), np.float64).T, np.array([[1.0]])
    loss = registry.get("loss", "one_vs_all")
    cost, gradient = network.loss_and_grad(x, y, loss)
    assert cost == pytest.approx(0.6931471805599453)
    assert gradient.tolist() == pytest.approx([-0.25, -0.25, -0.5, 0.25, 0.25, 0.5, -0.5, -0.25, -0.25])
    _, gradient = network.loss_and_grad(x, y, loss, decay=0.1)
    assert gradient.tolist() == pytest.approx([-0.25, -0.15, -0.55, 0.25, 0.2, 0.5, -0.5, -0.05, -0.45])
    assert network.penalty(0.1) == pytest.approx(0.475)


@pytest.mark.parametrize(
    ("weights", "truth"),
    [([-30, 20, 20], [0, 0, 0, 1]), ([-10, 20, 20], [0, 1, 1, 1])],
    ids=["AND", "OR"],
)
def test_one_neuron_is_a_gate(registry, weights, truth):
    network = Network(2, [Dense(1, registry.get("activation", "sigmoid"))], np.float64)
    network.parameters.values[:] = weights
    rows = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    assert np.round(network.predict(rows)[:, 0]).tolist() == truth


def test_xnor_takes_two_layers(registry):
    """a1 = x1 AND x2, a2 = (NOT x1) AND (NOT x2), output = a1 OR a2, with the slides' weights."""
    sigmoid = registry.get("activation", "sigmoid")
    network = Network(2, [Dense(2, sigmoid), Dense(1, sigmoid)], np.float64)
    network.parameters.values[:] = [-30, 20, 20, 10, -20, -20, -10, 20, 20]
    outputs = network.predict(np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]))[:, 0]
    assert outputs.tolist() == pytest.approx([1, 0, 0, 1], abs=1e-3)


def test_course_net_costs_what_the_course_says(registry):
    """The 3-5-3 check net: weights and X = sin(1..n) / 10 filled column by column, y = 2 3 1 2 3."""
    network, x, y = check_net(registry)
    loss = registry.get("loss", "one_vs_all")
    for lam, published in ((0, 2.100950569902), (1, 2.116086984943), (3, 2.146359815024)):
        cost, _ = network.loss_and_grad(x, y, loss, decay=lam / 5)
        assert cost + network.penalty(lam / 5) == pytest.approx(published, abs=5e-12)


@pytest.mark.parametrize("lam", [0, 3])
def test_course_check_gradients(registry, reference, lam):
    network, x, y = check_net(registry)
    network.loss_and_grad(x, y, registry.get("loss", "one_vs_all"), decay=lam / 5)
    ours = np.concatenate([gradient.ravel(order="F") for gradient in network.parameters.gradients])
    text = (reference / "coursera" / f"checkNN_grad_lambda{lam}.csv").read_text().split()
    published = [float(line.split(",")[-1]) for line in text if line[-1].isdigit()]
    assert len(published) == 38
    assert ours.tolist() == pytest.approx(published, abs=1e-9)
