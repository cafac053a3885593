"""The lecture's numbers: gates, the sigmoid neuron, nets set by hand, the cost at chance."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tui_nn.engine.network import Network
from tui_nn.graph import gradients, sigmoid, variable


def value_and_gradients(function, *numbers):
    """f and df/dx for each of its arguments, by the graph."""
    inputs = [variable(np.float64(number)) for number in numbers]
    output = function(*inputs)
    return float(output.value), [float(gradient) for gradient in gradients(output, inputs)]


def test_the_sigmoid_neuron(record):
    """w = [2, -3, -3], x = [-1, -2]: z = 1.00, a = 0.73; its gradients as on the slides, to two digits."""

    def neuron(w0, w1, w2, x0, x1):
        return sigmoid(w0 * x0 + w1 * x1 + w2)

    value, found = value_and_gradients(neuron, 2.0, -3.0, -3.0, -1.0, -2.0)
    ours = [round(float(number), 2) for number in (value, *found)]
    published = [0.73, -0.20, -0.39, 0.20, 0.39, -0.59]
    record("lecture", "sigmoid neuron at 1.00: a, gradients of w0 w1 w2 x0 x1", published, ours)
    assert ours == published


def test_the_sigmoid_gate_in_small_steps(record):
    """1/x, + 1, exp and x(-1) one after the other: -0.53, -0.53, -0.20 and 0.20 flow back from 1.00."""
    flows = []
    rest = 1.0
    z = 1.0
    minus, power, more = -z, math.exp(-z), 1 + math.exp(-z)
    for function, at in (
        (lambda v: 1 / v, more),
        (lambda v: v + 1, power),
        (np.exp, minus),
        (lambda v: v * -1, z),
    ):
        _, (slope,) = value_and_gradients(function, at)
        rest *= float(slope)
        flows.append(round(rest, 2))
    record("lecture", "sigmoid gate by gate: 1/x, +1, exp, x(-1)", [-0.53, -0.53, -0.20, 0.20], flows)
    assert flows == [-0.53, -0.53, -0.20, 0.20]


def test_the_first_graph(record):
    value, found = value_and_gradients(lambda x, y, z: (x + y) * z, -2.0, 5.0, -4.0)
    ours = [float(number) for number in (value, *found)]
    record("lecture", "(x + y) z at (-2, 5, -4): value, gradients", [-12, -4, -4, 3], ours)
    assert ours == [-12, -4, -4, 3]


def test_the_large_graph(record):
    """f = (x + s(y)) / (s(x) + (x + y)^2) at (3, -4), against the quotient rule by hand."""
    x, y = 3.0, -4.0
    value, found = value_and_gradients(lambda x, y: (x + sigmoid(y)) / (sigmoid(x) + (x + y) ** 2), x, y)
    s = [1 / (1 + math.exp(-v)) for v in (x, y)]
    top, bottom = x + s[1], s[0] + (x + y) ** 2
    dx = (bottom - top * (s[0] * (1 - s[0]) + 2 * (x + y))) / bottom**2
    dy = (s[1] * (1 - s[1]) * bottom - top * 2 * (x + y)) / bottom**2
    expected = [top / bottom, dx, dy]
    ours = [float(number) for number in (value, *found)]
    record(
        "lecture",
        "(x + s(y)) / (s(x) + (x + y)^2) at (3, -4)",
        [f"{v:.6f}" for v in expected],
        [f"{v:.6f}" for v in ours],
    )
    assert ours == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "thetas", "truth"),
    [
        ("AND", [[[-30, 20, 20]]], [0, 0, 0, 1]),
        ("OR", [[[-10, 20, 20]]], [0, 1, 1, 1]),
        ("XNOR", [[[-30, 20, 20], [10, -20, -20]], [[-10, 20, 20]]], [1, 0, 0, 1]),
    ],
)
@pytest.mark.parametrize("activation", ["sigmoid", "step"])
def test_nets_set_by_hand(registry, record, name, thetas, truth, activation):
    layers = [
        registry.create("layer", {"kind": "dense", "units": len(theta), "activation": activation}) for theta in thetas
    ]
    network = Network(2, layers, np.float64)
    for own, given in zip(network.parameters.thetas, thetas, strict=True):
        own[...] = given
    ours = np.round(network.predict(np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]))[:, 0]).astype(int).tolist()
    record("lecture", f"{name} by hand, {activation}", truth, ours)
    assert ours == truth


def test_cost_at_chance(registry, record):
    y = np.eye(10)
    for loss, a, published in (("softmax_cross_entropy", 0.1, math.log(10)), ("one_vs_all", 0.5, 10 * math.log(2))):
        ours = registry.get("loss", loss).value(np.full((10, 10), a), y)
        record("lecture", f"{loss} at chance, ten classes", f"{published:.3f}", f"{ours:.3f}")
        assert ours == pytest.approx(published)


def test_mnist_is_what_it_should_be(mnist, record):
    x, y = mnist["x"][:60000], mnist["y"][:60000]
    mean = float(x.mean(dtype=np.float64)) / 255
    counts = np.bincount(y).tolist()
    published = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    record("MNIST", "training images of each digit", published, counts)
    record("MNIST", "mean pixel / 255", "0.13066", f"{mean:.5f}")
    assert counts == published
    assert mean == pytest.approx(0.13066, abs=5e-6)
