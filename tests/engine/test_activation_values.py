"""Values of activations that are known: at 0, at 1, and where a definition fixes them."""

from __future__ import annotations

import math

import numpy as np
import pytest


@pytest.mark.parametrize(
    ("name", "z", "value"),
    [
        ("identity", -3, -3),
        ("sigmoid", 0, 0.5),
        ("sigmoid", 1, 1 / (1 + math.exp(-1))),
        ("tanh", 1, math.tanh(1)),
        ("relu", -2, 0),
        ("relu", 2, 2),
        ("leaky_relu", -2, -0.2),
        ("elu", -1, math.exp(-1) - 1),
        ("scaled_tanh", 1, 1.0),  # by design f(1) = 1
        ("selu", 1, 1.0507009873554805),
        ("selu", -1, 1.0507009873554805 * 1.6732632423543772 * (math.exp(-1) - 1)),
        ("softplus", 0, math.log(2)),
        ("silu", 1, 1 / (1 + math.exp(-1))),
        ("gelu", 1, 0.5 * (1 + math.erf(1 / math.sqrt(2)))),  # the exact form; the tanh form is near it
    ],
)
def test_known_values(registry, name, z, value):
    a = np.empty((1, 1))
    registry.get("activation", name).forward(np.array([[float(z)]]), a)
    assert a[0, 0] == pytest.approx(value, abs=2e-4 if name in ("gelu", "scaled_tanh") else 1e-12)


def _sigmoid(z):
    return math.exp(z) / (1 + math.exp(z)) if z < 0 else 1 / (1 + math.exp(-z))


def _gelu(z):
    return z * _sigmoid(2 * math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)) if abs(z) < 50 else max(z, 0.0)


def _gelu_slope(z):
    if abs(z) >= 50:
        return float(z > 0)
    u = 2 * math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)
    return _sigmoid(u) + z * _sigmoid(u) * _sigmoid(-u) * 2 * math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * z * z)


SCALE, ALPHA = 1.0507009873554805, 1.6732632423543772
# name -> g and g' by Python's own functions, in float64.
FORMULAS = {
    "identity": (lambda z: z, lambda z: 1.0),
    "sigmoid": (_sigmoid, lambda z: _sigmoid(z) * _sigmoid(-z)),
    "tanh": (math.tanh, lambda z: 1 / math.cosh(z) ** 2 if abs(z) < 300 else 0.0),
    "relu": (lambda z: max(z, 0.0), lambda z: float(z > 0)),
    "leaky_relu": (lambda z: max(z, 0.1 * z), lambda z: 1.0 if z > 0 else 0.1),
    "elu": (lambda z: z if z > 0 else math.expm1(z), lambda z: 1.0 if z > 0 else math.exp(z)),
    "scaled_tanh": (
        lambda z: 1.7159 * math.tanh(2 * z / 3),
        lambda z: 1.7159 * 2 / 3 / math.cosh(2 * z / 3) ** 2 if abs(z) < 300 else 0.0,
    ),
    "selu": (
        lambda z: SCALE * (z if z > 0 else ALPHA * math.expm1(z)),
        lambda z: SCALE * (1.0 if z > 0 else ALPHA * math.exp(z)),
    ),
    "softplus": (lambda z: max(z, 0.0) + math.log1p(math.exp(-abs(z))), _sigmoid),
    "softsign": (lambda z: z / (1 + abs(z)), lambda z: 1 / (1 + abs(z)) ** 2),
    "silu": (lambda z: z * _sigmoid(z), lambda z: _sigmoid(z) + z * _sigmoid(z) * _sigmoid(-z)),
    "gelu": (_gelu, _gelu_slope),
}
POINTS = [
    sign * size for size in (1e-30, 1e-6, 0.1, 1, 2.5, 5, 8, 15, 17, 20, 40, 87, 89, 104, 1e3, 1e4) for sign in (-1, 1)
]


def test_every_activation_has_a_formula(registry):
    names = {one.name for one in registry.all("activation") if one.trainable and one.jacobian_product is None}
    assert names == set(FORMULAS)


@pytest.mark.parametrize("name", FORMULAS)
def test_float32_keeps_its_digits_far_out(registry, name):
    """Values to rounding down to the smallest normal number, e^-z off by an ulp of z. Slopes to rounding of 1."""
    eps, tiny = float(np.finfo(np.float32).eps), float(np.finfo(np.float32).tiny)
    activation, (function, slope) = registry.get("activation", name), FORMULAS[name]
    z = np.array([POINTS], np.float32)
    a, found = np.empty_like(z), np.empty_like(z)
    activation.forward(z, a)
    activation.backward(z, a, np.ones_like(z), found)
    exact = np.array([function(float(one)) for one in z[0]])
    size = np.maximum(np.abs(exact), tiny)
    assert (np.abs(a[0] - exact) <= tiny + eps * size * (4 + np.maximum(-np.log(size), 0))).all()
    assert found[0].tolist() == pytest.approx([slope(float(one)) for one in z[0]], abs=4 * eps, rel=4 * eps)


def test_softmax_is_a_distribution(registry):
    a = np.empty((3, 2))
    registry.get("activation", "softmax").forward(np.array([[1.0, 1000], [2, 1000], [3, 1000]]), a)
    assert a[:, 0].tolist() == pytest.approx([0.09003057, 0.24472847, 0.66524096])
    assert a[:, 1].tolist() == pytest.approx([1 / 3] * 3)
