"""Costs are those of the formula, to rounding, for every z: against 60 digits of Python's decimal arithmetic."""

from __future__ import annotations

import itertools
from dataclasses import replace
from decimal import Decimal, localcontext

import numpy as np
import pytest

from tui_nn.engine.batches import Batches, TrainingSet
from tui_nn.engine.data import Part
from tui_nn.engine.events import EpochFinished
from tui_nn.engine.gradcheck import numerical_gradient, relative_error
from tui_nn.engine.layer import Dense
from tui_nn.engine.measuring import measure
from tui_nn.engine.network import Network, with_ones
from tui_nn.engine.stepper import Penalty, Stepper
from tui_nn.engine.targets import Targets
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.plugin.registry import load_registry

REGISTRY = load_registry()
OF_PROBABILITIES = ["one_vs_all", "binary_cross_entropy", "softmax_cross_entropy"]
SIZES = (0, 1e-30, 1e-6, 0.1, 1, 3, 8, 15, 16.6, 17, 20, 36, 37, 50, 87, 89, 104, 500, 709, 746, 1e3, 9999.5, 1e4)
GRID = sorted({sign * size for size in SIZES for sign in (-1, 1)})
DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
# What rounding may do, in units of the type's precision: to sums and logarithms, and to the difference of two scores,
# of which a cost of e^-d is made: its relative error is the absolute one of d.
ULPS = 4


def log1p(x: Decimal) -> Decimal:
    return x if x < Decimal("1e-59") else (1 + x).ln()


def exact(loss: str, scores: list[float], answers: list[float]) -> float:
    """The cost of one sample: -log of the probability that softmax, or each sigmoid, gives to the answer."""
    with localcontext() as context:
        context.prec = 60
        z = [Decimal(float(one)) for one in scores]
        if loss == "softmax_cross_entropy":
            true = answers.index(1)
            return float(log1p(sum((one - z[true]).exp() for place, one in enumerate(z) if place != true)))
        return float(sum(log1p((-one if y else one).exp()) for one, y in zip(z, answers, strict=True)))


def cases(loss: str, dtype: type) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """z and y, (outputs, samples), and what each sample costs."""
    if loss == "binary_cross_entropy":
        pairs = list(itertools.product([(one,) for one in GRID], [(0,), (1,)]))
    elif loss == "one_vs_all":
        pairs = list(itertools.product(itertools.product(GRID, GRID[::5]), [(0, 1), (1, 0), (0, 0)]))
    else:
        pairs = list(itertools.product(itertools.product(GRID[::2], GRID[1::4], [-2.5, 1e4]), [(1, 0, 0), (0, 0, 1)]))
    z, y = (np.array([pair[index] for pair in pairs], dtype).T for index in (0, 1))
    rows = zip(z.T.tolist(), y.T.tolist(), strict=True)
    return z, y, np.array([exact(loss, scores, answers) for scores, answers in rows])


def worst(found: np.ndarray, expected: np.ndarray, dtype: type) -> float:
    """The largest error as a share of what rounding may do; below the type's smallest normal number, of that."""
    kind = np.finfo(dtype)
    size = np.maximum(expected, float(kind.tiny))
    allowed = size * float(kind.eps) * (ULPS + np.maximum(-np.log(size), 0))
    return float((np.abs(found - expected) / allowed).max())


def test_every_loss_of_probabilities_takes_scores():
    found = [loss.name for loss in REGISTRY.all("loss") if loss.output_range == (0.0, 1.0)]
    assert sorted(found) == sorted(OF_PROBABILITIES)
    assert all(REGISTRY.get("loss", name).from_scores for name in found)


@DTYPES
@pytest.mark.parametrize("name", OF_PROBABILITIES)
def test_costs_are_exact_to_rounding(name, dtype):
    """Asked for scores; and as the loss of a network without an output function."""
    loss = REGISTRY.get("loss", name)
    z, y, expected = cases(name, dtype)
    for found in (loss.costs(z, y, at_z=True), loss.on_scores(REGISTRY.get("activation", loss.canonical)).costs(z, y)):
        assert found.dtype == dtype
        errors = np.abs(found - expected) / np.maximum(expected, float(np.finfo(dtype).tiny))
        print(f"{name} {np.dtype(dtype).name}: {len(expected)} cases, worst relative error {errors.max():.1e}")
        assert worst(found, expected, dtype) <= 1
    assert (loss.costs(z[:, ::3], y[:, ::3], at_z=True) == loss.costs(z, y, at_z=True)[::3]).all()


def handed_through(name: str, output: str, dtype: type) -> tuple[Network, np.ndarray, np.ndarray, np.ndarray]:
    """A net whose last z is its input, with inputs (m, n), labels (m,) and exact costs."""
    z, y, _ = cases(name, dtype)
    chosen = y.sum(axis=0) == 1 if len(y) > 1 else np.ones(z.shape[1], bool)
    z, y = z[:, chosen], y[:, chosen]
    network = Network(len(z), [Dense(len(z), REGISTRY.get("activation", output))], dtype)
    network.parameters.thetas[0][:, 1:] = np.eye(len(z))
    labels = y.argmax(axis=0) if len(y) > 1 else y[0].astype(int)
    expected = [exact(name, scores, answers) for scores, answers in zip(z.T.tolist(), y.T.tolist(), strict=True)]
    return network, np.ascontiguousarray(z.T), labels, np.array(expected)


@pytest.mark.slow
@DTYPES
@pytest.mark.parametrize("name", OF_PROBABILITIES)
@pytest.mark.parametrize("own", [False, True], ids=["output function", "scores"])
def test_whoever_asks_for_the_cost_gets_it_from_z(name, own, dtype):
    """The steps, an epoch's metrics, loss_and_grad in one piece and in chunks, and centred differences."""
    loss = REGISTRY.get("loss", name)
    link = REGISTRY.get("activation", loss.canonical)
    network, x, labels, expected = handed_through(name, "identity" if own else loss.canonical, dtype)
    used = loss.on_scores(link) if own else loss
    targets = Targets(max(2, network.outputs), network.outputs)
    y = targets.encode(labels, dtype)
    rel = 8 * float(np.finfo(dtype).eps)
    metrics = [REGISTRY.get("metric", "loss")]
    assert measure(network, Part(x, labels, dtype=np.dtype(dtype)), targets, used, metrics)[0]["loss"] == pytest.approx(
        expected.mean(), rel=rel
    )
    columns, answers = with_ones(x, dtype).T, y.T
    assert worst(network.costs(columns, answers, used), expected, dtype) <= 1
    assert network.loss_and_grad(columns, answers, used)[0] == pytest.approx(expected.mean(), rel=rel)
    often = -(-3000 // len(x))  # more than a chunk
    cost, _ = network.loss_and_grad(np.tile(columns, often), np.tile(answers, often), used)
    assert cost == pytest.approx(expected.mean(), rel=rel)
    stepper = Stepper(network, used, REGISTRY.create("optimizer", {"kind": "sgd", "rate": 0.0}), 1, Penalty())
    batches = Batches(TrainingSet(Part(x, labels, dtype=np.dtype(dtype)), y), 1, dtype)
    costs = [stepper.run(block, 1, lambda step: 0.0) for block in batches.blocks(np.arange(len(x)), len(x))]
    assert worst(np.concatenate(costs), expected, dtype) <= 1


@pytest.mark.parametrize("name", OF_PROBABILITIES)
def test_three_ways_to_one_gradient(name):
    """a - y; the graph through the cost from scores; the chain rule through the cost of outputs."""
    loss = REGISTRY.get("loss", name)
    network, x, labels, _ = handed_through(name, loss.canonical, np.float64)
    near = np.abs(x).max(axis=1) <= 3  # where an output still says all that its z says
    columns = with_ones(x[near], np.float64).T
    y = Targets(max(2, network.outputs), network.outputs).encode(labels[near], np.float64).T
    found = [
        network.loss_and_grad(columns, y, way)[1].copy()
        for way in (loss, replace(loss, canonical=None), replace(loss, canonical=None, from_scores=None))
    ]
    assert relative_error(found[0], found[1]) < 1e-12
    assert relative_error(found[0], found[2]) < 1e-12
    assert relative_error(found[0], numerical_gradient(network, columns, y, loss)) < 1e-6


@DTYPES
@pytest.mark.parametrize("name", OF_PROBABILITIES)
def test_the_graph_finds_the_slope_far_out(name, dtype):
    """At z = 1e4 the cost is a line: its slope is a - y, and nothing is NaN."""
    loss = replace(REGISTRY.get("loss", name), canonical=None)
    z, y, _ = cases(name, dtype)
    slope, a = np.empty_like(z), np.empty_like(z)
    loss.gradient(z, y, 1, slope, at_z=True)
    REGISTRY.get("activation", loss.link).forward(z, a)
    ties = (np.sort(z, axis=0)[-1:] == np.sort(z, axis=0)[-2:-1]).any(axis=0) if len(z) > 1 else np.zeros(z.shape[1])
    assert np.abs(slope - (a - y))[:, ~ties.astype(bool)].max() <= 4 * float(np.finfo(dtype).eps)


def test_a_minimizer_is_given_the_cost_of_z():
    pytest.importorskip("scipy")
    settings = ["training.batch=full", "training.optimizer=lbfgs", "training.epochs=1", "training.lambda=0"]
    costs = []
    for dtype in ("float32", "float64"):
        trainer = build(load_experiment("iris", [*settings, f"training.dtype={dtype}"]), REGISTRY).trainer
        trainer.network.parameters.thetas[-1][...] *= 2000
        losses = [event.losses[0] for event in trainer.events() if hasattr(event, "losses")]
        first = next(event for event in trainer.events() if isinstance(event, EpochFinished)).train["loss"]
        costs.append((first, *losses))
    assert costs[0] == pytest.approx(costs[1], rel=1e-4)
    assert costs[0][0] > 20, "nothing is far out: nothing is tested"


def test_a_certain_mistake_costs_its_score():
    """The numbers of the report: in float32 z = 15 cost 14.84 and z = 17 cost 87.34."""
    for z, cost in ((15, 15.000000305902274), (17, 17.000000041399377)):
        network = Network(1, [Dense(1, REGISTRY.get("activation", "sigmoid"))], np.float32)
        network.parameters.values[:] = [z, 0]
        for name in ("one_vs_all", "binary_cross_entropy"):
            x, y = np.ones((2, 1), np.float32), np.zeros((1, 1), np.float32)
            found = network.loss_and_grad(x, y, REGISTRY.get("loss", name))[0]
            assert found == pytest.approx(cost, rel=1e-7)


@DTYPES
def test_costs_of_outputs_keep_the_digits_that_outputs_have(dtype):
    """Where there is no z, behind a softmax, say: -log(1 - a) is a for a small one."""
    a = np.array([[1e-30, 1e-9, 0.25, 0.75, 1 - 2.0**-20]], dtype)
    cost = REGISTRY.get("loss", "one_vs_all").costs(a, np.zeros_like(a))
    assert cost.tolist() == pytest.approx([1e-30, 1e-9, -np.log(0.75), np.log(4), 20 * np.log(2)], rel=1e-6, abs=0)


# Twice as steep as the sigmoid, and under its name.
STEEP = """
import numpy as np
from tui_nn.plugin import activation, hookimpl
@activation(range=(0.0, 1.0))
def sigmoid(z):
    "Steep."
    return 1 / (1 + np.exp(-2 * np.clip(z, -300, 300)))
@hookimpl
def tui_nn_activations():
    return [sigmoid]
"""


@pytest.mark.parametrize("output", ["sigmoid", "identity"])
def test_another_function_under_a_known_name_has_no_shortcut(tmp_path, output):
    """Costs and gradients are then those of the function that is there: the chain rule, held to differences."""
    (tmp_path / "steep.py").write_text(STEEP)
    shadowed = load_registry([str(tmp_path / "steep.py")])
    settings = ["training.dtype=float64", f"network.layers[1].activation={output}", "training.loss=one_vs_all"]
    trainer = build(load_experiment("iris", settings), shadowed).trainer
    network, loss = trainer.network, trainer.loss
    x = with_ones(trainer.splits.train.x[:9], np.float64).T
    y = trainer.targets.encode(trainer.splits.train.y[:9], np.float64).T
    network.forward(x)
    z = network.workspace(9).slots[-1].z.copy()
    a = 1 / (1 + np.exp(-2 * z))
    expected = -(y * np.log(a) + (1 - y) * np.log(1 - a)).sum(axis=0)
    assert network.costs(x, y, loss).tolist() == pytest.approx(expected.tolist())
    analytic = network.loss_and_grad(x, y, loss)[1].copy()
    assert relative_error(analytic, numerical_gradient(network, x, y, loss)) < 1e-6
    plain = build(load_experiment("iris", settings), REGISTRY).trainer
    assert not np.allclose(plain.network.loss_and_grad(x, y, plain.loss)[1], analytic)
