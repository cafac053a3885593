"""The spiral case study of Stanford's CS231n: a line that fails and a small net that does not."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from tui_nn.engine.network import Network, with_ones
from tui_nn.lesson.catalogue import lesson_at
from tui_nn.lesson.exhibit import exhibit_of
from tui_nn.lesson.proof import prove
from tui_nn.lesson.queries import asked

DECAY = 1e-3  # its reg: reg / 2 x the sum of squared weights


@pytest.fixture(scope="module")
def spiral(reference):
    """300 points of three classes, and the published losses of both models by iteration."""
    table = np.loadtxt(reference / "cs231n" / "spiral_seed0.csv", delimiter=",", skiprows=1)
    losses = {}
    with (reference / "cs231n" / "expected_losses.csv").open() as file:
        for row in csv.DictReader(file):
            losses[row["model"], int(row["iteration"])] = float(row["loss_seed0"])
    return table[:, :2], table[:, 2].astype(int), losses


def descend(registry, network, points, labels, iterations):
    """Full-batch gradient descent at rate 1. Yields J before each step, and once more at the end."""
    x, y = with_ones(points, np.float64).T, np.eye(3)[labels].T
    loss = registry.get("loss", "softmax_cross_entropy")
    optimizer = registry.create("optimizer", {"kind": "gradient_descent", "rate": 1.0})
    parameters = network.parameters
    state = optimizer.state(parameters.values, parameters.decays)
    for step in range(1, iterations + 1):
        cost, gradient = network.loss_and_grad(x, y, loss, DECAY)
        yield cost + network.penalty(DECAY)
        optimizer.update(parameters.values, gradient, state, optimizer.rate, step)


def test_the_softmax_line(registry, spiral, record):
    """Its weights are not given, but follow from the seed: they are drawn right after the points."""
    points, labels, published = spiral
    random = np.random.RandomState(0)
    random.randn(300)  # the points' noise, 100 for each class
    network = Network(2, [registry.create("layer", {"kind": "dense", "units": 3, "activation": "softmax"})], np.float64)
    network.parameters.thetas[0][:, 1:] = 0.01 * random.randn(2, 3).T
    costs = list(descend(registry, network, points, labels, 191))
    worst = max(abs(costs[iteration] - published["linear", iteration]) for iteration in range(0, 191, 10))
    record("CS231n", "softmax line, J at 20 iterations", "1.0969 ... 0.7863", f"largest error {worst:.0e}")
    assert worst < 1e-10


@pytest.mark.slow
def test_the_small_net(registry, spiral, reference, record):
    """2-100-3 ReLU, 10,000 steps. Losses agree to every printed digit at first; later, tiny differences in the order
    of additions grow, since ReLU's kinks decide which units take part."""
    points, labels, published = spiral
    layers = [
        {"kind": "dense", "units": 100, "activation": "relu"},
        {"kind": "dense", "units": 3, "activation": "softmax"},
    ]
    network = Network(2, [registry.create("layer", layer) for layer in layers], np.float64)
    for theta, file in zip(network.parameters.thetas, ("net_W1_init.csv", "net_W2_init.csv"), strict=True):
        theta[:, 1:] = np.loadtxt(reference / "cs231n" / file, delimiter=",").T
    costs = list(descend(registry, network, points, labels, 10000))
    right = float(np.mean(network.predict(points).argmax(axis=1) == labels))
    for iteration in (0, 1000, 5000, 9000):
        record(
            "CS231n",
            f"2-100-3 ReLU, J at step {iteration}",
            f"{published['net100', iteration]:.6f}",
            f"{costs[iteration]:.6f}",
        )
    record("CS231n", "2-100-3 ReLU, accuracy on the training points", "98 %", f"{right:.1%}")
    assert costs[0] == pytest.approx(published["net100", 0], abs=1e-9)
    assert costs[1000] == pytest.approx(published["net100", 1000], abs=1e-4)
    assert costs[9000] == pytest.approx(published["net100", 9000], abs=1e-3)
    assert right >= 0.98


@pytest.mark.slow
def test_the_lesson_of_the_case_study_holds(reference, registry, record, monkeypatch):
    monkeypatch.setenv("TUI_NN_REFERENCE", str(reference))
    lesson, folder = lesson_at("20-spiral-case-study")
    proof = prove(lesson, registry, folder)
    assert not proof.faults
    assert all(step.passed for step in proof.steps)
    ours = asked("run.accuracy@train", exhibit_of(lesson.steps[2], registry, folder))
    record("CS231n", "lesson 20, softmax line, accuracy on the training points", "49 %", f"{ours:.1%}")
    assert ours == pytest.approx(0.49, abs=0.05)
