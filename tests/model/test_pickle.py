"""What is built in can be pickled, so that a net can be handed to another process; what is loaded answers the same."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from tui_nn.engine.layer import IDENTITY
from tui_nn.engine.network import Network
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.graph import STANDARD
from tui_nn.plugin.kinds import KINDS
from tui_nn.plugin.registry import load_registry

# One line a kind of layer, between the inputs and the output layer. iris has 4 columns.
LAYERS = {
    "batch_norm": "{kind = 'batch_norm'}",
    "dense": "{kind = 'dense', units = 5, activation = {kind = 'elu', alpha = 0.3}}",
    "dropout": "{kind = 'dropout', rate = 0.4}",
    "layer_norm": "{kind = 'layer_norm'}",
    "maxout": "{kind = 'maxout', units = 4, pieces = 3}",
    "polynomial": "{kind = 'polynomial', degree = 2}",
    "standardize": "{kind = 'standardize'}",
    "pca": "{kind = 'pca', components = 2}",
    "whiten": "{kind = 'whiten', components = 2}",
}


def copied(thing):
    return pickle.loads(pickle.dumps(thing))


def trained(registry, layer, last="softmax", loss="softmax_cross_entropy"):
    words = [
        f"network.layers=[{layer}, {{kind = 'dense', units = 3, activation = '{last}'}}]",
        f"training.loss={loss}",
        "training.epochs=2",
    ]
    setup = build(load_experiment("iris", words), registry)
    for _ in setup.trainer.events():
        pass
    thetas = [theta.copy() for theta in setup.network.parameters.thetas if theta is not None]
    return setup, setup.net.with_thetas(thetas)


def test_every_kind_of_layer_is_here(registry):
    assert set(LAYERS) == {name for name in registry.names("layer") if registry.is_built_in("layer", name)}


@pytest.mark.parametrize("kind", LAYERS)
def test_a_net_of_every_kind_of_layer_answers_the_same_to_the_bit(registry, kind):
    setup, net = trained(registry, LAYERS[kind])
    rows = setup.splits.validation.source[setup.splits.validation.rows]
    before = net.predict(rows)
    after = copied(net)
    assert after.predict(rows).outputs.tobytes() == before.outputs.tobytes()
    assert after.predict(rows).names == before.names
    x = setup.splits.validation.head(20).x
    network = copied(setup.network)
    assert isinstance(network, Network)
    assert network.predict(x).tobytes() == setup.network.predict(x).tobytes()


@pytest.mark.parametrize("kind", LAYERS)
def test_a_network_goes_on_training_as_it_would_have(registry, kind):
    """Not the buffers travel, but all that a pass depends on: the masks of lambda, the step of the random streams."""
    setup, _ = trained(registry, LAYERS[kind])
    network, loss = setup.network, setup.trainer.loss
    part = setup.splits.train.head(30)
    x = np.vstack([np.ones(len(part), network.dtype), part.x.T.astype(network.dtype)])
    y = setup.trainer.targets.encode(part.y, network.dtype).T
    other = copied(network)
    found = []
    for one in (network, other):
        cost = one.loss_and_grad(x, y, copied(loss) if one is other else loss)[0]
        found.append((cost, one.parameters.gradient.tobytes(), one.parameters.decays.tobytes(), one.penalty(0.1)))
    assert found[0] == found[1]


def test_a_loss_of_bare_scores_costs_the_same(registry):
    """That loss is made of another loss and its link."""
    setup, net = trained(registry, LAYERS["dense"], last="identity")
    for loss in (setup.trainer.loss, net.head.cost):
        z = np.array([[2.0, -900.0], [0.5, 3.0], [-1.0, 900.0]])
        y = np.eye(3)[:, [0, 2]]
        assert copied(loss).costs(z, y).tobytes() == loss.costs(z, y).tobytes()
    for name in registry.names("loss"):
        loss = registry.get("loss", name)
        if loss.link is None:
            continue
        link = registry.get("activation", loss.link)
        z = np.linspace(-20, 20, 12).reshape((1 if loss.outputs == "single" else 3), -1)
        y = np.zeros_like(z)
        y[0] = 1
        given = loss.on_scores(link)
        other = copied(given)
        assert other.costs(z, y).tobytes() == given.costs(z, y).tobytes(), name
        slopes = np.empty_like(z), np.empty_like(z)
        given.gradient(z, y, 1, slopes[0])
        other.gradient(z, y, 1, slopes[1])
        assert slopes[0].tobytes() == slopes[1].tobytes(), name


STAY = ("accelerator", "view")  # of the machine, and of the screen: no part of a net


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in STAY])
def test_every_built_in_component_is_what_it_was(kind):
    registry = load_registry()
    for name in registry.names(kind):
        if registry.is_built_in(kind, name):
            component = registry.get(kind, name)
            assert copied(component) == component, name


def test_the_engine_s_own_are_too():
    assert copied(IDENTITY) == IDENTITY
    assert copied(STANDARD) is STANDARD
    z = np.linspace(-1, 1, 6).reshape(2, 3)
    a = np.empty_like(z)
    copied(IDENTITY).forward(z, a)
    assert (a == z).all()
