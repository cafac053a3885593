"""The layers against centred differences, sums written out by hand, and PyTorch where it is installed."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import numpy as np
import pytest
import tui_nn_recurrent
from tui_nn_recurrent import Elman, Gru, Lstm, adding, parity, sine_ahead

from tui_nn.engine.gradcheck import numerical_gradient, relative_error
from tui_nn.engine.layer import Dense
from tui_nn.engine.network import Network, with_ones
from tui_nn.errors import ExperimentError
from tui_nn.plugin.registry import load_registry

LAYERS = [Elman, Gru, Lstm]
REGISTRY = load_registry()
LOSS = REGISTRY.get("loss", "mean_squared_error")


def test_it_is_proved():
    pytest.importorskip("tui_nn.testing").check_plugin(tui_nn_recurrent)


def slot_of(layer, inputs, samples, seed=0):
    random = np.random.default_rng(seed)
    slot = layer.slot(inputs, samples, np.float64)
    slot.theta = random.normal(0, 0.5, layer.theta_shape(inputs))
    slot.gradient = np.empty_like(slot.theta)
    slot.x = with_ones(random.normal(size=(samples, inputs)), np.float64).T
    return slot


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def by_hand(layer, theta, sequence):
    """States of one sample, (T, units): sums written out number by number. sequence: (T, features)."""
    units, features = layer.units, layer.features
    h, c, states = [0.0] * units, [0.0] * units, []
    for x in sequence:

        def z(row, h=h, x=x, extra=0.0):
            total = theta[row][0] + extra
            for k in range(features):
                total += theta[row][1 + k] * x[k]
            for k in range(units):
                total += theta[row][1 + features + k] * h[k]
            return total

        if isinstance(layer, Elman):
            h = [np.tanh(z(unit)) for unit in range(units)]
        elif isinstance(layer, Lstm):
            i, f, g, o = ([z(block * units + unit) for unit in range(units)] for block in range(4))
            c = [sigmoid(f[u]) * c[u] + sigmoid(i[u]) * np.tanh(g[u]) for u in range(units)]
            h = [sigmoid(o[u]) * np.tanh(c[u]) for u in range(units)]
        else:
            r = [sigmoid(z(u) + theta[u][-1]) for u in range(units)]
            keep = [sigmoid(z(units + u) + theta[units + u][-1]) for u in range(units)]
            new = []
            for u in range(units):
                row = theta[2 * units + u]
                by_x = row[0] + sum(row[1 + k] * x[k] for k in range(features))
                by_h = row[-1] + sum(row[1 + features + k] * h[k] for k in range(units))
                new.append(np.tanh(by_x + r[u] * by_h))
            h = [(1 - keep[u]) * new[u] + keep[u] * h[u] for u in range(units)]
        states.append(h)
    return np.array(states)


@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize("returns", ["last", "all"])
def test_states_are_those_by_hand(kind, returns):
    layer = kind(3, 2, returns)
    slot = slot_of(layer, 10, 4)
    layer.forward(slot)
    for sample in range(4):
        states = by_hand(layer, slot.theta, slot.x[1:, sample].reshape(5, 2))
        expected = states[-1] if returns == "last" else states.ravel()
        assert np.allclose(slot.a[:, sample], expected, rtol=1e-12)


@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize("returns", ["last", "all"])
@pytest.mark.parametrize("below", [False, True], ids=["first", "above another"])
def test_gradients_equal_centred_differences(kind, returns, below):
    layers = [Dense(10, REGISTRY.get("activation", "tanh")), kind(3, 2, returns)] if below else [kind(3, 2, returns)]
    network = Network(6 if below else 10, [*layers, Dense(2)], np.float64)
    random = np.random.default_rng(1)
    network.parameters.values[:] = random.normal(0, 0.5, len(network.parameters))
    x = with_ones(random.normal(size=(3, network.inputs)), np.float64).T
    y = random.normal(size=(2, 3))
    analytic = network.loss_and_grad(x, y, LOSS)[1].copy()
    assert relative_error(analytic, numerical_gradient(network, x, y, LOSS)) < 1e-7


def test_layers_of_this_kind_stand_on_each_other():
    network = Network(12, [Gru(4, 2, "all"), Lstm(3, 4), Dense(1)], np.float64)
    assert network.sizes == [12, 24, 3, 1]


@pytest.mark.parametrize("kind", LAYERS)
def test_it_starts_with_orthogonal_steps(kind):
    layer = kind(5, 2)
    theta = np.empty(layer.theta_shape(8))
    layer.initialize(theta, REGISTRY.get("initializer", "he_normal"), np.random.default_rng(0))
    for block in range(layer.blocks):
        step = theta[5 * block : 5 * block + 5, 3:8]
        assert np.allclose(step @ step.T, np.eye(5))
    if kind is Lstm:
        assert (theta[5:10, 0] == 1).all()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"units": 0}, "whole number from 1"),
        ({"units": 2, "features": True}, "whole number from 1"),
        ({"units": 2, "returns": "first"}, "expected 'last' or 'all'"),
    ],
)
def test_options_that_make_no_sense_are_refused(given, words):
    with pytest.raises(ExperimentError, match=words):
        Elman(**given)


def test_inputs_that_are_no_whole_steps_are_refused():
    with pytest.raises(ExperimentError, match="10 inputs are no whole number of steps of 3; set `features`"):
        Gru(2, 3).output_size(10)


@pytest.mark.parametrize("kind", LAYERS)
def test_pytorch_agrees(kind):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    layer, samples = kind(4, 3, "all"), 5
    slot = slot_of(layer, 18, samples)
    theirs = {Elman: torch.nn.RNN, Gru: torch.nn.GRU, Lstm: torch.nn.LSTM}[kind](3, 4, batch_first=True).double()
    theta = torch.tensor(slot.theta)
    with torch.no_grad():
        theirs.weight_ih_l0[:], theirs.weight_hh_l0[:] = theta[:, 1:4], theta[:, 4:8]
        theirs.bias_ih_l0[:], theirs.bias_hh_l0[:] = theta[:, 0], theta[:, 8] if kind is Gru else 0
    x = torch.tensor(slot.x[1:].T.reshape(samples, 6, 3).copy(), requires_grad=True)
    states = theirs(x)[0]
    upstream = np.random.default_rng(3).normal(size=(samples, 6, 4))
    states.backward(torch.tensor(upstream))
    layer.forward(slot)
    slot.upstream = upstream.reshape(samples, -1).T.copy()
    layer.backward(slot)
    assert np.allclose(slot.a.T, states.detach().numpy().reshape(samples, -1), rtol=1e-12, atol=1e-14)
    assert np.allclose(slot.gradient[:, 1:4], theirs.weight_ih_l0.grad.numpy(), rtol=1e-10)
    assert np.allclose(slot.gradient[:, 4:8], theirs.weight_hh_l0.grad.numpy(), rtol=1e-10)
    assert np.allclose(slot.gradient[:, 0], theirs.bias_ih_l0.grad.numpy(), rtol=1e-10)
    if kind is Gru:
        assert np.allclose(slot.gradient[:, 8], theirs.bias_hh_l0.grad.numpy(), rtol=1e-10)
    assert np.allclose(slot.input_gradient.T, x.grad.numpy().reshape(samples, -1), rtol=1e-10)


# The view

SHORT = """
[data]
source = { kind = "SET", length = 6, samples = 60 }
scale = "none"
[network]
layers = [
  { kind = "KIND", units = 3, features = FEATURES },
  { kind = "dense", units = UNITS, activation = "ACTIVATION" },
]
[training]
loss = "LOSS"
epochs = 1
"""
RUNS = {
    "numbers": ("adding", 2, 1, "identity", "mean_squared_error"),
    "classes": ("parity", 1, 1, "sigmoid", "binary_cross_entropy"),
}


@pytest.mark.parametrize("about", RUNS)
@pytest.mark.parametrize("kind", LAYERS)
def test_the_view_shows_the_states_of_the_sample(tmp_path, kind, about):
    words = dict(zip(("SET", "FEATURES", "UNITS", "ACTIVATION", "LOSS"), map(str, RUNS[about]), strict=True))
    text = re.sub("|".join(words), lambda found: words[found[0]], SHORT.replace("KIND", kind.name))
    (tmp_path / "e.toml").write_text(text)
    hooks = "tui_nn_layers, tui_nn_datasets, tui_nn_views"
    (tmp_path / "here.py").write_text(f"from tui_nn_recurrent import {hooks}\n")

    def tui_nn(*arguments):
        command = [sys.executable, "-m", "tui_nn", *arguments, "--plugin", "here.py"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    tui_nn("train", "e.toml", "--quiet", "--run-dir", "run")
    shown = json.loads(tui_nn("show", "run", "--view", "states", "--knob", "row=2", "--json"))
    theta = np.load(tmp_path / tui_nn("export", "run", "--to", "npz").strip())["theta_1"]
    features = RUNS[about][1]
    assert np.shape(shown["inputs"]) == (6, features)
    assert np.allclose(shown["states"], by_hand(kind(3, features), theta, shown["inputs"]), atol=1e-6)
    inputs = np.array(shown["inputs"])
    if about == "numbers":
        assert float(shown["target"][0]) == pytest.approx((inputs[:, 0] * inputs[:, 1]).sum(), abs=0.01)
    else:
        assert shown["target"] == [("even", "odd")[int(inputs.sum()) % 2]]


# Data


def test_two_numbers_are_marked_and_their_sum_is_asked_for():
    made = adding.function(samples=200, length=7, seed=3)
    steps = made.x.reshape(200, 7, 2)
    assert made.features[:3] == ("number 1", "mark 1", "number 2")
    assert (steps[:, :3, 1].sum(axis=1) == 1).all()
    assert (steps[:, 3:, 1].sum(axis=1) == 1).all()
    assert np.allclose((steps[:, :, 0] * steps[:, :, 1]).sum(axis=1), made.y[:, 0], atol=1e-6)


def test_who_always_answers_1_is_a_sixth_off():
    made = adding.function(samples=20_000)
    assert np.mean((made.y - 1) ** 2) == pytest.approx(1 / 6, rel=0.03)


def test_parity_is_the_sum_of_bits_modulo_2():
    made = parity.function(samples=50, length=6)
    assert [int(sum(row)) % 2 for row in made.x.tolist()] == made.y.tolist()


def test_the_wave_goes_on():
    made = sine_ahead.function(samples=50, length=12, noise=0.0)
    # sin(a + d) = 2 cos(d) sin(a) - sin(a - d), and cos(d) from the steps before.
    before, last = made.x[:, -2].astype(float), made.x[:, -1].astype(float)
    turn = (made.x[:, -1].astype(float) + made.x[:, -3]) / np.where(abs(before) > 0.1, 2 * before, np.nan)
    sure = np.isfinite(turn)
    assert sure.sum() > 30
    assert np.allclose((2 * turn * last - before)[sure], made.y[sure, 0], atol=1e-4)
