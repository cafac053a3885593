"""Initializers: weights large enough for signals to get through, small enough for units not to saturate."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tui_nn.plugin import Initializer, initializer

Array = np.ndarray[Any, np.dtype[Any]]


@initializer
def glorot_uniform(random: np.random.Generator, fan_in: int, fan_out: int) -> Array:
    """Uniform, for sigmoid and tanh: signals keep their size forwards and backwards.

    Formula: U(-e, e) with e = sqrt(6 / (fan-in + fan-out))
    Reference: Glorot and Bengio (2010)
    """
    bound = math.sqrt(6 / (fan_in + fan_out))
    return random.uniform(-bound, bound, (fan_out, fan_in))


@initializer
def he_normal(random: np.random.Generator, fan_in: int, fan_out: int) -> Array:
    """Normal, for ReLU and its relatives: compensates for the half that ReLU cuts off.

    Formula: N(0, sqrt(2 / fan-in))
    Reference: He et al. (2015)
    """
    return random.normal(0, math.sqrt(2 / fan_in), (fan_out, fan_in))


@initializer
def glorot_normal(random: np.random.Generator, fan_in: int, fan_out: int) -> Array:
    """Normal, for sigmoid and tanh: signals keep their size forwards and backwards.

    Formula: N(0, sqrt(2 / (fan-in + fan-out)))
    Reference: Glorot and Bengio (2010)
    """
    return random.normal(0, math.sqrt(2 / (fan_in + fan_out)), (fan_out, fan_in))


@initializer
def he_uniform(random: np.random.Generator, fan_in: int, fan_out: int) -> Array:
    """Uniform, for ReLU and its relatives.

    Formula: U(-e, e) with e = sqrt(6 / fan-in)
    Reference: He et al. (2015)
    """
    bound = math.sqrt(6 / fan_in)
    return random.uniform(-bound, bound, (fan_out, fan_in))


@initializer
def lecun_normal(random: np.random.Generator, fan_in: int, fan_out: int) -> Array:
    """Normal, for SELU: a unit's z has variance 1 if its inputs do.

    Formula: N(0, 1 / sqrt(fan-in))
    Reference: LeCun et al. (1998)
    """
    return random.normal(0, math.sqrt(1 / fan_in), (fan_out, fan_in))


@initializer
def lecun_uniform(random: np.random.Generator, fan_in: int, fan_out: int) -> Array:
    """Uniform with the same variance as lecun_normal.

    Formula: U(-e, e) with e = sqrt(3 / fan-in)
    Reference: LeCun et al. (1998)
    """
    bound = math.sqrt(3 / fan_in)
    return random.uniform(-bound, bound, (fan_out, fan_in))


@initializer
def normal(random: np.random.Generator, fan_in: int, fan_out: int, sigma: float = 0.1) -> Array:
    """Normal, the same for every layer.

    Formula: N(0, sigma)
    """
    return random.normal(0, sigma, (fan_out, fan_in))


@initializer
def uniform(random: np.random.Generator, fan_in: int, fan_out: int, epsilon: float = 0.12) -> Array:
    """Uniform, the same for every layer, as on the slides.

    Formula: U(-epsilon, epsilon)
    """
    return random.uniform(-epsilon, epsilon, (fan_out, fan_in))


@initializer
def zeros(random: np.random.Generator, fan_in: int, fan_out: int) -> Array:
    """All zero. Shows why weights are drawn at random: units that start equal stay equal.

    Formula: 0
    """
    return np.zeros((fan_out, fan_in))


@initializer
def orthogonal(random: np.random.Generator, fan_in: int, fan_out: int, gain: float = 1.0) -> Array:
    """Orthogonal rows (or columns, whichever are fewer) of length `gain`, for deep networks.

    Formula: gain Q, from the QR decomposition of a matrix of N(0, 1), signs fixed by R's diagonal
    Reference: Saxe, McClelland and Ganguli (2014)
    """
    tall = random.normal(size=(max(fan_in, fan_out), min(fan_in, fan_out)))
    q, r = np.linalg.qr(tall)
    q *= gain * np.where(np.diag(r) < 0, -1.0, 1.0)
    return q if fan_out >= fan_in else q.T


@initializer
def nielsen(random: np.random.Generator, fan_in: int, fan_out: int, large: bool = False) -> Array:
    """Nielsen's: weights of deviation 1 / sqrt(fan-in), biases of deviation 1. `large`: weights of deviation 1 too.

    Formula: weights N(0, 1 / sqrt(fan-in)), biases N(0, 1)
    Reference: Nielsen (2015), Neural Networks and Deep Learning, chapter 3
    """
    theta = random.normal(size=(fan_out, fan_in + 1))
    if not large:
        theta[:, 1:] /= math.sqrt(fan_in)
    return theta


INITIALIZERS: list[Initializer] = [
    glorot_uniform,
    glorot_normal,
    he_uniform,
    he_normal,
    lecun_uniform,
    lecun_normal,
    normal,
    uniform,
    zeros,
    orthogonal,
    nielsen,
]
