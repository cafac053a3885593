"""The graph: each operation against centred differences, and the lecture's circuits by their numbers."""

from __future__ import annotations

import numpy as np
import pytest

from tui_nn.graph import UnsupportedFunction, gradients, sigmoid, softplus, variable, vjp


def difference(function, z, upstream, h=1e-6):
    gradient = np.empty_like(z)
    for index in np.ndindex(z.shape):
        above, below = z.copy(), z.copy()
        above[index] += h
        below[index] -= h
        gradient[index] = np.sum((function(above) - function(below)) * upstream) / (2 * h)
    return gradient


FUNCTIONS = {
    "add and subtract": lambda z: 3 + z - z * 0.5 - (1 - z),
    "divide": lambda z: z / (2 + z * z) + 1 / (3 + z * z),
    "power": lambda z: z**3 + (z * z + 1) ** 0.5 + 2**z,
    "power by a node": lambda z: (z * z + 1) ** z,
    "exp, log": lambda z: np.exp(z) + np.log(z * z + 1) + np.log1p(z * z) + np.expm1(z),
    "roots": lambda z: np.sqrt(z * z + 1) + np.square(z) + np.reciprocal(z * z + 1),
    "trigonometry": lambda z: np.sin(z) * np.cos(z) + np.arctan(z) + np.sinh(z) / np.cosh(z),
    "tanh, sigmoid, softplus": lambda z: np.tanh(z) + sigmoid(z) + softplus(z),
    "where": lambda z: np.where(z > 0, z, 0.1 * z),
    "clip": lambda z: np.clip(z, -0.5, 0.5),
    "maximum, minimum": lambda z: np.maximum(z, 0.1) + np.minimum(z * 2, 0.3),
    "abs": lambda z: abs(z) + np.abs(z) * z,
    "sum over an axis": lambda z: z * z.sum(axis=0) + np.sum(z, axis=1, keepdims=True),
    "mean": lambda z: z - np.mean(z, axis=0) + np.mean(z),
    "max over an axis": lambda z: z - np.max(z, axis=0),
    "matmul": lambda z: z @ np.arange(8.0).reshape(4, 2) @ np.ones((2, 4)),
    "transpose and reshape": lambda z: (z.T * 2).T + z.reshape(12).reshape((3, 4)),
    "indexing": lambda z: z[0] + z[[0, 2]].sum(axis=0) + z * z[1:2],
    "broadcasting": lambda z: z * np.array([1.0, 2, 3, 4]) + np.array([[1.0], [2], [3]]) * z,
    "softsign": lambda z: z / (1 + abs(z)),
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=0),
    "mish": lambda z: z * np.tanh(softplus(z)),
    "gelu": lambda z: 0.5 * z * (1 + np.tanh(0.7978845608 * (z + 0.044715 * z**3))),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_against_centred_differences(name):
    function = FUNCTIONS[name]
    z = np.random.default_rng(7).normal(size=(3, 4))
    expected = function(z)
    upstream = np.random.default_rng(8).normal(size=expected.shape)
    value, gradient = vjp(function, z, upstream)
    assert np.allclose(value, expected, rtol=1e-14)
    assert np.allclose(gradient, difference(function, z, upstream), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_float32_is_kept(name):
    if name in ("matmul", "broadcasting"):
        pytest.skip("its constants are float64 arrays")
    z = np.random.default_rng(7).normal(size=(3, 4)).astype(np.float32)
    value, gradient = vjp(FUNCTIONS[name], z, np.ones_like(FUNCTIONS[name](z)))
    assert value.dtype == gradient.dtype == np.float32


def test_lecture_product_of_a_sum():
    x, y, z = variable(-2.0), variable(5.0), variable(-4.0)
    assert [float(g) for g in gradients((x + y) * z, [x, y, z])] == [-4, -4, 3]


def test_lecture_sigmoid_neuron():
    """w = (2, -3, -3), x = (-1, -2): f = 0.73; the gradients of the slides to two digits."""
    w0, x0, w1, x1, w2 = map(variable, (2.0, -1.0, -3.0, -2.0, -3.0))
    f = 1 / (1 + np.exp(-(w0 * x0 + w1 * x1 + w2)))
    assert round(float(f.value), 2) == 0.73
    found = [round(float(g), 2) for g in gradients(f, [w0, x0, w1, x1, w2])]
    assert found == [-0.20, 0.39, -0.39, -0.59, 0.20]


def test_lecture_quotient():
    """f = (x + s(y)) / (s(x) + (x + y)^2) at (3, -4), with the published values (cs231n)."""
    x, y = variable(3.0), variable(-4.0)
    f = (x + sigmoid(y)) / (sigmoid(x) + (x + y) ** 2)
    assert float(f.value) == pytest.approx(1.5456448841066441)
    assert [float(g) for g in gradients(f, [x, y])] == pytest.approx([2.0595697955721652, 1.5922327514838093])


def test_branches_add_up_and_running_twice_is_safe():
    x = variable(3.0)
    f = x * x + 2 * x
    assert gradients(f, [x])[0] == gradients(f, [x])[0] == 8


def test_a_deep_graph_needs_no_recursion():
    x = variable(1.0)
    f = x
    for _ in range(10_000):
        f = f + 1
    assert gradients(f, [x])[0] == 1


def test_kinks_have_the_derivatives_that_are_documented():
    z = np.zeros(1)
    for function, expected in ((abs, 0), (lambda z: np.maximum(z, 0), 0), (lambda z: np.maximum(0, z), 1)):
        assert vjp(function, z, np.ones(1))[1] == expected


def test_safe_primitives_are_finite_where_the_textbook_form_is_not():
    z = np.array([-100, 100], np.float32)
    for function in (sigmoid, softplus):
        assert all(np.isfinite(part).all() for part in vjp(function, z, np.ones_like(z)))


def test_an_unknown_function_says_what_is_known():
    with pytest.raises(UnsupportedFunction, match=r"no derivative for numpy's 'arcsin'.*derivative="):
        vjp(np.arcsin, np.zeros(2), np.ones(2))
    with pytest.raises(UnsupportedFunction, match="with out="):
        vjp(lambda z: np.exp(z, out=np.empty(2)), np.zeros(2), np.ones(2))


def test_a_constant_has_no_gradient():
    assert not vjp(lambda z: np.ones(2), np.zeros(2), np.ones(2))[1].any()
