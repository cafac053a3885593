"""Optimizers, initializers, random streams and the training generator."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tui_nn.engine.events import Ended, EpochFinished, Started, StepsFinished
from tui_nn.engine.random import stream
from tui_nn.engine.targets import Targets
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build


def trainer(registry, *overrides, name="iris"):
    return build(load_experiment(name, overrides), registry).trainer


def test_sgd_by_hand(registry):
    """theta = 1, gradient = theta. Rate 0.1: 0.9. Momentum 0.5: v = -0.1, then v = -0.05 - 0.09 = -0.14: 0.76.

    Nesterov, rate 0.1, momentum 0.5: step 1 v = -0.1, theta = 1 - 0.1 + 0.5 x -0.1 = 0.85; step 2
    v = -0.05 - 0.085 = -0.135, theta = 0.85 - 0.085 + 0.5 x -0.135 = 0.6975.
    """
    for options, expected in (
        ({"rate": 0.1}, [0.9, 0.81]),
        ({"rate": 0.1, "momentum": 0.5}, [0.9, 0.76]),
        ({"rate": 0.1, "momentum": 0.5, "nesterov": True}, [0.85, 0.6975]),
    ):
        optimizer = registry.create("optimizer", {"kind": "sgd", **options})
        theta = np.array([1.0])
        state = optimizer.state(theta, np.ones_like(theta))
        found = []
        for step in (1, 2):
            optimizer.update(theta, theta.copy(), state, optimizer.rate, step)
            found.append(theta[0])
        assert found == pytest.approx(expected)


def test_adam_by_hand(registry):
    """Algorithm 1: step 1 moves by rate x g / (|g| + epsilon) = rate, whatever the gradient's size."""
    optimizer = registry.create("optimizer", {"kind": "adam", "rate": 0.1})
    theta = np.array([1.0, -2.0])
    state = optimizer.state(theta, np.ones_like(theta))
    optimizer.update(theta, np.array([100.0, -0.001]), state, 0.1, 1)
    assert theta.tolist() == pytest.approx([0.9, -1.9], abs=1e-5)
    # Step 2 with gradient (0, 0): m = 0.9 x 10 = 9, v = 0.999 x 10 = 9.99; m / 0.19 = 47.368,
    # v / 0.001999 = 4997.5; 0.1 x 47.368 / 70.693 = 0.067006.
    optimizer.update(theta, np.zeros(2), state, 0.1, 2)
    assert theta[0] == pytest.approx(0.9 - 0.067006, abs=1e-5)


@pytest.mark.parametrize(
    ("name", "deviation"),
    [
        ("glorot_uniform", np.sqrt(2 / 500)),
        ("glorot_normal", np.sqrt(2 / 500)),
        ("he_uniform", np.sqrt(2 / 300)),
        ("he_normal", np.sqrt(2 / 300)),
        ("lecun_uniform", np.sqrt(1 / 300)),
        ("lecun_normal", np.sqrt(1 / 300)),
        ("normal", 0.1),
        ("uniform", 0.12 / np.sqrt(3)),
        ("zeros", 0),
    ],
)
def test_initializers_have_their_published_spread(registry, name, deviation):
    theta = np.empty((200, 301), np.float32)
    registry.get("initializer", name).fill(theta, stream(0, "test"))
    assert theta[:, 1:].std() == pytest.approx(deviation, rel=0.02)
    assert abs(theta[:, 1:].mean()) < 0.002
    assert not theta[:, 0].any()


def test_streams_are_named_and_independent():
    assert stream(1, "init").random() == stream(1, "init").random()
    draws = {stream(s, n, c).random() for s, n, c in itertools.product((0, 1), ("init", "shuffle"), (0, 1))}
    assert len(draws) == 8


def test_events_of_a_run(registry):
    run = trainer(registry, "training.epochs=2", "training.batch=40", "data.test=0.1")
    events = list(run.events())
    assert isinstance(events[0], Started)
    assert events[0].samples == {"train": 90, "validation": 45, "test": 15}
    assert events[0].parameters == 5 * 8 + 9 * 3
    # 90 samples in batches of 40: 40, 40 and a short one of 10.
    kinds = [type(event) for event in events]
    assert kinds == [Started, EpochFinished, StepsFinished, EpochFinished, StepsFinished, EpochFinished, Ended]
    assert [(e.step, e.epoch, e.batch, len(e.losses)) for e in events if isinstance(e, StepsFinished)] == [
        (3, 1, 3, 3),
        (6, 2, 3, 3),
    ]
    assert events[-1].reason == "epochs"
    labels = {"accuracy", "top_3", "precision", "recall", "f1", "balanced_accuracy", "mcc"}
    assert set(events[-1].test) == {"loss", *labels, "log_loss", "roc_auc"}
    last = events[-2]
    assert sum(map(sum, last.confusion)) == 45
    right = sum(last.confusion[k][k] for k in range(3))
    assert last.validation["accuracy"] == pytest.approx(right / 45)


def step_losses(run):
    return [one for e in run.events() if isinstance(e, StepsFinished) for one in e.each()]


@pytest.mark.parametrize(
    "override", ["training.batch=7", "training.loss=softmax_cross_entropy", "training.dtype=float64"]
)
def test_bursts_change_when_events_come_and_no_number_in_them(registry, override):
    many, single = (trainer(registry, "training.epochs=2", override) for _ in range(2))
    single.burst = 1
    assert step_losses(many) == step_losses(single)
    assert np.array_equal(many.network.parameters.values, single.network.parameters.values)


def test_same_seed_same_run(registry):
    def losses(*overrides):
        return [one.loss for one in step_losses(trainer(registry, *overrides))]

    assert losses("training.epochs=3") == losses("training.epochs=3")
    assert losses("training.epochs=3") != losses("training.epochs=3", "training.seed=1")


def test_reported_loss_is_the_mean_cost_over_the_part(registry):
    run = trainer(registry, "training.epochs=1", "data.validation=0.0", "training.dtype=float64")
    measured = [event for event in run.events() if isinstance(event, EpochFinished)][-1]
    outputs = run.network.predict(run.splits.train.x)
    by_hand = -np.log(outputs[np.arange(150), run.splits.train.y]).mean()
    assert measured.train["loss"] == pytest.approx(by_hand, rel=1e-12)
    assert measured.validation == {}


def test_loss_at_chance_is_ten_log_two(registry):
    """Ten logistic outputs at 0.5 cost 10 ln 2 = 6.93, whatever the digit."""
    run = trainer(registry, "network.initializer=zeros", name="digits")
    first = next(event for event in run.events() if isinstance(event, EpochFinished))
    assert first.train["loss"] == pytest.approx(6.931472, abs=1e-5)


def test_divergence_is_named(registry):
    run = trainer(
        registry, "network.layers[1].activation=identity", "training.loss=mean_squared_error",
        "training.optimizer={kind='sgd', rate=1e6}", "network.layers[0].activation=identity", name="wine",
    )  # fmt: skip
    with np.errstate(all="ignore"):
        end = list(run.events())[-1]
    assert end.reason == "diverged"
    assert "at step" in end.message
    assert "try 100000" in end.message


def test_a_batch_larger_than_the_data_is_the_data(registry):
    assert trainer(registry, "training.batch=100000").batches == 1
    assert trainer(registry, "training.batch=full").batches == 1


def test_xor_is_learnt(registry):
    run = trainer(registry, name="xor")
    end = [event for event in run.events() if isinstance(event, EpochFinished)][-1]
    assert end.train["accuracy"] == 1


def test_digits_reach_95_percent(registry):
    run = trainer(registry, name="digits")
    end = [event for event in run.events() if isinstance(event, EpochFinished)][-1]
    assert end.validation["accuracy"] >= 0.95


def test_targets_of_a_single_output():
    signed = Targets(2, 1, -1.0, 1.0, 0.0)
    assert signed.encode(np.array([0, 1]), np.float32).tolist() == [[-1], [1]]
    assert signed.decode(np.array([[-0.1], [0.1]])).tolist() == [0, 1]
    assert Targets(2, 1).decode(np.array([[0.4], [0.6]])).tolist() == [0, 1]


def test_each_epoch_has_an_order_of_its_own(registry):
    """Every sample once, in an order drawn for the epoch and the seed: the same two, the same order."""
    run, again, other = (trainer(registry, f"training.seed={seed}") for seed in (0, 0, 1))
    samples = len(run.splits.train)
    orders = [one.order(epoch).tolist() for one, epoch in ((run, 1), (run, 2), (other, 1))]
    assert all(sorted(order) == list(range(samples)) for order in orders)
    assert all(one != two for one, two in itertools.combinations(orders, 2))
    assert again.order(2).tolist() == orders[1]
