"""The gradient check over every registered layer x activation x loss, in float64 at 1e-6."""

from __future__ import annotations

import os

import numpy as np
import pytest
from networks import ACTIVATIONS, LAYERS, LOSSES, REGISTRY, kinds, outputs_for, problem
from parts import some

from tui_nn.engine.gradcheck import check_layers, numerical_gradient, relative_error
from tui_nn.engine.random import stream
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build

COSTS = ((0.0, None), (0.3, np.linspace(0.5, 2, 7)))  # lambda, and weights of the samples


@pytest.mark.long
@pytest.mark.parametrize("loss_name", LOSSES)
@pytest.mark.parametrize(("turn", "layer", "hidden"), [(turn, *kind) for turn, kind in enumerate(kinds())])
def test_backpropagation_equals_centred_differences(turn, layer, hidden, loss_name):
    """Every layer and activation with every loss, and a third of the output activations, which take their turns."""
    loss = REGISTRY.get("loss", loss_name)
    outputs = outputs_for(loss)
    assert outputs, "a loss that no activation can feed"
    for number, output in enumerate(some(outputs, turn, 3)):
        network, x, y = problem(layer, hidden, output, seed=1, outputs=1 if loss.outputs == "single" else 3)
        for decay, weighed in some(COSTS, turn + number, 2):
            analytic = network.loss_and_grad(x, y, loss, decay, weighed)[1].copy()
            numeric = numerical_gradient(network, x, y, loss, decay, weights=weighed)
            assert relative_error(analytic, numeric) < 1e-6, output


@pytest.mark.parametrize(
    ("output", "loss_name"),
    [
        ("sigmoid", "one_vs_all"),
        ("softmax", "softmax_cross_entropy"),
        ("identity", "mean_squared_error"),
        ("tanh", "mean_squared_error"),
        ("sigmoid", "huber"),
    ],
)
def test_delta_is_what_the_notation_says(output, loss_name):
    """dJ/dz of every layer, also of the last one where the loss gives it at once: J moves by delta as its z is moved.

    A bias moves the z of its unit for all samples alike; a single sample at a time makes them one.
    """
    network, x, y = problem("dense", "tanh", output, seed=3)
    loss = REGISTRY.get("loss", loss_name)
    for sample in range(3):
        one, answer = x[:, sample : sample + 1], y[:, sample : sample + 1]
        for slot in network.workspace(1).slots:
            slot.delta.fill(np.nan)
        network.backpropagate(one, answer, loss, 1)
        deltas = [slot.delta[:, 0].copy() for slot in network.workspace(1).slots]
        slopes = network.parameters.views(numerical_gradient(network, one, answer, loss))
        for delta, slope in zip(deltas, slopes, strict=True):
            assert relative_error(delta, slope[:, 0]) < 1e-6


@pytest.mark.parametrize("missing", [None, "weights", "decay", "absolute"])
def test_the_check_is_of_the_j_that_is_minimized(monkeypatch, missing):
    """With class weights, lambda and L1: right as it is, and wrong where backpropagation leaves one of them out."""
    settings = ["training.class_weights=balanced", "training.lambda=50", "training.l1=20", "training.dtype=float64"]
    trainer = build(load_experiment("wine", settings), REGISTRY).trainer
    network = trainer.network
    before = network.parameters.values.copy()
    if missing == "weights":
        whole = network.loss_and_grad
        monkeypatch.setattr(network, "loss_and_grad", lambda x, y, loss, weights: whole(x, y, loss))
    elif missing is not None:
        add = network.parameters.add_decay
        one = {"decay": lambda decay, absolute: add(0, absolute), "absolute": lambda decay, absolute=0.0: add(decay)}
        monkeypatch.setattr(network.parameters, "add_decay", lambda decay, absolute=0.0: one[missing](decay, absolute))
    worst = max(check.error for check in check_layers(trainer, 20, 40))
    assert (worst < 1e-6) == (missing is None)
    assert np.array_equal(network.parameters.values, before)


CASES = int(os.environ.get("TUI_NN_CASES", "40"))
OPERATIONS = [
    *(("layer", layer, "tanh", "one_vs_all") for layer in LAYERS),
    *(("activation", "dense", hidden, "one_vs_all") for hidden in ACTIVATIONS),
    *(("loss", "dense", "tanh", loss) for loss in LOSSES),
]


@pytest.mark.long
@pytest.mark.parametrize(("kind", "layer", "hidden", "loss_name"), OPERATIONS, ids=lambda value: value)
def test_random_cases_of_every_operation(kind, layer, hidden, loss_name):  # noqa: ARG001
    """Other weights and samples each time, along a random direction; TUI_NN_CASES=1000 for a long job.

    Where two lengths of the step find two slopes there is a kink within the longer one, and nothing to compare with.
    """
    loss = REGISTRY.get("loss", loss_name)
    outputs = outputs_for(loss)
    kinks = 0
    for case in range(CASES):
        single = loss.outputs == "single"
        network, x, y = problem(layer, hidden, outputs[case % len(outputs)], 1000 + case, 1 if single else 3)
        values = network.parameters.values
        gradient = network.loss_and_grad(x, y, loss, 0.1)[1].copy()
        kept = values.copy()
        direction = stream(case, "direction").normal(size=len(values))
        for part, one in zip(network.parameters.views(direction), network.layers, strict=True):
            if part is not None and not one.is_trained:
                part.fill(0)
        direction /= np.linalg.norm(direction)
        slopes = []
        for h in (1e-5, 2e-6):
            costs = []
            for way in (h, -h):
                values[:] = kept + way * direction
                costs.append(loss.value(network.forward(x, training=True), y) + network.penalty(0.1))
            slopes.append(np.array([(costs[0] - costs[1]) / (2 * h)]))
        if relative_error(*slopes) > 1e-6:
            kinks += 1
        else:
            assert relative_error(np.array([gradient @ direction]), slopes[0]) < 1e-6, case
    assert kinks <= max(1, 0.05 * CASES)


@pytest.mark.parametrize("loss_name", [name for name in LOSSES if REGISTRY.get("loss", name).canonical])
def test_canonical_shortcut_equals_the_chain_rule(loss_name):
    loss = REGISTRY.get("loss", loss_name)
    network, x, y = problem("dense", "tanh", loss.canonical, seed=2, outputs=1 if loss.outputs == "single" else 3)
    short = network.loss_and_grad(x, y, loss)[1].copy()
    from dataclasses import replace

    long = network.loss_and_grad(x, y, replace(loss, canonical=None))[1]
    assert relative_error(short, long) < 1e-9


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_hand_written_derivative_equals_the_graphs(name):
    """Where numpy's own functions suffice, the graph must find the same derivative."""
    from dataclasses import replace

    activation = REGISTRY.get("activation", name)
    if activation._into is not None:
        pytest.skip("writes into out=, which the graph cannot look through")
    z = stream(3, name).normal(size=(4, 6))
    a, hand, graph = np.empty_like(z), np.empty_like(z), np.empty_like(z)
    activation.forward(z, a)
    upstream = stream(4, name).normal(size=z.shape)
    activation.backward(z, a, upstream, hand)
    replace(activation, derivative=None, jacobian_product=None).backward(z, a, upstream, graph)
    assert graph.ravel().tolist() == pytest.approx(hand.ravel().tolist(), rel=1e-9)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_activations_stay_finite_and_keep_the_type(name, dtype):
    activation = REGISTRY.get("activation", name)
    z = np.linspace(-100, 100, 60, dtype=dtype).reshape(3, 20)
    before = z.copy()
    a, derivative = np.empty_like(z), np.empty_like(z)
    activation.forward(z, a)
    activation.backward(z, a, np.ones_like(z), derivative)
    assert np.isfinite(a).all()
    assert np.isfinite(derivative).all()
    assert np.array_equal(z, before)
    low, high = activation.range
    assert (a >= low).all()
    assert (a <= high).all()


def test_relative_error_notices_a_wrong_gradient():
    network, x, y = problem("dense", "tanh", "sigmoid", seed=1)
    loss = REGISTRY.get("loss", "one_vs_all")
    analytic = network.loss_and_grad(x, y, loss)[1].copy()
    analytic[3] *= 1.001
    assert relative_error(analytic, numerical_gradient(network, x, y, loss)) > 5e-4
