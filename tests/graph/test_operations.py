"""Every operation of the graph: 1,000 random cases against centred differences, and PyTorch where it is installed.

Derivatives are compared in float64, to 1e-6 relative, away from kinks.
"""

from __future__ import annotations

import numpy as np
import pytest

from tui_nn.graph import KINKS, STANDARD, gradients, near_kink, sigmoid, softplus, variable, vjp
from tui_nn.graph.derivatives import DERIVATIVES

CASES = 1000
H = 1e-3
ANY, POSITIVE, APART = (-3.0, 3.0), (0.2, 4.0), (0.3, 3.0)

# name -> (function of numbers, an interval for each argument)
ELEMENTWISE = {
    "add": (np.add, ANY, ANY),
    "subtract": (np.subtract, ANY, ANY),
    "multiply": (np.multiply, ANY, ANY),
    "divide": (np.divide, ANY, APART),
    "power": (np.power, POSITIVE, ANY),
    "float_power": (np.float_power, POSITIVE, ANY),
    "maximum": (np.maximum, ANY, ANY),
    "minimum": (np.minimum, ANY, ANY),
    "negative": (np.negative, ANY),
    "positive": (np.positive, ANY),
    "absolute": (np.absolute, ANY),
    "fabs": (np.fabs, ANY),
    "reciprocal": (np.reciprocal, APART),
    "square": (np.square, ANY),
    "sqrt": (np.sqrt, POSITIVE),
    "cbrt": (np.cbrt, POSITIVE),
    "exp": (np.exp, ANY),
    "exp2": (np.exp2, ANY),
    "expm1": (np.expm1, ANY),
    "log": (np.log, POSITIVE),
    "log2": (np.log2, POSITIVE),
    "log10": (np.log10, POSITIVE),
    "log1p": (np.log1p, POSITIVE),
    "logaddexp": (np.logaddexp, ANY, ANY),
    "sin": (np.sin, ANY),
    "cos": (np.cos, ANY),
    "tan": (np.tan, (-1.2, 1.2)),
    "arctan": (np.arctan, ANY),
    "sinh": (np.sinh, ANY),
    "cosh": (np.cosh, ANY),
    "tanh": (np.tanh, ANY),
    "arcsinh": (np.arcsinh, ANY),
    "sigmoid": (sigmoid, ANY),
    "softplus": (softplus, ANY),
    "where": (lambda a, b: np.where(COIN, a, b * b), ANY, ANY),
    "clip": (lambda x: np.clip(x, -1.0, 2.0), ANY),
    "astype": (lambda x: x.astype(np.float64) * x if hasattr(x, "astype") else x * x, ANY),
}
COIN = np.random.default_rng(3).random(CASES) < 0.5

# name -> (function of arrays, shapes)
ARRAYS = {
    "sum": [
        (lambda x: np.sum(x * x), (3, 4)),
        (lambda x: np.sum(x * x, axis=-1), (3, 4)),
        (lambda x: x / (30 + np.sum(x, axis=(0, 2), keepdims=True)), (2, 3, 2)),
    ],
    "mean": [(lambda x: np.mean(x * x, axis=0), (3, 4)), (lambda x: x.mean() * x, (5,))],
    "max": [(lambda x: np.max(x, axis=1), (3, 4)), (lambda x: np.max(x, axis=0, keepdims=True) * x, (3, 2))],
    "amax": [(lambda x: np.amax(x) * x, (6,))],
    "min": [(lambda x: np.min(x, axis=0), (3, 4))],
    "amin": [(lambda x: np.amin(x, axis=-1), (3, 4))],
    "matmul": [
        (lambda a, b: a @ b, (3, 4), (4, 2)),
        (lambda a, b: a @ b, (4,), (4,)),
        (lambda a, b: a @ b, (4,), (4, 3)),
        (lambda a, b: a @ b, (3, 4), (4,)),
        (lambda a, b: a @ b, (2, 3, 4), (4, 2)),
        (lambda a, b: a @ b, (2, 1, 3, 4), (5, 4, 2)),
        (lambda a, b: a @ b, (4,), (2, 4, 3)),
        (lambda a, b: a @ b, (2, 3, 4), (4,)),
    ],
    "dot": [
        (lambda a, b: np.dot(a, b), (3, 4), (4, 2)),
        (lambda a, b: np.dot(a, b), (4,), (4,)),
        (lambda a, b: np.dot(a, b), (), (4,)),
    ],
    "getitem": [
        (lambda x: x[1] * x[:2], (3, 4)),
        (lambda x: x[[0, 0, 2]] * x, (3, 4)),
        (lambda x: x[..., None, 1:] * 2, (3, 4)),
        (lambda x: x[np.array([[True, False], [True, True]])], (2, 2)),
    ],
    "reshape": [(lambda x: np.reshape(x, (4, 3)) * x.reshape(4, 3), (3, 4))],
    "ravel": [(lambda x: np.ravel(x)[:5], (3, 4))],
    "squeeze": [(lambda x: np.squeeze(x, axis=1) * 2, (3, 1))],
    "expand_dims": [(lambda x: np.expand_dims(x, 0) * x, (3, 2))],
    "transpose": [(lambda x: x.T @ x, (3, 4)), (lambda x: np.transpose(x, (2, 0, 1))[1], (2, 3, 4))],
    "broadcast_to": [(lambda x: np.broadcast_to(x, (5, 2, 3))[1:3] * 2, (2, 3))],
    "broadcasting": [
        (lambda a, b: a * b + a, (3, 1), (1, 4)),
        (lambda a, b: a / (4 + b), (4,), (2, 3, 4)),
        (lambda a, b: np.maximum(a, b), (), (3, 2)),
    ],
}


def centred(function, x, step):
    """(f(x + h) - f(x - h)) / 2h for two h, the error of which cancels (Richardson): good to 1e-11 in float64."""
    near = (function(x + step) - function(x - step)) / 2
    far = (function(x + 2 * step) - function(x - 2 * step)) / 4
    return (4 * near - far) / 3


def agrees(found, expected):
    return np.abs(found - expected) <= 1e-6 * np.maximum(1, np.maximum(np.abs(found), np.abs(expected)))


def test_every_operation_is_here():
    assert set(DERIVATIVES) - {"true_divide"} == (set(ELEMENTWISE) | set(ARRAYS)) - {"broadcasting"}
    assert set(KINKS) <= set(DERIVATIVES)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_a_thousand_numbers_against_centred_differences(name):
    function, *intervals = ELEMENTWISE[name]
    random = np.random.default_rng(sum(map(ord, name)))
    arguments = [random.uniform(low, high, CASES) for low, high in intervals]
    upstream = random.normal(size=CASES)
    for which, x in enumerate(arguments):

        def of_one(value, which=which):
            return function(*arguments[:which], value, *arguments[which + 1 :])

        value, gradient = vjp(of_one, x, upstream)
        assert np.allclose(value, of_one(x), rtol=1e-15)
        smooth = ~near_kink(of_one, x, 2 * H)
        assert smooth.mean() > 0.98
        expected = centred(of_one, x, H) / H * upstream
        assert agrees(gradient, expected)[smooth].all(), x[~agrees(gradient, expected) & smooth]


@pytest.mark.slow
@pytest.mark.parametrize("name", ARRAYS)
def test_a_thousand_arrays_against_centred_differences(name):
    """Along a random direction each time: the whole gradient, for the price of two evaluations."""
    random = np.random.default_rng(sum(map(ord, name)))
    tried = 0
    for case in range(CASES):
        function, *shapes = ARRAYS[name][case % len(ARRAYS[name])]
        arguments = [random.uniform(-2, 2, shape) for shape in shapes]
        directions = [random.normal(size=shape) for shape in shapes]
        nodes = [variable(argument) for argument in arguments]
        output = function(*nodes)
        upstream = random.normal(size=output.shape)
        found = sum(np.sum(g * d) for g, d in zip(gradients(output, nodes, upstream), directions, strict=True))

        def along(t, function=function, arguments=arguments, directions=directions, upstream=upstream):
            moved = [a + t * d for a, d in zip(arguments, directions, strict=True)]
            return np.sum(function(*moved) * upstream)

        if near_kink(along, np.array(0.0), 2 * H):
            continue
        tried += 1
        expected = centred(along, 0.0, H) / H
        assert agrees(found, expected), (case, shapes)
    assert tried > 0.9 * CASES


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_float32_stays(name):
    if name in ("float_power", "astype"):
        pytest.skip("float64 by definition")
    function, *intervals = ELEMENTWISE[name]
    arguments = [np.linspace(low, high, CASES).astype(np.float32) for low, high in intervals]
    nodes = [variable(argument) for argument in arguments]
    output = function(*nodes)
    assert output.dtype == np.float32
    assert all(gradient.dtype == np.float32 for gradient in gradients(output, nodes))
    for operation in [STANDARD.operations[name]]:
        if name not in ("where", "clip"):
            parts = operation(np.ones(CASES, np.float32), output.value, *arguments)
            assert all(np.asarray(part).dtype == np.float32 for part in parts), "also on the way"


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_against_pytorch(name):
    torch = pytest.importorskip("torch")
    theirs = {
        "negative": torch.neg, "fabs": torch.abs, "arctan": torch.atan, "arcsinh": torch.asinh, "power": torch.pow,
        "softplus": torch.nn.functional.softplus, "clip": lambda x: torch.clamp(x, -1.0, 2.0),
        "where": lambda a, b: torch.where(torch.tensor(COIN), a, b * b), "astype": lambda x: x * x,
        "cbrt": lambda x: x ** (1 / 3),
    }  # fmt: skip
    function, *intervals = ELEMENTWISE[name]
    random = np.random.default_rng(1)
    arguments = [random.uniform(low, high, CASES) for low, high in intervals]
    nodes = [variable(argument) for argument in arguments]
    tensors = [torch.tensor(argument, requires_grad=True) for argument in arguments]
    other = theirs.get(name) or getattr(torch, name)
    other(*tensors).sum().backward()
    for ours, tensor in zip(gradients(function(*nodes), nodes), tensors, strict=True):
        assert np.allclose(ours, tensor.grad.numpy(), rtol=1e-12, atol=1e-12)


def test_kinks_are_found_where_they_are_and_nowhere_else():
    z = np.array([-2.0, -1e-4, 0.0, 1e-4, 1.0, 2.0])
    found = {
        "abs": abs,
        "relu": lambda z: np.maximum(z, 0),
        "mask": lambda z: z * (z > 0),
        "where": lambda z: np.where(z > 0, z, 0.1 * z),
        "astype": lambda z: (z > 0).astype(z.dtype) * z,
    }
    for function in found.values():
        assert near_kink(function, z, 1e-3).tolist() == [False, True, True, True, False, False]
    assert near_kink(lambda z: np.clip(z, -2, 1), z, 1e-3).tolist() == [True, False, False, False, True, False]
    assert not near_kink(lambda z: z * np.tanh(softplus(z)), z, 1e-3).any()
    assert not near_kink(lambda z: np.ones(6), z, 1e-3).any()
    assert near_kink(lambda z: z if z.max() > 2 else 2 * z, z, 1e-3).all(), "an if took the other branch"
    tie, direction = np.array([1.0, 1.0]), np.array([1e-3, 0.0])
    assert near_kink(lambda z: z - np.max(z), tie, direction).all()
    assert not near_kink(lambda z: z - np.max(z), tie + 5 * direction, direction).any()


def test_what_would_cut_the_gradient_off_is_refused():
    import math

    from tui_nn.graph import UnsupportedFunction

    def assigned(z):
        z[0] = 1

    for function, message in (
        (lambda z: np.asarray(z) + 1, "np.asarray"),
        (lambda z: math.exp(z), "math module"),
        (assigned, "np.where"),
    ):
        with pytest.raises(UnsupportedFunction, match=message):
            vjp(function, np.ones(1), np.ones(1))
    assert vjp(lambda z: np.where(z == 0, 5.0 * z, z), np.zeros(1), np.ones(1))[1] == 5, "== compares numbers"
