"""Initialisers: weights large enough for signals to get through, small enough for units not to saturate."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tui_nn.plugin import Initialiser, initialiser

Array = np.ndarray[Any, np.dtype[Any]]


@initialiser
def glorot_uniform(random: np.random.Generator, fan_in: int, fan_out: int) -> Array:
    """U(-e, e) with e = sqrt(6 / (fan-in + fan-out)), for sigmoid and tanh (Glorot and Bengio, 2010)."""
    bound = math.sqrt(6 / (fan_in + fan_out))
    return random.uniform(-bound, bound, (fan_out, fan_in))


@initialiser
def he_normal(random: np.random.Generator, fan_in: int, fan_out: int) -> Array:
    """N(0, sqrt(2 / fan-in)), for ReLU and its kin (He et al., 2015)."""
    return random.normal(0, math.sqrt(2 / fan_in), (fan_out, fan_in))


@initialiser
def glorot_normal(random: np.random.Generator, fan_in: int, fan_out: int) -> Array:
    """N(0, sqrt(2 / (fan-in + fan-out))), for sigmoid and tanh (Glorot and Bengio, 2010)."""
    return random.normal(0, math.sqrt(2 / (fan_in + fan_out)), (fan_out, fan_in))


@initialiser
def he_uniform(random: np.random.Generator, fan_in: int, fan_out: int) -> Array:
    """U(-e, e) with e = sqrt(6 / fan-in), for ReLU and its kin (He et al., 2015)."""
    bound = math.sqrt(6 / fan_in)
    return random.uniform(-bound, bound, (fan_out, fan_in))


@initialiser
def lecun_normal(random: np.random.Generator, fan_in: int, fan_out: int) -> Array:
    """N(0, 1 / sqrt(fan-in)), for SELU, and what Nielsen's book uses (LeCun et al., 1998)."""
    return random.normal(0, math.sqrt(1 / fan_in), (fan_out, fan_in))


@initialiser
def lecun_uniform(random: np.random.Generator, fan_in: int, fan_out: int) -> Array:
    """U(-e, e) with e = sqrt(3 / fan-in) (LeCun et al., 1998)."""
    bound = math.sqrt(3 / fan_in)
    return random.uniform(-bound, bound, (fan_out, fan_in))


@initialiser
def normal(random: np.random.Generator, fan_in: int, fan_out: int, sigma: float = 0.1) -> Array:
    """N(0, sigma), the same for every layer."""
    return random.normal(0, sigma, (fan_out, fan_in))


@initialiser
def uniform(random: np.random.Generator, fan_in: int, fan_out: int, epsilon: float = 0.12) -> Array:
    """U(-epsilon, epsilon), the same for every layer, as on the slides."""
    return random.uniform(-epsilon, epsilon, (fan_out, fan_in))


@initialiser
def zeros(random: np.random.Generator, fan_in: int, fan_out: int) -> Array:  # noqa: ARG001
    """All zero: shows why weights are drawn at random, since units that start equal stay equal."""
    return np.zeros((fan_out, fan_in))


INITIALISERS: list[Initialiser] = [
    glorot_uniform,
    glorot_normal,
    he_uniform,
    he_normal,
    lecun_uniform,
    lecun_normal,
    normal,
    uniform,
    zeros,
]
