"""The activations of the lecture and their relatives. z is (units, samples); `out` receives the result, if given.

Each derivative takes z and a = g(z) and uses whichever is cheaper; the graph finds those that are missing. All are safe
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


# e^x is finite up to here. Arrays of no dimension, because numpy takes them twice as fast as Python's numbers.
LARGEST_EXPONENT: dict[str, Array] = {"f": np.array(88, np.float32), "d": np.array(709, np.float64)}
ONE: Array = np.array(1, np.float32)
HE = "he_normal"  # makes up for the half that a unit cuts off


def _ones(z: Array, a: Array, out: Array | None = None) -> Array:
    out = np.empty_like(z) if out is None else out
    out.fill(1)
    return out


def _zeros(z: Array, a: Array, out: Array | None = None) -> Array:
    out = np.empty_like(z) if out is None else out
    out.fill(0)
    return out


@activation(derivative=_zeros, range=(0.0, 1.0), trainable=False)
def step(z: Array, out: Array | None = None) -> Array:
    """Step: the neuron fires or not. Its slope is 0, so it cannot be trained: set the weights by hand.

    Formula: a = 1 where z >= 0, else 0
    Derivative: 0, and none at the jump
    Reference: McCulloch and Pitts (1943)
    """
    return np.greater_equal(z, 0, out=np.empty_like(z) if out is None else out, casting="unsafe")


@activation(derivative=_ones)
def identity(z: Array, out: Array | None = None) -> Array:
    """Identity: for the outputs of a regression, or for scores.

    Formula: a = z
    Derivative: 1
    """
    return np.positive(z, out=out)


def _sigmoid_derivative(z: Array, a: Array, out: Array | None = None) -> Array:
    out = np.subtract(ONE, a, out=out)
    return np.multiply(out, a, out=out)


@activation(derivative=_sigmoid_derivative, range=(0.0, 1.0))
def sigmoid(z: Array, out: Array | None = None) -> Array:
    """Sigmoid: squashes any number into (0, 1), as in logistic regression.

    Formula: a = 1 / (1 + e^-z)
    Derivative: a (1 - a)
    Reference: Rumelhart, Hinton and Williams (1986)
    """
    # e^-z is kept below what the type can hold. By way of tanh it would not overflow either, but take twice as long
    # and lose all digits of a small a.
    out = np.empty_like(z) if out is None else out
    np.negative(z, out=out)
    np.minimum(out, LARGEST_EXPONENT[z.dtype.char], out=out)
    np.exp(out, out=out)
    np.add(out, ONE, out=out)
    return np.reciprocal(out, out=out)


def _tanh_derivative(z: Array, a: Array, out: Array | None = None) -> Array:
    out = np.square(a, out=out)
    return np.subtract(ONE, out, out=out)


@activation(derivative=_tanh_derivative, range=(-1.0, 1.0))
def tanh(z: Array, out: Array | None = None) -> Array:
    """Tanh: a sigmoid between -1 and 1, centred on 0.

    Formula: a = tanh z
    Derivative: 1 - a^2
    Reference: LeCun et al. (1998)
    """
    return np.tanh(z, out=out)


def _relu_derivative(z: Array, a: Array, out: Array | None = None) -> Array:
    if out is None:
        out = np.empty_like(z)
    return np.greater(z, 0, out=out, casting="unsafe")


@activation(derivative=_relu_derivative, range=(0.0, math.inf), initializer=HE)
def relu(z: Array, out: Array | None = None) -> Array:
    """ReLU: nothing below 0; a unit whose z is never above 0 is dead.

    Formula: a = max(0, z)
    Derivative: 1 where z > 0, else 0
    Reference: Nair and Hinton (2010)
    """
    return np.maximum(z, 0, out=out)


def _leaky_relu_derivative(z: Array, a: Array, slope: float = 0.1, out: Array | None = None) -> Array:
    # 1 where z > 0, else slope, as slope + (1 - slope) [z > 0].
    out = np.greater(z, 0, out=np.empty_like(z) if out is None else out, casting="unsafe")
    out *= 1 - slope
    out += slope
    return out


@activation(derivative=_leaky_relu_derivative, initializer=HE)
def leaky_relu(z: Array, slope: float = 0.1, out: Array | None = None) -> Array:
    """Leaky ReLU: a small slope below 0, so that no unit dies.

    Formula: a = z where z > 0, else slope z
    Derivative: 1 where z > 0, else slope
    Reference: Maas, Hannun and Ng (2013)
    """
    out = np.multiply(z, slope, out=out)
    # The larger of z and slope z is z above 0, if the slope is below 1; else it is the other way round.
    return np.maximum(z, out, out=out) if slope <= 1 else np.minimum(z, out, out=out)


def _elu_derivative(z: Array, a: Array, alpha: float = 1.0) -> Array:
    derivative: Array = np.where(z > 0, z.dtype.type(1), a + z.dtype.type(alpha))
    return derivative


@activation(derivative=_elu_derivative, initializer=HE)
def elu(z: Array, alpha: float = 1.0) -> Array:
    """ELU: a ReLU that bends to -alpha below 0.

    Formula: a = z where z > 0, else alpha (e^z - 1)
    Derivative: 1 where z > 0, else a + alpha
    Range: -alpha to inf
    Reference: Clevert, Unterthiner and Hochreiter (2015)
    """
    # The exponential sees no positive number, so it cannot overflow.
    return np.where(z > 0, z, z.dtype.type(alpha) * np.expm1(np.minimum(z, 0)))


def _scaled_tanh_derivative(z: Array, a: Array) -> Array:
    squashed = np.tanh(2 / 3 * z)
    derivative: Array = 1.7159 * 2 / 3 * (1 - squashed * squashed)
    return derivative


@activation(derivative=_scaled_tanh_derivative, range=(-1.7159, 1.7159), targets=(-1.0, 1.0))
def scaled_tanh(z: Array) -> Array:
    """Scaled tanh: maps -1 and 1 to themselves, where its curvature is largest.

    Formula: a = 1.7159 tanh(2z/3)
    Derivative: 1.1439 (1 - tanh^2(2z/3))
    Reference: LeCun et al. (1998), Efficient BackProp, sections 4.4 and 4.5
    """
    a: Array = 1.7159 * np.tanh(2 / 3 * z)
    return a


SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772


def _selu_derivative(z: Array, a: Array) -> Array:
    derivative: Array = np.where(z > 0, z.dtype.type(SELU_SCALE), a + z.dtype.type(SELU_SCALE * SELU_ALPHA))
    return derivative


@activation(derivative=_selu_derivative, initializer=HE)
def selu(z: Array) -> Array:
    """SELU: an ELU that keeps mean 0 and variance 1 from layer to layer.

    Formula: a = 1.0507 z where z > 0, else 1.0507 x 1.6733 (e^z - 1)
    Derivative: 1.0507 where z > 0, else a + 1.7581
    Range: -1.7581 to inf
    Reference: Klambauer et al. (2017)
    """
    a: Array = SELU_SCALE * np.where(z > 0, z, SELU_ALPHA * np.expm1(np.minimum(z, 0)))
    return a


@activation(range=(0.0, math.inf), initializer=HE)
def softplus(z: Array) -> Array:
    """Softplus: a smooth ReLU.

    Formula: a = log(1 + e^z)
    Derivative: 1 / (1 + e^-z)
    Reference: Dugas et al. (2001)
    """
    a: Array = stable_softplus(z)
    return a


def _softsign_derivative(z: Array, a: Array) -> Array:
    derivative: Array = 1 / np.square(1 + np.abs(z))
    return derivative


@activation(derivative=_softsign_derivative, range=(-1.0, 1.0))
def softsign(z: Array) -> Array:
    """Softsign: a gentler tanh that approaches its limits like 1/z.

    Formula: a = z / (1 + |z|)
    Derivative: 1 / (1 + |z|)^2
    Reference: Turian, Bergstra and Bengio (2009)
    """
    a: Array = z / (1 + np.abs(z))
    return a


@activation(initializer=HE)
def silu(z: Array) -> Array:
    """SiLU, or swish: z times its own sigmoid.

    Formula: a = z / (1 + e^-z)
    Derivative: s + z s (1 - s) with s = 1 / (1 + e^-z)
    Range: -0.2785 to inf
    Reference: Elfwing, Uchibe and Doya (2017); Ramachandran, Zoph and Le (2017)
    """
    a: Array = z * stable_sigmoid(z)
    return a


@activation(initializer=HE)
def gelu(z: Array) -> Array:
    """GELU in its tanh form: z times the share of the normal distribution below z.

    Formula: a = z (1 + tanh(0.7979 (z + 0.044715 z^3))) / 2
    Range: -0.1700 to inf
    Reference: Hendrycks and Gimpel (2016)
    """
    # (1 + tanh u) / 2 is the sigmoid of 2u, which keeps its digits far below 0.
    a: Array = z * stable_sigmoid(2 * 0.7978845608028654 * (z + 0.044715 * z * z * z))
    return a


def _softmax_product(z: Array, a: Array, upstream: Array) -> Array:
    # J^T u for the Jacobian diag(a) - a a^T of each sample: every output depends on every z.
    product: Array = a * (upstream - (upstream * a).sum(axis=0))
    return product


@activation(jacobian_product=_softmax_product, range=(0.0, 1.0))
def softmax(z: Array, out: Array | None = None) -> Array:
    """Softmax: the outputs for a sample are probabilities that add up to 1.

    Formula: a_k = e^z_k / sum_j e^z_j
    Derivative: a_k ([k = j] - a_j)
    Reference: Bridle (1990)
    """
    # The largest z of a sample is taken off all of them: the result is the same, and nothing overflows.
    out = np.subtract(z, np.maximum.reduce(z, axis=0), out=out)
    np.exp(out, out=out)
    out /= np.add.reduce(out, axis=0)
    return out


ACTIVATIONS: list[Activation] = [
    step,
    identity,
    sigmoid,
    tanh,
    relu,
    leaky_relu,
    elu,
    scaled_tanh,
    selu,
    softplus,
    softsign,
    silu,
    gelu,
    softmax,
]
