"""The activations of the lecture and their kin. z is (units, samples); `out` is where the result goes, if given.

Each derivative takes z and a = g(z), whichever makes it cheaper; where there is none the graph finds it. All are safe
at large |z| in float32.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tui_nn.plugin import Activation, activation
from tui_nn.plugin import sigmoid as stable_sigmoid
from tui_nn.plugin import softplus as stable_softplus

Array = np.ndarray[Any, np.dtype[Any]]


def _ones(z: Array, a: Array, out: Array | None = None) -> Array:  # noqa: ARG001
    out = np.empty_like(z) if out is None else out
    out.fill(1)
    return out


@activation(derivative=_ones)
def identity(z: Array, out: Array | None = None) -> Array:
    """Identity: a = z, for the outputs of a regression; g'(z) = 1."""
    return np.positive(z, out=out)


def _sigmoid_derivative(z: Array, a: Array, out: Array | None = None) -> Array:  # noqa: ARG001
    out = np.subtract(1, a, out=out)
    return np.multiply(out, a, out=out)


@activation(derivative=_sigmoid_derivative, range=(0.0, 1.0))
def sigmoid(z: Array, out: Array | None = None) -> Array:
    """Sigmoid: a = 1 / (1 + e^-z), between 0 and 1; g'(z) = a (1 - a)."""
    # By way of tanh, which does not overflow: 1 / (1 + e^-z) = (1 + tanh(z / 2)) / 2.
    out = np.multiply(z, 0.5, out=out)
    np.tanh(out, out=out)
    out += 1
    out *= 0.5
    return out


def _tanh_derivative(z: Array, a: Array, out: Array | None = None) -> Array:  # noqa: ARG001
    out = np.square(a, out=out)
    return np.subtract(1, out, out=out)


@activation(derivative=_tanh_derivative, range=(-1.0, 1.0))
def tanh(z: Array, out: Array | None = None) -> Array:
    """Tanh: a sigmoid between -1 and 1, centred on 0; g'(z) = 1 - a^2."""
    return np.tanh(z, out=out)


def _relu_derivative(z: Array, a: Array, out: Array | None = None) -> Array:  # noqa: ARG001
    if out is None:
        out = np.empty_like(z)
    return np.greater(z, 0, out=out, casting="unsafe")


@activation(derivative=_relu_derivative, range=(0.0, math.inf))
def relu(z: Array, out: Array | None = None) -> Array:
    """ReLU: a = max(0, z); g'(z) = 1 where z > 0, else 0 (a unit that is never above 0 is dead)."""
    return np.maximum(z, 0, out=out)


def _leaky_relu_derivative(z: Array, a: Array, slope: float = 0.1) -> Array:  # noqa: ARG001
    derivative: Array = np.where(z > 0, z.dtype.type(1), z.dtype.type(slope))
    return derivative


@activation(derivative=_leaky_relu_derivative)
def leaky_relu(z: Array, slope: float = 0.1, out: Array | None = None) -> Array:
    """Leaky ReLU: a = z where z > 0, else slope z; g'(z) = 1 or slope, never 0."""
    slopes: Array = np.where(z > 0, z.dtype.type(1), z.dtype.type(slope))
    return np.multiply(z, slopes, out=out)


def _elu_derivative(z: Array, a: Array, alpha: float = 1.0) -> Array:
    derivative: Array = np.where(z > 0, z.dtype.type(1), a + z.dtype.type(alpha))
    return derivative


@activation(derivative=_elu_derivative)
def elu(z: Array, alpha: float = 1.0) -> Array:
    """ELU: a = z where z > 0, else alpha (e^z - 1); g'(z) = 1 or a + alpha (Clevert et al., 2015)."""
    # The exponential sees no positive number, so it cannot overflow.
    return np.where(z > 0, z, z.dtype.type(alpha) * np.expm1(np.minimum(z, 0)))


def _scaled_tanh_derivative(z: Array, a: Array) -> Array:  # noqa: ARG001
    squashed = np.tanh(2 / 3 * z)
    derivative: Array = 1.7159 * 2 / 3 * (1 - squashed * squashed)
    return derivative


@activation(derivative=_scaled_tanh_derivative, range=(-1.7159, 1.7159))
def scaled_tanh(z: Array) -> Array:
    """Scaled tanh: a = 1.7159 tanh(2z/3), which maps -1 and 1 to themselves (LeCun et al., 1998)."""
    a: Array = 1.7159 * np.tanh(2 / 3 * z)
    return a


SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772


def _selu_derivative(z: Array, a: Array) -> Array:
    derivative: Array = np.where(z > 0, z.dtype.type(SELU_SCALE), a + z.dtype.type(SELU_SCALE * SELU_ALPHA))
    return derivative


@activation(derivative=_selu_derivative)
def selu(z: Array) -> Array:
    """SELU: 1.0507 ELU(z) with alpha 1.6733, keeps mean 0 and variance 1 (Klambauer et al., 2017)."""
    a: Array = SELU_SCALE * np.where(z > 0, z, SELU_ALPHA * np.expm1(np.minimum(z, 0)))
    return a


@activation(range=(0.0, math.inf))
def softplus(z: Array) -> Array:
    """Softplus: a = log(1 + e^z), a smooth ReLU; g'(z) is the sigmoid (Dugas et al., 2001)."""
    a: Array = stable_softplus(z)
    return a


@activation
def silu(z: Array) -> Array:
    """SiLU or swish: a = z sigmoid(z) (Elfwing et al., 2017; Ramachandran et al., 2017)."""
    a: Array = z * stable_sigmoid(z)
    return a


@activation
def gelu(z: Array) -> Array:
    """GELU in its tanh form: z times the share of a normal distribution below z (Hendrycks and Gimpel, 2016)."""
    a: Array = 0.5 * z * (1 + np.tanh(0.7978845608028654 * (z + 0.044715 * z * z * z)))
    return a


def _softmax_product(z: Array, a: Array, upstream: Array) -> Array:  # noqa: ARG001
    # J^T u for the Jacobian diag(a) - a a^T of each sample: every output depends on every z.
    product: Array = a * (upstream - (upstream * a).sum(axis=0))
    return product


@activation(jacobian_product=_softmax_product, range=(0.0, 1.0))
def softmax(z: Array, out: Array | None = None) -> Array:
    """Softmax: a_k = e^z_k / sum e^z, the outputs of a sample are probabilities that add up to 1."""
    # The largest z of a sample is taken off all of them: the result is the same, and nothing overflows.
    out = np.subtract(z, z.max(axis=0), out=out)
    np.exp(out, out=out)
    out /= out.sum(axis=0)
    return out


ACTIVATIONS: list[Activation] = [
    identity,
    sigmoid,
    tanh,
    relu,
    leaky_relu,
    elu,
    scaled_tanh,
    selu,
    softplus,
    silu,
    gelu,
    softmax,
]
