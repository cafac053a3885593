"""docs/conventions.md: what it says of layers, schedules and weights beside other libraries, with their formulas."""

from __future__ import annotations

import numpy as np
import pytest

from tui_nn.engine.layer import Dense
from tui_nn.engine.network import Network, with_ones
from tui_nn.engine.random import stream


def test_batch_norm_keeps_the_biased_variance_and_nine_tenths_of_the_old(registry):
    layer = registry.create("layer", "batch_norm")
    network = Network(2, [layer], np.float64)
    (theta,) = network.parameters.thetas
    layer.initialize(theta, None, stream(0, "test"))
    rows = np.array([[1.0, 10.0], [2.0, 10.0], [6.0, 40.0]])
    network.forward(with_ones(rows, np.float64).T, training=True)
    # Column 1: mean 3, squared distances 4 + 1 + 9 = 14; by m 14/3, by m - 1 as PyTorch has it 7.
    assert theta[0, 2:] == pytest.approx([0.1 * 3, 0.9 + 0.1 * 14 / 3])
    assert theta[1, 2:] == pytest.approx([0.1 * 20, 0.9 + 0.1 * 600 / 3])
    assert layer.epsilon == 1e-5


def test_the_cost_of_weighted_classes_is_divided_by_the_samples(registry):
    loss = registry.get("loss", "mean_absolute_error")
    a, y, weights = np.array([[1.0, 2.0, 5.0]]), np.zeros((1, 3)), np.array([1.0, 1.0, 4.0])
    # (1 + 2 + 20) / 3; by the sum of weights, as PyTorch and scikit-learn have it, 23 / 6.
    assert loss.value(a, y, weights) == pytest.approx(23 / 3)


def test_the_squared_error_is_half_the_sum_over_outputs(registry):
    loss = registry.get("loss", "mean_squared_error")
    assert loss.costs(np.array([[1.0], [3.0]]), np.zeros((2, 1))) == pytest.approx([5.0])


def test_one_cycle_and_warm_up(registry):
    cycle, warm_up = registry.create("schedule", "one_cycle"), registry.create("schedule", "warm_up")
    steps = 1000
    factors = [cycle.factor(step, steps, 10) for step in range(1, steps + 1)]
    assert factors[0] == pytest.approx(1 / 25)
    assert factors.index(max(factors)) == 300
    assert factors[300] == pytest.approx(1)
    # The end itself, 0.0001, would be update 1001; the last one is a seven hundredth of half a cosine before it.
    assert factors[-1] == pytest.approx(1e-4 + (1 - 1e-4) * (1 - np.cos(np.pi / 700)) / 2)
    rising = [warm_up.factor(step, steps, 10) for step in range(1, 102)]
    assert rising == pytest.approx([step / 100 for step in range(101)])


@pytest.mark.parametrize(
    ("name", "moved"), [("momentum", -0.1 * 0.9 - 0.01), ("nesterov", (-0.1 * 0.9 - 0.01) * 0.9 - 0.01)]
)
def test_a_step_keeps_the_rate_that_it_was_made_with(registry, name, moved):
    """Rate 0.1, then 0.01, the gradient 1 both times; PyTorch would take 0.01 of 1.9."""
    optimizer = registry.create("optimizer", name)
    theta = np.zeros(1)
    state = optimizer.state(theta, np.ones(1))
    optimizer.update(theta, np.ones(1), state, 0.1, 1)
    first = theta.copy()
    optimizer.update(theta, np.ones(1), state, 0.01, 2)
    assert theta - first == pytest.approx([moved])


def test_the_penalty_leaves_the_bias_out_and_is_halved(registry):
    network = Network(1, [Dense(1, registry.get("activation", "identity"))], np.float64)
    network.parameters.values[...] = [5.0, 2.0]
    assert network.penalty(3.0 / 10) == pytest.approx(3.0 / (2 * 10) * 4)


def test_plateau_halves_after_as_many_epochs_as_its_patience(registry):
    plateau = registry.create("schedule", {"kind": "plateau", "patience": 2})
    losses = [1.0, 1.0, 1.0]  # two epochs that are no lower than the first
    assert [plateau.factor(1, 10, 1, losses[:count]) for count in (1, 2, 3)] == [1, 1, 0.5]
