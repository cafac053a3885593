"""Principal directions: scikit-learn's numbers, fitted to the training part, fixed, and carried by the network."""

from __future__ import annotations

import numpy as np
import pytest

from tui_nn.engine.network import Network, with_ones
from tui_nn.engine.random import stream
from tui_nn.errors import ExperimentError
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build


def fitted(registry, kind, x, components):
    layer = registry.create("layer", {"kind": kind, "components": components})
    network = Network(x.shape[1], [layer], np.float64)
    (theta,) = network.parameters.thetas
    layer.fit(theta, with_ones(x, np.float64).T)
    return network, theta


def correlated(samples=80):
    random = stream(2, "projection")
    return random.normal(size=(samples, 4)) @ random.normal(size=(4, 4)) + [5, -3, 100, 0]


@pytest.mark.parametrize("components", [1, 3, 4])
def test_directions_are_scikit_learns(registry, components):
    decomposition = pytest.importorskip("sklearn.decomposition", reason="needs scikit-learn as an independent source")
    x, fresh = correlated(), correlated(7) + 1
    for kind, whiten, factor in (("pca", False, 1.0), ("whiten", True, np.sqrt(79 / 80))):
        network, _ = fitted(registry, kind, x, components)
        theirs = decomposition.PCA(components, whiten=whiten, svd_solver="full").fit(x)
        assert network.predict(x) * factor == pytest.approx(theirs.transform(x), abs=1e-9)
        assert network.predict(fresh) * factor == pytest.approx(theirs.transform(fresh), abs=1e-9)


def test_whitened_outputs_have_variance_1_and_are_not_correlated(registry):
    network, _ = fitted(registry, "whiten", correlated(), 4)
    assert np.cov(network.predict(correlated()).T, bias=True) == pytest.approx(np.eye(4), abs=1e-9)


def test_a_direction_without_variance_gives_0(registry):
    x = correlated()
    x[:, 3] = x[:, 0] + 2 * x[:, 1]
    network, theta = fitted(registry, "whiten", x, 4)
    outputs = network.predict(x)
    assert outputs[:, :3].std(axis=0) == pytest.approx(np.ones(3))
    assert not theta[3].any()
    constant, _ = fitted(registry, "whiten", np.full((5, 2), 3.0), 2)
    assert not constant.predict(np.full((5, 2), 3.0)).any()


def test_it_is_of_the_training_part_and_stays_as_it_is(registry):
    layers = "network.layers=[{kind='whiten', components=2}, {kind='dense', units=3}]"
    experiment = load_experiment("iris", [layers, "training.epochs=20", "training.optimizer.rate=0.1"])
    setup = build(experiment, registry)
    before = setup.network.parameters.thetas[0].copy()
    *_, ended = setup.trainer.events()
    assert np.array_equal(setup.network.parameters.thetas[0], before), "no step moves it"
    train = setup.splits.train.x.astype(np.float64)
    inside = with_ones(train, np.float64) @ before.T
    assert np.cov(inside.T, bias=True) == pytest.approx(np.eye(2), abs=1e-4)
    assert ended.reason == "epochs"
    assert setup.trainer.measure(setup.splits.train)[0]["accuracy"] > 0.8


@pytest.mark.parametrize(("components", "words"), [(0, "found 0; expected 1 or more"), (5, "the layer has 4 inputs")])
def test_as_many_directions_as_inputs_at_most(registry, components, words):
    layers = f"network.layers=[{{kind='pca', components={components}}}, {{kind='dense', units=3}}]"
    with pytest.raises(ExperimentError, match=words):
        build(load_experiment("iris", [layers, "training.loss=softmax_cross_entropy"]), registry)
