"""All derivatives in one table, one operation a line.

Each line takes the upstream gradient g, the result y, the arguments and the keywords, and gives the gradient for
every argument (None where nothing flows). Sizes that broadcasting stretched are undone in one place, in `backward`.
Kinks are declared in `kinks`: |x| has derivative 0 at 0; maximum and minimum give all of the gradient to the second
argument at a tie, so that max(x, 0) has derivative 0 at 0, as ReLU does. Where there is no derivative, as of a^b with
respect to b for a negative a, it is NaN and never 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Operation = Callable[..., tuple[Any, ...]]

COMPARISONS = frozenset(
    [
        "less",
        "less_equal",
        "greater",
        "greater_equal",
        "equal",
        "not_equal",
        "isfinite",
        "isnan",
        "isinf",
        "sign",
        "logical_and",
        "logical_or",
        "logical_not",
        "signbit",
        "floor",
        "ceil",
        "rint",
    ]
)


def _expanded(value: Any, axis: Any, keepdims: bool, shape: tuple[int, ...]) -> Any:
    """A reduced value, back to as many axes as before the reduction."""
    if axis is not None and not keepdims:
        axes = axis if isinstance(axis, tuple) else (axis,)
        value = np.expand_dims(value, tuple(a % len(shape) for a in axes))
    return value


def _sum(g: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False, **_: Any) -> tuple[Any]:  # noqa: ARG001
    return (np.broadcast_to(_expanded(g, axis, keepdims, np.shape(x)), np.shape(x)),)


def _mean(g: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False, **_: Any) -> tuple[Any]:
    share = max(np.size(y), 1) / max(np.size(x), 1)
    return (np.broadcast_to(_expanded(g, axis, keepdims, np.shape(x)), np.shape(x)) * share,)


def _extreme(g: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False, **_: Any) -> tuple[Any]:
    """max and min route the gradient; equal winners share it."""
    shape = np.shape(x)
    winners = x == _expanded(y, axis, keepdims, shape)
    count = winners.sum(axis=axis, keepdims=True)
    return (_expanded(g, axis, keepdims, shape) * winners / count.astype(np.asarray(x).dtype),)


def _getitem(g: Any, y: Any, x: Any, index: Any) -> tuple[Any, None]:  # noqa: ARG001
    gradient = np.zeros_like(x)
    np.add.at(gradient, index, g)
    return gradient, None


def _matmul(g: Any, y: Any, a: Any, b: Any) -> tuple[Any, Any]:  # noqa: ARG001
    """A vector is a matrix of one row at the left, of one column at the right; stacks of matrices are broadcast."""
    row, column = np.ndim(a) == 1, np.ndim(b) == 1
    left, right = (a[None, :] if row else a), (b[:, None] if column else b)
    g = np.expand_dims(g, -1) if column else g
    g = np.expand_dims(g, -2) if row else g
    for_a, for_b = g @ np.swapaxes(right, -1, -2), np.swapaxes(left, -1, -2) @ g
    return (for_a[..., 0, :] if row else for_a), (for_b[..., 0] if column else for_b)


def _dot(g: Any, y: Any, a: Any, b: Any) -> tuple[Any, Any]:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return g * b, g * a
    if np.ndim(a) > 2 or np.ndim(b) > 2:
        raise ValueError("np.dot of more than two axes is not differentiated; use np.matmul")
    return _matmul(g, y, a, b)


def _power(g: Any, y: Any, a: Any, b: Any) -> tuple[Any, Any]:
    """d/da = b a^(b-1), which is 0 for b = 0. d/db = a^b log a, which is 0 for a = 0 < b.

    For a < 0 the power exists at single b only, and at 0^0 it jumps from 1 to 0: neither has a derivative along b.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        exponent = np.asarray(y) * np.log(a)
        zero = np.equal(a, 0)
        if zero.any():
            exponent = np.where(zero, np.where(np.greater(b, 0), 0, np.nan), exponent)
        base = np.where(np.equal(b, 0), 0 * np.asarray(a), b * np.power(a, np.where(np.equal(b, 0), 1, b) - 1))
    dtype = np.asarray(y).dtype
    return g * base.astype(dtype), g * exponent.astype(dtype)


def _clip(g: Any, y: Any, x: Any, low: Any = None, high: Any = None, **limits: Any) -> tuple[Any, None, None]:  # noqa: ARG001
    low, high = limits.get("a_min", limits.get("min", low)), limits.get("a_max", limits.get("max", high))
    inside = np.ones(np.shape(x), bool)
    inside &= True if low is None else x > low
    inside &= True if high is None else x < high
    return g * inside, None, None


def _transpose(g: Any, y: Any, x: Any, axes: Any = None) -> tuple[Any]:  # noqa: ARG001
    return (np.transpose(g, None if axes is None else np.argsort(axes)),)


def logistic(z: Any) -> Any:
    """1 / (1 + e^-z). By way of tanh it would not overflow either, but a small result would lose all its digits."""
    power = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, power) / (1 + power)


# fmt: off
DERIVATIVES: dict[str, Operation] = {
    "add":         lambda g, y, a, b: (g, g),
    "subtract":    lambda g, y, a, b: (g, -g),
    "multiply":    lambda g, y, a, b: (g * b, g * a),
    "divide":      lambda g, y, a, b: (g / b, -g * y / b),
    "true_divide": lambda g, y, a, b: (g / b, -g * y / b),
    "power":       _power,
    "float_power": _power,
    "maximum":     lambda g, y, a, b: (g * (a > b), g * (a <= b)),
    "minimum":     lambda g, y, a, b: (g * (a < b), g * (a >= b)),
    "negative":    lambda g, y, x: (-g,),
    "positive":    lambda g, y, x: (g,),
    "absolute":    lambda g, y, x: (g * np.sign(x),),
    "fabs":        lambda g, y, x: (g * np.sign(x),),
    "reciprocal":  lambda g, y, x: (-g * y * y,),
    "square":      lambda g, y, x: (2 * g * x,),
    "sqrt":        lambda g, y, x: (g / (2 * y),),
    "cbrt":        lambda g, y, x: (g / (3 * y * y),),
    "exp":         lambda g, y, x: (g * y,),
    "exp2":        lambda g, y, x: (g * y * float(np.log(2)),),
    "expm1":       lambda g, y, x: (g * (y + 1),),
    "log":         lambda g, y, x: (g / x,),
    "log2":        lambda g, y, x: (g / (x * float(np.log(2))),),
    "log10":       lambda g, y, x: (g / (x * float(np.log(10))),),
    "log1p":       lambda g, y, x: (g / (1 + x),),
    "logaddexp":   lambda g, y, a, b: (g * np.exp(a - y), g * np.exp(b - y)),
    "sin":         lambda g, y, x: (g * np.cos(x),),
    "cos":         lambda g, y, x: (-g * np.sin(x),),
    "tan":         lambda g, y, x: (g * (1 + y * y),),
    "arctan":      lambda g, y, x: (g / (1 + x * x),),
    "sinh":        lambda g, y, x: (g * np.cosh(x),),
    "cosh":        lambda g, y, x: (g * np.sinh(x),),
    "tanh":        lambda g, y, x: (g * (1 - y * y),),
    "arcsinh":     lambda g, y, x: (g / np.sqrt(x * x + 1),),
    "sigmoid":     lambda g, y, x: (g * y * logistic(-x),),
    "softplus":    lambda g, y, x: (g * logistic(x),),
    "where":       lambda g, y, c, a, b: (None, g * np.asarray(c, bool), g * ~np.asarray(c, bool)),
    "clip":        _clip,
    "sum":         _sum,
    "mean":        _mean,
    "max":         _extreme,
    "amax":        _extreme,
    "min":         _extreme,
    "amin":        _extreme,
    "matmul":      _matmul,
    "dot":         _dot,
    "getitem":     _getitem,
    "reshape":     lambda g, y, x, *_, **__: (np.reshape(g, np.shape(x)),),
    "ravel":       lambda g, y, x, *_, **__: (np.reshape(g, np.shape(x)),),
    "squeeze":     lambda g, y, x, *_, **__: (np.reshape(g, np.shape(x)),),
    "expand_dims": lambda g, y, x, *_, **__: (np.reshape(g, np.shape(x)),),
    "transpose":   _transpose,
    "broadcast_to": lambda g, y, x, *_, **__: (g,),
    "astype":      lambda g, y, x, _: (np.asarray(g).astype(np.asarray(x).dtype), None),
}
# fmt: on
