"""Values worked by hand, limits of beta, and the project's own proof of a plugin."""

from __future__ import annotations

import math

import numpy as np
import pytest
import tui_nn_swish
from tui_nn_swish import mish, swish

from tui_nn.plugin.registry import load_registry

Z = np.array([[-100.0, -2.0, -0.5, 0.0, 0.5, 2.0, 100.0]])


def both(activation, z=Z):
    a, slope = np.empty_like(z), np.empty_like(z)
    activation.forward(z, a)
    activation.backward(z, a, np.ones_like(z), slope)
    return a, slope


def test_it_is_proved():
    pytest.importorskip("tui_nn.testing").check_plugin(tui_nn_swish)


@pytest.mark.parametrize("beta", [0.5, 1.0, 3.0])
def test_swish_is_z_times_a_logistic_gate(beta):
    expected = [z / (1 + math.exp(-beta * z)) if beta * z > -700 else 0.0 for z in Z[0]]
    assert both(swish.configured(beta=beta))[0][0] == pytest.approx(expected, rel=1e-12)


def test_beta_goes_from_a_line_to_relu():
    assert np.allclose(both(swish.configured(beta=0.0))[0], Z / 2)
    assert np.allclose(both(swish.configured(beta=1000.0))[0], np.maximum(Z, 0))
    assert both(swish)[1][0, 3] == 0.5


def test_mish_by_hand():
    # z = 1: softplus = ln(1 + e) = 1.3132617, its tanh = 0.8650984
    assert both(mish, np.array([[1.0]]))[0][0, 0] == pytest.approx(0.8650983883, abs=1e-9)
    assert both(mish)[0][0] == pytest.approx([z * math.tanh(math.log1p(math.exp(z))) for z in Z[0]], abs=1e-12)
    assert both(mish)[1][0, 3] == pytest.approx(0.6)  # tanh(ln 2) = 3/5
    lowest = np.linspace(-3, 0, 3001)[None]
    assert both(mish, lowest)[0].min() == pytest.approx(-0.30884, abs=1e-5)


@pytest.mark.parametrize(("activation", "name"), [(swish, "silu"), (mish, "mish")])
def test_torch_agrees(activation, name):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    z = np.linspace(-20, 20, 41)[None]
    theirs = torch.tensor(z, requires_grad=True)
    a = getattr(torch.nn.functional, name)(theirs)
    a.sum().backward()
    ours, slope = both(activation, z)
    assert np.allclose(ours, a.detach(), rtol=1e-12)
    assert np.allclose(slope, theirs.grad, rtol=1e-10, atol=1e-14)


def test_an_experiment_file_can_set_beta():
    registry = load_registry()
    assert registry.owner("activation", "swish") == "tui_nn_swish"
    assert registry.create("activation", {"kind": "swish", "beta": 2.0}).settings == {"beta": 2.0}
