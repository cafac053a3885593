"""The built-in components against numbers that other libraries, or a pencil, give."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import replace

import numpy as np
import pytest

from tui_nn.engine.data import Part
from tui_nn.engine.events import EpochFinished
from tui_nn.engine.metric import Measured
from tui_nn.engine.network import Network, with_ones
from tui_nn.engine.random import stream
from tui_nn.errors import ExperimentError
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build


def descend(optimizer, steps, size=6):
    """theta after some steps down the bowl sum theta^2 / 2 x (1, 2, 3, ...)."""
    curvature = np.arange(1.0, size + 1)
    theta = np.linspace(-1, 1, size)
    decays = np.ones(size)
    state = optimizer.state(theta, decays)
    for step in range(1, steps + 1):
        optimizer.update(theta, curvature * theta, state, optimizer.rate, step)
    return theta


@pytest.mark.parametrize(
    ("ours", "theirs", "options"),
    [
        ({"kind": "sgd", "rate": 0.1}, "SGD", {"lr": 0.1}),
        ({"kind": "momentum", "rate": 0.1}, "SGD", {"lr": 0.1, "momentum": 0.9}),
        ({"kind": "nesterov", "rate": 0.1}, "SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
        ({"kind": "adagrad", "rate": 0.1}, "Adagrad", {"lr": 0.1}),
        ({"kind": "rmsprop", "rate": 0.1}, "RMSprop", {"lr": 0.1, "alpha": 0.9}),
        ({"kind": "adam", "rate": 0.1}, "Adam", {"lr": 0.1}),
        ({"kind": "adamw", "rate": 0.1, "decay": 0.3}, "AdamW", {"lr": 0.1, "weight_decay": 0.3}),
    ],
)
def test_optimizers_take_pytorchs_steps(registry, ours, theirs, options):
    torch = pytest.importorskip("torch", reason="needs PyTorch as an independent source of numbers")
    theta = torch.tensor(np.linspace(-1, 1, 6), requires_grad=True)
    optimizer = getattr(torch.optim, theirs)([theta], **options)
    for _ in range(20):
        optimizer.zero_grad()
        (torch.arange(1, 7, dtype=torch.float64) * theta * theta / 2).sum().backward()
        optimizer.step()
    found = descend(registry.create("optimizer", ours), 20)
    assert found.tolist() == pytest.approx(theta.detach().tolist(), abs=1e-9)


@pytest.mark.parametrize("batch", ["7", "full"])
def test_the_penalty_is_divided_by_the_training_set(registry, batch):
    """lambda / 2m x the sum of squared weights and l1 / m x the sum of their sizes, without bias, for every batch."""
    settings = [f"training.batch={batch}", "training.lambda=3", "training.l1=2", "training.dtype=float64"]
    run = build(load_experiment("iris", settings), registry).trainer
    weights = np.concatenate([theta[:, 1:].ravel() for theta in run.network.parameters.thetas])
    penalty = 3 * np.square(weights).sum() / (2 * 105) + 2 * np.abs(weights).sum() / 105
    first = next(event for event in run.events() if isinstance(event, EpochFinished))
    assert len(run.splits.train) == 105
    assert first.train["cost"] - first.train["loss"] == pytest.approx(penalty, rel=1e-9)


def test_adagrad_and_rmsprop_by_hand(registry):
    """Gradient 2 at the first step: adagrad s = 4, so theta moves by rate; rmsprop s = 0.1 x 4, by rate / sqrt(0.1)."""
    for name, moved in (("adagrad", 0.1), ("rmsprop", 0.1 / math.sqrt(0.1))):
        optimizer = registry.create("optimizer", {"kind": name, "rate": 0.1})
        theta = np.array([1.0])
        optimizer.update(theta, np.array([2.0]), optimizer.state(theta, np.ones(1)), 0.1, 1)
        assert theta[0] == pytest.approx(1 - moved, abs=1e-7)


def test_adamw_leaves_the_bias_alone(registry):
    optimizer = registry.create("optimizer", {"kind": "adamw", "rate": 0.1, "decay": 0.5})
    theta = np.array([1.0, 1.0])
    optimizer.update(theta, np.zeros(2), optimizer.state(theta, np.array([0.0, 1.0])), 0.1, 1)
    assert theta.tolist() == pytest.approx([1, 0.95])


@pytest.mark.parametrize("name", ["lbfgs", "conjugate_gradients"])
def test_minimizers_find_the_minimum_that_scikit_learn_finds(registry, name):
    """Softmax regression has one minimum; scikit-learn's C is 1 / lambda, and its newton-cholesky another method."""
    linear = pytest.importorskip("sklearn.linear_model", reason="needs scikit-learn, an independent source of numbers")
    settings = [
        f"training.optimizer={name}",
        "training.batch=full",
        "training.epochs=300",
        "training.lambda=2.0",
        "training.loss=softmax_cross_entropy",
        "network.layers=[{kind='dense', units=3}]",
        "training.dtype=float64",
    ]
    run = build(load_experiment("iris", settings), registry).trainer
    costs = [event.train["cost"] for event in run.events() if isinstance(event, EpochFinished)]
    assert all(after <= before + 1e-9 for before, after in itertools.pairwise(costs))
    x, y = run.splits.train.x, run.splits.train.y
    theirs = linear.LogisticRegression(C=1 / 2.0, solver="newton-cholesky", tol=1e-12, max_iter=1000).fit(x, y)
    probability = theirs.predict_proba(x)[np.arange(len(y)), y]
    expected = -np.log(probability).mean() + 2.0 / (2 * len(y)) * np.square(theirs.coef_).sum()
    assert costs[-1] == pytest.approx(expected, rel=1e-7)
    assert run.network.parameters.thetas[0][:, 1:].ravel() == pytest.approx(theirs.coef_.ravel(), abs=1e-3)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("constant", [1, 1, 1, 1]),
        ({"kind": "step", "every": 2, "factor": 0.1}, [1, 1, 0.1, 0.01]),
        ({"kind": "exponential", "end": 0.01}, [1, 0.1**0.5, 0.1, 0.1**1.5]),
        ("cosine", [1, (1 + math.sqrt(0.5)) / 2, 0.5, (1 - math.sqrt(0.5)) / 2]),
        ({"kind": "warm_up", "share": 0.5}, [0, 0.5, 1, 0.5]),
        ({"kind": "one_cycle", "share": 0.5, "start": 0.0, "end": 0.0}, [0, 0.5, 1, 0.5]),
    ],
)
def test_schedules_by_hand(registry, name, expected):
    """Four steps of a run of four, an epoch each; `step` with epochs 0, 1, 2, 4 would be at step 5."""
    schedule = registry.create("schedule", name)
    steps = [1, 2, 3, 5] if schedule.name == "step" else [1, 2, 3, 4]
    found = [schedule.factor(step, 4, 1) for step in steps]
    assert found == pytest.approx(expected)


def test_plateau_reduces_when_the_loss_stops_falling(registry):
    schedule = registry.create("schedule", {"kind": "plateau", "patience": 2, "factor": 0.5})
    losses = [3.0, 2.0, 2.0, 2.0, 1.0, 1.5, 1.5, 1.5, 1.5]
    factors = [schedule.factor(1, 10, 1, losses[:count]) for count in range(len(losses) + 1)]
    assert factors == [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.125]


def test_orthogonal_rows_and_nielsens_biases(registry):
    theta = np.empty((5, 9))
    registry.create("initializer", {"kind": "orthogonal", "gain": 2.0}).fill(theta, stream(0, "test"))
    assert np.allclose(theta[:, 1:] @ theta[:, 1:].T, 4 * np.eye(5))
    assert not theta[:, 0].any()
    theta = np.empty((4000, 101))
    registry.get("initializer", "nielsen").fill(theta, stream(0, "test"))
    assert theta[:, 1:].std() == pytest.approx(0.1, rel=0.02)
    assert theta[:, 0].std() == pytest.approx(1, rel=0.05)


def test_the_mean_cost_of_many_samples_has_all_digits(registry):
    costs = np.full(3_000_000, 0.1, np.float32)
    measured = Measured(costs, costs[:, None], costs, costs, 0)
    assert registry.get("metric", "loss").value(measured) == pytest.approx(float(np.float32(0.1)), rel=1e-12)
    assert registry.get("metric", "loss").value(replace(measured, costs=costs * 1e38)) == pytest.approx(1e37, rel=1e-6)


def test_confusion_has_true_classes_as_rows(registry):
    found = registry.get("metric", "confusion").value(
        Measured(np.zeros(3), np.zeros((3, 2)), np.array([1, 1, 0]), np.array([0, 1, 0]), 2)
    )
    assert found.tolist() == [[1, 1], [0, 1]]


@pytest.mark.parametrize(
    ("spec", "cost"),
    [
        ("mean_squared_error", (0.5**2 + 2**2) / 2),
        ("mean_absolute_error", 2.5),
        ({"kind": "huber", "delta": 1.0}, 0.125 + 1.5),
        ("hinge", 2.5),  # scores 0.5 and 2, the true class is the first: 2 - 0.5 + 1
    ],
)
def test_losses_by_hand(registry, spec, cost):
    """Outputs 0.5 and 2 for targets 1 and 0: distances 0.5 and 2."""
    loss = registry.create("loss", spec)
    a, y = np.array([[0.5], [2.0]]), np.array([[1.0], [0.0]])
    assert loss.value(a, y) == pytest.approx(cost)


def test_maxout_by_hand(registry):
    """Pieces 2x and -x + 1: at x = 1 the first wins with 2, at x = -1 the second with 2, both equal at 1/3."""
    layer = registry.create("layer", {"kind": "maxout", "units": 1, "pieces": 2})
    network = Network(1, [layer], np.float64)
    network.parameters.thetas[0][...] = [[0, 2], [1, -1]]
    assert network.predict(np.array([[1.0], [-1], [1 / 3]])).ravel().tolist() == pytest.approx([2, 2, 2 / 3])


def test_dropout_drops_its_share_and_keeps_the_mean(registry):
    layer = registry.create("layer", {"kind": "dropout", "rate": 0.25})
    network = Network(200, [layer], np.float32)
    x = np.ones((201, 500), np.float32)
    a = network.forward(x, training=True)
    assert (a == 0).mean() == pytest.approx(0.25, abs=0.01)
    assert a.mean() == pytest.approx(1, abs=0.01)
    assert network.forward(x, training=True).tolist() == a.tolist(), "the same step, the same draw"
    assert np.array_equal(network.predict(x[1:].T), x[1:].T), "nothing is dropped in prediction"


def test_normalizing_layers(registry):
    random = stream(1, "norm")
    x = with_ones(random.normal(3, 2, (50, 4)), np.float64).T
    for name, axis in (("batch_norm", 1), ("layer_norm", 0)):
        network = Network(4, [registry.create("layer", {"kind": name, "epsilon": 0.0})], np.float64)
        network.initialize(registry.get("initializer", "zeros"), 0)
        a = network.forward(x, training=True)
        assert np.allclose(a.mean(axis=axis), 0)
        assert np.allclose(a.std(axis=axis), 1)
    network = Network(4, [registry.create("layer", "standardize")], np.float64)
    network.initialize(registry.get("initializer", "zeros"), 0, Part(x[1:].T, x[0], dtype=np.dtype(np.float64)))
    a = network.predict(x[1:].T)
    assert np.allclose(a.mean(axis=0), 0)
    assert np.allclose(a.std(axis=0), 1)


def test_batch_norm_predicts_with_moving_statistics(registry):
    """From mean 0 and variance 1: a batch 1, 5 has 3 and 4, and a tenth of them is taken; then a batch 2, 2."""
    network = Network(1, [registry.create("layer", {"kind": "batch_norm", "epsilon": 0.0})], np.float64)
    network.initialize(registry.get("initializer", "zeros"), 0)
    network.forward(np.array([[1.0, 1], [1, 5]]), training=True)
    assert network.parameters.thetas[0][0, 2:].tolist() == pytest.approx([0.3, 0.9 + 0.4])
    network.forward(np.array([[1.0, 1, 1], [0, 2, 4]]), training=True)
    mean, variance = 0.9 * 0.3 + 0.2, 0.9 * 1.3 + 0.1 * 8 / 3
    assert network.parameters.thetas[0][0, 2:].tolist() == pytest.approx([mean, variance])
    assert network.predict(np.array([[7.0]]))[0, 0] == pytest.approx((7 - mean) / math.sqrt(variance))


def test_polynomial_features_equal_scikit_learns(registry):
    preprocessing = pytest.importorskip("sklearn.preprocessing", reason="needs scikit-learn as an independent source")
    x = stream(2, "poly").normal(size=(6, 3))
    for degree, interactions in ((2, False), (3, False), (3, True)):
        spec = {"kind": "polynomial", "degree": degree, "interactions": interactions}
        network = Network(3, [registry.create("layer", spec)], np.float64)
        theirs = preprocessing.PolynomialFeatures(degree, interaction_only=interactions, include_bias=False)
        assert np.allclose(network.predict(x), theirs.fit_transform(x))


@pytest.mark.parametrize(
    ("inputs", "degree", "interactions"), [(3, 2, False), (5, 3, True), (2, 9, True), (4, 4, False)]
)
def test_polynomial_features_are_counted_before_they_are_made(registry, inputs, degree, interactions):
    layer = registry.create("layer", {"kind": "polynomial", "degree": degree, "interactions": interactions})
    choose = itertools.combinations if interactions else itertools.combinations_with_replacement
    assert layer.output_size(inputs) == sum(len(list(choose(range(inputs), size))) for size in range(1, degree + 1))


@pytest.mark.parametrize(
    ("degree", "options", "told"),
    [
        (
            2,
            {},
            "degree 2 of 3,072 inputs makes 4,723,200 features; expected 100,000 at most.",
        ),  # 3072 + 3072 * 3073 / 2
        (3, {}, "makes 4,841,281,024 features"),
        (2, {"interactions": True}, "makes 4,720,128 features"),  # 3072 + 3072 * 3071 / 2
        (40, {}, "makes about 10^92 features"),  # 3112! / (3072! 40!)
        (10**9, {"interactions": True}, "makes about 10^925 features"),  # 2^3072
    ],
)
def test_how_many_features_there_would_be_is_told(registry, degree, options, told):
    with pytest.raises(ExperimentError, match=re.escape(told)):
        registry.create("layer", {"kind": "polynomial", "degree": degree, **options}).output_size(3072)


def test_scores_train_like_probabilities(registry):
    """An output without activation and the loss's own link: the same costs, the same weights."""
    runs = []
    for override in ("network.layers[1].activation=softmax", "network.layers[1].activation=identity"):
        settings = ["training.epochs=2", "training.dtype=float64", override]
        trainer = build(load_experiment("iris", settings), registry).trainer
        last = [event for event in trainer.events() if isinstance(event, EpochFinished)][-1]
        runs.append((last.train["loss"], last.train["accuracy"], trainer.network.parameters.values))
    assert runs[0][0] == pytest.approx(runs[1][0], rel=1e-12)
    assert runs[0][1] == runs[1][1]
    assert np.allclose(runs[0][2], runs[1][2], rtol=1e-9)


@pytest.mark.parametrize(
    ("activation", "targets"),
    [("scaled_tanh", (-1, 1)), ("tanh", (-1, 1)), ("sigmoid", (0, 1)), ("relu", (0, 1)), ("identity", (0, 1))],
)
@pytest.mark.parametrize("loss", ["mean_squared_error", "mean_absolute_error", "huber"])
def test_targets_are_within_reach_of_the_output(registry, activation, targets, loss):
    """LeCun et al. (1998), 4.5: at the largest curvature, +-1 for 1.7159 tanh(2z/3), and not at its asymptotes."""
    settings = [f"training.loss={loss}", f"network.layers[1].activation={activation}"]
    made = build(load_experiment("iris", settings), registry).trainer.targets
    assert (made.low, made.high, made.threshold) == (*targets, sum(targets) / 2)
    assert registry.get("activation", activation).range[0] <= made.low < made.high
    assert made.high <= registry.get("activation", activation).range[1]


def test_balanced_class_weights_are_scikit_learns(registry):
    utils = pytest.importorskip("sklearn.utils", reason="needs scikit-learn as an independent source of numbers")
    run = build(load_experiment("wine", ["training.class_weights=balanced"]), registry).trainer
    y = run.splits.train.y
    theirs = utils.compute_class_weight("balanced", classes=np.unique(y), y=y)
    assert list(run.class_weights) == pytest.approx(list(theirs))


def test_clipping_and_l1_by_hand(registry):
    network = Network(1, [registry.create("layer", {"kind": "dense", "units": 1})], np.float64)
    parameters = network.parameters
    parameters.values[:] = [5, -2]
    parameters.gradient[:] = [3, 4]
    parameters.clip_gradient(1.0, None)
    assert parameters.gradient.tolist() == pytest.approx([0.6, 0.8])
    parameters.gradient[:] = [3, -4]
    parameters.clip_gradient(None, 2.0)
    assert parameters.gradient.tolist() == [2, -2]
    parameters.gradient[:] = 0
    parameters.add_decay(0.5, 0.1)
    assert parameters.gradient.tolist() == pytest.approx([0, -1 - 0.1])
    assert network.penalty(0.5, 0.1) == pytest.approx(0.25 * 4 + 0.1 * 2)


def test_early_stopping_goes_back_to_the_best_epoch(registry):
    settings = [
        "training.epochs=200",
        "training.optimizer={kind='sgd', rate=2.0}",
        "training.early_stopping={metric='loss@validation', patience=3}",
    ]
    run = build(load_experiment("iris", settings), registry).trainer
    events = list(run.events())
    assert events[-1].reason == "early_stopping"
    losses = [event.validation["loss"] for event in events if isinstance(event, EpochFinished)]
    assert len(losses) - 1 - losses.index(min(losses)) == 3
    assert run.measure(run.splits.validation)[0]["loss"] == pytest.approx(min(losses), rel=1e-6)


def test_large_batches_go_through_in_chunks(registry):
    """5,000 samples in chunks of 1,024 cost and descend as they do in one piece."""
    layers = [registry.create("layer", {"kind": "dense", "units": 3, "activation": "sigmoid"})]
    random = stream(3, "chunks")
    x, y = with_ones(random.normal(size=(5000, 4)), np.float64).T, np.eye(3)[random.integers(0, 3, 5000)].T
    loss = registry.get("loss", "one_vs_all")
    network = Network(4, layers, np.float64)
    network.initialize(registry.get("initializer", "glorot_uniform"), 0)
    cost, gradient = network.loss_and_grad(x, y, loss, 0.1)
    gradient = gradient.copy()
    network.mixes_samples = True
    whole, expected = network.loss_and_grad(x, y, loss, 0.1)
    assert cost == pytest.approx(whole, rel=1e-12)
    assert np.allclose(gradient, expected, rtol=1e-10)


def test_step_cannot_be_trained_and_hand_set_nets_need_no_training(registry):
    from tui_nn.errors import ExperimentError

    with pytest.raises(ExperimentError, match="cannot be trained"):
        build(load_experiment("xor", ["network.layers[0].activation=step"]), registry)
    setup = build(load_experiment("xnor-by-hand"), registry)
    events = list(setup.trainer.events())
    assert [event.train["accuracy"] for event in events if isinstance(event, EpochFinished)] == [1.0]
    assert np.round(setup.network.predict(np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]))[:, 0]).tolist() == [1, 0, 0, 1]


@pytest.mark.parametrize("option", ["sgd.momentum", "nesterov.momentum", "rmsprop.rho", "adam.beta1", "adamw.beta2"])
@pytest.mark.parametrize("value", [-0.1, 1.0, 1.5])
def test_what_would_never_fade_is_refused(registry, option, value):
    kind, name = option.split(".")
    with pytest.raises(ExperimentError, match="from 0 to below 1"):
        registry.create("optimizer", {"kind": kind, name: value})
    registry.create("optimizer", {"kind": kind, name: 0.0})
