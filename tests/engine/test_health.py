"""The health of layers: numbers by hand, and that looking changes nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tui_nn.engine.data import Part, Splits, facts, spread_rows
from tui_nn.engine.events import EpochFinished, TargetFacts
from tui_nn.engine.health import HealthCheck, look_every
from tui_nn.engine.layer import Dense
from tui_nn.engine.network import Network
from tui_nn.engine.penalty import Penalty
from tui_nn.engine.targets import Targets
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.runs.codec import decode, encode


def trainer(registry, name, *overrides, health=True):
    built = build(load_experiment(name, overrides), registry).trainer
    built.health = health
    return built


def look(registry, x, thetas, activations, penalty=Penalty(), optimizer="sgd", batch=4):  # noqa: B008 - frozen
    """Health of a net with these weights, for a regression on y = 0."""
    layers = [
        Dense(len(theta), registry.get("activation", name)) for theta, name in zip(thetas, activations, strict=True)
    ]
    x = np.array(x, np.float64)
    network = Network(x.shape[1], layers, np.float64)
    for theta, given in zip(network.parameters.thetas, thetas, strict=True):
        theta[...] = given
    part = Part(x, np.zeros((len(x), network.outputs)), dtype=np.dtype(np.float64))
    loss = registry.get("loss", "mean_squared_error")
    check = HealthCheck(network, loss, penalty, part, Targets(0, network.outputs), batch)
    chosen = registry.create("optimizer", {"kind": optimizer, "rate": 0.1})
    state = chosen.state(network.parameters.values, network.parameters.decays)
    return check.look(chosen, state, chosen.rate, 1)


def test_numbers_by_hand(registry):
    """x = 1 and -1; z1 = (x, -x - 2, 0.5): ReLU gives (1, 0, 0.5) and (0, 0, 0.5). Unit 2 is dead.

    a2 = a1_1 + a1_2 + a1_3 = 1.5 and 0.5; J = mean a2^2 / 2, delta2 = a2 / 2 = 0.75 and 0.25.
    dTheta2 = (1, 0.75, 0, 0.5): its bias is the sum of delta, 0.75 x 1, 0, 0.5 x (0.75 + 0.25).
    delta1: unit 1 only for x = 1: 0.75; unit 3 0.75 and 0.25. dTheta1 = (0.75, 0.75), (0, 0), (1, 0.5).
    Rate 0.1: W1 = (1, -1, 0) moves by (-0.075, 0, -0.05): 0.090139 of sqrt(2).
    """
    first, second = look(
        registry, [[1], [-1]], [[[0, 1], [-2, -1], [0.5, 0]], [[0, 1, 1, 1]]], ["relu", "identity"], batch=2
    )
    assert first.dead == pytest.approx(1 / 3, abs=1e-4)
    assert first.saturated is None
    assert second.dead is None, "an output without activation cannot die"
    assert first.gradient == pytest.approx((0.75 + 0.75 + 0 + 0 + 1 + 0.5) / 6)
    assert first.bias_gradient == pytest.approx(np.hypot(0.75, 1))
    assert second.gradient == pytest.approx((1 + 0.75 + 0 + 0.5) / 4, abs=1e-5)
    assert first.norm == pytest.approx(np.sqrt(2), abs=1e-4)
    assert first.update == pytest.approx(0.090139 / np.sqrt(2), rel=1e-4)
    assert (first.activations.low, first.activations.high) == (0, 1)
    assert sum(first.activations.counts) == 6
    assert (first.activations.counts[0], first.activations.counts[16], first.activations.counts[31]) == (3, 2, 1)


def test_the_penalty_is_part_of_the_update_and_not_of_the_gradient(registry):
    """Weights of 2 on a constant input of 0: no gradient but lambda's. Rate 0.1, decay 0.5: 5 % of the weights."""
    (layer,) = look(registry, [[0.0]], [[[0, 2]]], ["identity"], Penalty(decay=0.5))
    assert layer.gradient == 0
    assert layer.update == pytest.approx(0.05)


def test_saturated_is_near_either_end_of_the_range(registry):
    """sigmoid(4) = 0.982 and sigmoid(-4) = 0.018 are, sigmoid(3.5) = 0.971 is not; tanh(2) = 0.964 is."""
    theta = [[0, 4.0], [0, 3.5]]
    assert look(registry, [[1], [-1]], [theta], ["sigmoid"])[0].saturated == 0.5
    assert look(registry, [[1], [-1]], [[[0, 2.0], [0, 1.8]]], ["tanh"])[0].saturated == 0.5


def test_twins_have_the_same_weights_in_and_out(registry):
    same, apart = [[0.1, 0.2], [0.1, 0.2]], [[0.1, 0.2], [0.1, 0.3]]
    for hidden, out, twins in ((same, [[0, 1, 1]], 2), (same, [[0, 1, 2]], 0), (apart, [[0, 1, 1]], 0)):
        assert look(registry, [[1], [2]], [hidden, out], ["tanh", "identity"])[0].twins == twins


def test_what_is_not_finite_is_counted(registry):
    with np.errstate(all="ignore"):
        (layer,) = look(registry, [[1e200], [1.0]], [[[0, 1e200]]], ["identity"])
    assert layer.activations.bad == 1
    assert layer.gradient is None


EXPERIMENTS = [
    ("digits", "training.epochs=4"),
    ("spiral", "training.epochs=5"),
    ("wine", "training.epochs=5", "training.batch=full"),
    ("digits", "training.epochs=2", "training.schedule=plateau"),
    ("digits", "training.epochs=2", "network.layers=[{kind='dense', units=9, activation='relu'}, {kind='batch_norm'}, "
     "{kind='dropout', rate=0.3}, {kind='maxout', units=6, pieces=2}, {kind='dense', units=10}]"),
    ("xnor-by-hand",),
]  # fmt: skip


@pytest.mark.parametrize(("name", "overrides"), [(name, rest) for name, *rest in EXPERIMENTS])
def test_looking_changes_no_number(registry, name, overrides):
    seen, unseen = (trainer(registry, name, *overrides, health=health) for health in (True, False))
    with_health, without = list(seen.events()), list(unseen.events())
    assert np.array_equal(seen.network.parameters.values, unseen.network.parameters.values)
    for one, other in zip(with_health[1:], without[1:], strict=True):
        assert replace(one, **_unlike(one)) == replace(other, **_unlike(other))
    looked = [event for event in with_health if isinstance(event, EpochFinished) and event.health]
    assert looked[0].epoch == 0
    assert all(len(event.health) == len(seen.network.layers) for event in looked)
    assert decode(encode(looked[-1])) == looked[-1]


def _unlike(event):
    unlike = {name: 0 for name in ("seconds",) if hasattr(event, name)}
    return {**unlike, "health": ()} if isinstance(event, EpochFinished) else unlike


def test_a_minimizer_keeps_its_gradient(registry):
    pytest.importorskip("scipy")
    options = ["training.optimizer=lbfgs", "training.batch=full", "training.epochs=5"]
    seen, unseen = (trainer(registry, "iris", *options, health=health) for health in (True, False))
    events = list(seen.events())
    list(unseen.events())
    assert np.array_equal(seen.network.parameters.values, unseen.network.parameters.values)
    assert all(layer.update is None for layer in events[1].health)


def test_large_nets_are_looked_at_each_epoch_and_tiny_ones_seldom():
    assert look_every(54_000, 1688, 784 * 25, 30) == 1
    assert look_every(500, 50, 23, 200) > 20
    assert look_every(54_000, 1688, 784 * 25, 5000) == 50, "at most a hundred of a long run"


def test_looks_come_early_and_last(registry):
    run = trainer(registry, "xor")
    looked = [event.epoch for event in run.events() if isinstance(event, EpochFinished) and event.health]
    assert looked == [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300]


def test_facts_of_the_data(registry):
    run = trainer(registry, "wine", "data.scale=none", "data.validation=0.0")
    found = facts(run.splits)
    x = run.splits.train.x
    assert (found.low, found.high) == pytest.approx((x.min(), x.max()))
    assert run.splits.features[found.column] == "proline"
    assert found.rms == pytest.approx(np.sqrt((x[:, found.column] ** 2).mean()), rel=1e-5)
    assert found.class_counts == (59, 71, 48)  # as its documentation says


def test_rows_are_spread_evenly():
    assert spread_rows(3, 10).tolist() == [0, 1, 2]
    assert spread_rows(10, 4).tolist() == [0, 2, 5, 7]


def test_facts_about_targets_by_hand():
    """Column 0: 1, 3, of root mean square 2.2; column 1: -10, 10 of 10, mean 0, deviation 10."""
    x = np.ones((2, 1))
    part = Part(x, np.array([[1.0, -10.0], [3.0, 10.0]]), np.arange(2))
    assert facts(Splits("made", part, part)).targets == TargetFacts(-10.0, 10.0, 0.0, 10.0)
    huge = Part(x, np.array([1e300, 3e300]), np.arange(2))
    found = facts(Splits("made", huge, huge)).targets
    assert (found.mean, found.deviation) == pytest.approx((2e300, 1e300))
    classes = Part(x, np.array([0, 1]), np.arange(2))
    assert facts(Splits("made", classes, classes, None, ("a", "b"))).targets is None


@pytest.mark.parametrize(
    ("columns", "binary"),
    [
        ([[0, 1, 0, 1], [0, 0, 1, 1]], True),
        ([[-1.5, 2, 2, -1.5], [7, 7, 7, 7]], True),
        ([[0, 1, 0, 1], [0, 0, 0.5, 1]], False),
        ([[0, 1, 2, 1]], False),
    ],
)
def test_inputs_of_two_values_each_are_told(columns, binary):
    part = Part(np.array(columns, np.float64).T, np.zeros(4, np.intp))
    assert facts(Splits("made", part, part, None, ("a", "b"))).binary is binary
