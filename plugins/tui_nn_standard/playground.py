"""The four data sets in the plane from TensorFlow Playground, by formula.

Class 1 is Playground's label +1 (blue), class 0 its -1 (orange). `noise` is its slider, 0 to 0.5. Noise affects
the label in `circle` and `exclusive_or` (the point is stored where it was), and the point in `gauss` and `spiral`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.plugin import Dataset, DatasetSource, dataset, stream

Array = np.ndarray[Any, np.dtype[Any]]

RADIUS = 5.0


def _plane(name: str, x: Array, positive: Array) -> Dataset:
    return Dataset(name, x.astype(np.float32), positive.astype(np.intp), ("-1", "+1"), ("x1", "x2"))


@dataset
def circle(samples: int = 500, noise: float = 0.0, seed: int = 0) -> Dataset:
    """A disc of one class inside a ring of the other (TensorFlow Playground's circle)."""
    random = stream(seed, "data/circle")
    inner = samples // 2
    radius = np.concatenate(
        [random.uniform(0, RADIUS / 2, inner), random.uniform(0.7 * RADIUS, RADIUS, samples - inner)]
    )
    angle = random.uniform(0, 2 * np.pi, samples)
    x = np.column_stack([radius * np.sin(angle), radius * np.cos(angle)])
    moved = x + random.uniform(-RADIUS, RADIUS, x.shape) * noise
    return _plane("circle", x, np.hypot(moved[:, 0], moved[:, 1]) < RADIUS / 2)


@dataset
def exclusive_or(samples: int = 500, noise: float = 0.0, seed: int = 0) -> Dataset:
    """Four quadrants, opposite ones in the same class (TensorFlow Playground's exclusive or)."""
    random = stream(seed, "data/exclusive_or")
    x = random.uniform(-RADIUS, RADIUS, (samples, 2))
    x += np.where(x > 0, 0.3, -0.3)  # a gap along the axes
    moved = x + random.uniform(-RADIUS, RADIUS, x.shape) * noise
    return _plane("exclusive_or", x, moved[:, 0] * moved[:, 1] >= 0)


@dataset
def gauss(samples: int = 500, noise: float = 0.0, seed: int = 0) -> Dataset:
    """Two Gaussian clouds, at (2, 2) and (-2, -2) (TensorFlow Playground's Gaussian)."""
    random = stream(seed, "data/gauss")
    variance = 0.5 + 7 * noise  # 0.5 without noise, 4 at 0.5
    positive = np.arange(samples) < samples // 2
    centre = np.where(positive, 2.0, -2.0)[:, None]
    return _plane("gauss", random.normal(0, np.sqrt(variance), (samples, 2)) + centre, positive)


@dataset
def spiral(samples: int = 500, noise: float = 0.0, seed: int = 0) -> Dataset:
    """Two spirals wound into each other (TensorFlow Playground's spiral)."""
    random = stream(seed, "data/spiral")
    half = samples // 2
    part = np.arange(half) / half
    arms = []
    for turn in (0.0, np.pi):
        angle = 1.75 * 2 * np.pi * part + turn
        arms.append(5 * part[:, None] * np.column_stack([np.sin(angle), np.cos(angle)]))
    x = np.concatenate(arms) + random.uniform(-1, 1, (2 * half, 2)) * noise
    return _plane("spiral", x, np.arange(2 * half) < half)


DATASETS: list[DatasetSource] = [circle, exclusive_or, gauss, spiral]
