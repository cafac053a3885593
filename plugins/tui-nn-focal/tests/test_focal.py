"""The paper's own figures, the cross-entropy it grows out of, and derivatives against centred differences."""

from __future__ import annotations

import math

import numpy as np
import pytest
import tui_nn_focal
from tui_nn_focal import focal

from tui_nn.errors import ExperimentError
from tui_nn.plugin.registry import load_registry


def cost(a, y, **settings):
    return float(focal.configured(**settings).costs(np.array([[a]]), np.array([[y]]))[0])


def test_it_is_proved():
    pytest.importorskip("tui_nn.testing").check_plugin(tui_nn_focal)


def test_the_papers_example():
    # Section 3.2: with gamma = 2 a sample at p = 0.9 costs 100 times less than under cross-entropy, and one at
    # p = 0.968 about 1000 times less; a wrong one at p <= 0.5 at most 4 times less.
    def times_less(p):
        return -math.log(p) / (cost(p, 1.0, gamma=2.0, alpha=0.5) / 0.5)

    assert times_less(0.9) == pytest.approx(100)
    assert times_less(0.968) == pytest.approx(1000, rel=0.03)
    assert times_less(0.5) == pytest.approx(4)


def test_by_hand():
    assert cost(0.8, 1.0, gamma=2.0, alpha=0.25) == pytest.approx(0.25 * 0.2**2 * -math.log(0.8))
    assert cost(0.8, 0.0, gamma=2.0, alpha=0.25) == pytest.approx(0.75 * 0.8**2 * -math.log(0.2))


def test_without_focus_it_is_half_of_one_vs_all():
    random = np.random.default_rng(0)
    a, y = random.uniform(0.01, 0.99, (3, 9)), np.eye(3)[np.arange(9) % 3].T
    plain = load_registry().get("loss", "one_vs_all")
    same = focal.configured(gamma=0.0, alpha=0.5)
    assert np.allclose(2 * same.costs(a, y), plain.costs(a, y), rtol=1e-12)
    ours, theirs = np.empty_like(a), np.empty_like(a)
    same.gradient(a, y, 9, ours)
    plain.gradient(a, y, 9, theirs)
    assert np.allclose(2 * ours, theirs, rtol=1e-12)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0, 5.0])
@pytest.mark.parametrize("alpha", [0.0, 0.25, 1.0])
def test_the_derivative_equals_centred_differences(gamma, alpha):
    loss = focal.configured(gamma=gamma, alpha=alpha)
    random = np.random.default_rng(1)
    a, y = random.uniform(0.05, 0.95, (2, 8)), np.eye(2)[np.arange(8) % 2].T
    gradient = np.empty_like(a)
    loss.gradient(a, y, 8, gradient)
    h = 1e-6
    for place in np.ndindex(a.shape):
        above, below = a.copy(), a.copy()
        above[place] += h
        below[place] -= h
        assert gradient[place] == pytest.approx((loss.value(above, y) - loss.value(below, y)) / (2 * h), abs=1e-8)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_saturated_outputs_cost_much_and_not_infinity(gamma):
    a, y = np.array([[0, 1, 0, 1]], np.float32), np.array([[0, 0, 1, 1]], np.float32)
    loss = focal.configured(gamma=gamma)
    out = np.empty_like(a)
    loss.gradient(a, y, 4, out)
    assert loss.costs(a, y).dtype == np.float32
    assert np.isfinite(loss.costs(a, y)).all()
    assert np.isfinite(out).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_a_certain_mistake_costs_and_pulls_as_much_as_it_should(gamma, dtype):
    """Far out the wrong side is a line: alpha |z| for a yes at z = -1e4, with slope -alpha; 1 - alpha for a no."""
    loss = focal.configured(gamma=gamma, alpha=0.25)
    z, y = np.array([[-1e4, 1e4, -1e4, 1e4]], dtype), np.array([[1, 0, 0, 1]], dtype)
    assert loss.costs(z, y, at_z=True).tolist() == pytest.approx([2500, 7500, 0, 0], rel=1e-6)
    slope = np.empty_like(z)
    loss.gradient(z, y, 1, slope, at_z=True)
    assert slope[0].tolist() == pytest.approx([-0.25, 0.75, 0, 0], rel=1e-6)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_scores_cost_what_their_outputs_cost(gamma):
    loss = focal.configured(gamma=gamma)
    z, y = np.linspace(-6, 6, 26).reshape(2, 13), np.eye(2)[np.arange(13) % 2].T
    a = 1 / (1 + np.exp(-z))
    assert np.allclose(loss.costs(z, y, at_z=True), loss.costs(a, y), rtol=1e-12)
    from_scores, from_outputs = np.empty_like(z), np.empty_like(z)
    loss.gradient(z, y, 13, from_scores, at_z=True)
    loss.gradient(a, y, 13, from_outputs)
    assert np.allclose(from_scores, from_outputs * a * (1 - a), rtol=1e-10)


@pytest.mark.parametrize(("settings", "message"), [({"gamma": -1.0}, "gamma is -1"), ({"alpha": 2.0}, "alpha is 2")])
def test_options_are_checked(settings, message):
    with pytest.raises(ExperimentError, match=message):
        cost(0.5, 1.0, **settings)
