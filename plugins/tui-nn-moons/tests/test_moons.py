"""The formula against scikit-learn's, the noise, and a net that learns what a line cannot."""

from __future__ import annotations

import numpy as np
import pytest
import tui_nn_moons
from tui_nn_moons import moons

from tui_nn.errors import ExperimentError
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.plugin.registry import load_registry


def test_it_is_proved():
    pytest.importorskip("tui_nn.testing").check_plugin(tui_nn_moons)


@pytest.mark.parametrize("samples", [2, 9, 400])
def test_scikit_learn_draws_the_same_moons(samples):
    datasets = pytest.importorskip("sklearn.datasets", reason="scikit-learn is not installed")
    ours = moons.configured(samples=samples, noise=0.0).load(0)
    x, y = datasets.make_moons(samples, shuffle=False)
    assert np.allclose(ours.x, x, atol=1e-6)
    assert np.array_equal(ours.y, y)


def test_ends_and_middle_by_hand():
    x = moons.configured(samples=6, noise=0.0).load(0).x
    assert np.allclose(x, [[1, 0], [0, 1], [-1, 0], [0, 0.5], [1, -0.5], [2, 0.5]], atol=1e-6)


def test_the_seed_decides_and_noise_is_a_deviation():
    one, same, other = (moons.configured(samples=4000, noise=0.3).load(seed).x for seed in (1, 1, 2))
    plain = moons.configured(samples=4000, noise=0.0).load(1).x
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert (one - plain).std() == pytest.approx(0.3, rel=0.03)


@pytest.mark.parametrize("settings", [{"samples": 1}, {"noise": -0.1}])
def test_options_are_checked(settings):
    with pytest.raises(ExperimentError, match="expected"):
        moons.configured(**settings).load(0)


def accuracy(layers):
    overrides = ["data.source=moons", f"network.layers={layers}", "training.epochs=100", "training.batch=20",
                 "training.optimizer={kind='adam', rate=0.02}", "training.loss=softmax_cross_entropy"]  # fmt: skip
    setup = build(load_experiment("iris", overrides), load_registry())
    for _ in setup.trainer.events():
        pass
    return setup.trainer.measure(setup.splits.train)[0]["accuracy"]


def test_hidden_units_part_them_and_a_line_does_not():
    output = "{kind='dense', units=2, activation='softmax'}"
    assert accuracy(f"[{output}]") < 0.93
    assert accuracy(f"[{{kind='dense', units=8, activation='tanh'}}, {output}]") > 0.98
