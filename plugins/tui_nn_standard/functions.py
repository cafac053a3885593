"""Functions of one input, sampled from -2 to 2, for a network with one hidden layer to approximate."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from tui_nn.plugin import Dataset, DatasetSource, dataset, stream

Array = np.ndarray[Any, np.dtype[Any]]

ENDS = -2.0, 2.0


def _sampled(name: str, function: Callable[[Array], Array], samples: int, noise: float, seed: int) -> Dataset:
    random = stream(seed, f"data/{name}")
    x = random.uniform(*ENDS, (samples, 1))
    y = function(x) + noise * random.standard_normal((samples, 1))
    return Dataset(name, x, y, features=("x",), targets=("y",), function=function)


def _sine(frequency: float, x: Array) -> Array:
    values: Array = np.sin(frequency * x)
    return values


def _steps(count: int, x: Array) -> Array:
    low, high = ENDS
    stairs = np.minimum(np.floor((x - low) / (high - low) * count), count - 1)
    values: Array = stairs / max(1, count - 1)
    return values


@dataset
def sine(samples: int = 200, frequency: float = 3.0, noise: float = 0.0, seed: int = 0) -> Dataset:
    """y = sin(frequency x) for x from -2 to 2, with Gaussian noise of deviation `noise`."""
    return _sampled("sine", partial(_sine, frequency), samples, noise, seed)


@dataset
def steps(samples: int = 200, count: int = 4, noise: float = 0.0, seed: int = 0) -> Dataset:
    """Stairs of `count` levels from 0 to 1 for x from -2 to 2, with Gaussian noise of deviation `noise`."""
    return _sampled("steps", partial(_steps, count), samples, noise, seed)


DATASETS: list[DatasetSource] = [sine, steps]
