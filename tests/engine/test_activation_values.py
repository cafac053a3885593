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


def test_softmax_is_a_distribution(registry):
    a = np.empty((3, 2))
    registry.get("activation", "softmax").forward(np.array([[1.0, 1000], [2, 1000], [3, 1000]]), a)
    assert a[:, 0].tolist() == pytest.approx([0.09003057, 0.24472847, 0.66524096])
    assert a[:, 1].tolist() == pytest.approx([1 / 3] * 3)
