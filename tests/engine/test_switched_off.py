"""Units that are switched off give 0, forward and back: with plain loops, and with every kind of layer behind them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tui_nn.engine.layer import Dense
from tui_nn.engine.network import CHUNK, Network, with_ones

DTYPE = np.float64


def made(layers, inputs=3):
    network = Network(inputs, layers, DTYPE)
    network.parameters.values[...] = np.random.default_rng(1).uniform(0.1, 1, len(network.parameters))
    return network


def s(z):
    return 1 / (1 + math.exp(-z))


def test_an_answer_without_units_by_plain_loops(registry):
    sigmoid = registry.get("activation", "sigmoid")
    network = made([Dense(4, sigmoid), Dense(3, sigmoid), Dense(2, sigmoid)])
    rows = np.random.default_rng(2).normal(size=(5, 3))
    whole = network.predict(rows)
    off = {(1, 2), (2, 3), (1, 4)}
    network.switch_off(off)
    found = network.predict(rows)
    for m, row in enumerate(rows):
        a = list(row)
        for layer, theta in enumerate(network.parameters.thetas, start=1):
            z = [theta[i, 0] + sum(theta[i, k + 1] * a[k] for k in range(len(a))) for i in range(len(theta))]
            a = [0.0 if (layer, i + 1) in off else s(one) for i, one in enumerate(z)]
        np.testing.assert_allclose(found[m], a, rtol=1e-12)
    network.switch_off(())
    np.testing.assert_array_equal(network.predict(rows), whole)
    assert not np.allclose(found, whole)


@pytest.mark.parametrize("following", ["dropout", "batch_norm", "maxout", "dense"])
def test_the_next_layer_is_given_0_whatever_it_is(registry, following):
    options = {"dropout": {"rate": 0.5}, "maxout": {"units": 3}, "dense": {"units": 3}}.get(following, {})
    layers = [Dense(4, registry.get("activation", "tanh")), registry.create("layer", {"kind": following, **options}),
              Dense(2, registry.get("activation", "sigmoid"))]  # fmt: skip
    network = made(layers)
    network.switch_off([(1, 2)])
    x = with_ones(np.random.default_rng(2).normal(size=(6, 3)), DTYPE).T
    network.forward(x)
    slots = network.workspace(6).slots
    assert (slots[1].x[2] == 0).all()
    assert slots[1].x[1].all()


def test_nothing_flows_back_through_it(registry):
    sigmoid = registry.get("activation", "sigmoid")
    network = made([Dense(4, sigmoid), Dense(2, sigmoid)])
    network.switch_off([(1, 3)])
    x, y = with_ones(np.random.default_rng(2).normal(size=(6, 3)), DTYPE).T, np.zeros((2, 6))
    loss = registry.get("loss", "mean_squared_error")
    network.backpropagate(x, y, loss, 6)
    first, second = (gradient.copy() for gradient in network.parameters.gradients)
    assert (first[2] == 0).all()
    assert (second[:, 3] == 0).all()
    assert first[[0, 1, 3]].all()

    def cost():
        return float(loss.costs(network.forward(x), y).mean())

    values, found = network.parameters.values, np.concatenate([first.ravel(), second.ravel()])
    for place in range(len(values)):
        kept, ends = values[place], []
        for step in (1e-6, -1e-6):
            values[place] = kept + step
            ends.append(cost())
        values[place] = kept
        assert found[place] == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=1e-8)


def test_every_thread_leaves_it_out(registry):
    from tui_nn.engine.crew import Crew

    sigmoid = registry.get("activation", "sigmoid")
    rows = np.random.default_rng(2).normal(size=(3 * CHUNK, 3))
    found = []
    for threads in (1, 2):
        network = Network(3, [Dense(4, sigmoid), Dense(2, sigmoid)], DTYPE, Crew(threads))
        network.parameters.values[...] = np.linspace(-1, 1, len(network.parameters))
        whole = network.predict(rows)
        network.switch_off([(1, 2)])
        found.append(network.predict(rows))
        assert not np.isclose(found[-1], whole, rtol=1e-9).any()
    np.testing.assert_array_equal(*found)
