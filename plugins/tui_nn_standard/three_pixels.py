"""Five samples of three pixels in two classes: small enough to send through a network by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.plugin import Dataset, DatasetSource, dataset

X = [[0.1, 0.5, 0.9], [0.8, 0.2, 0.4], [0.3, 0.9, 0.6], [1.0, 0.7, 0.0], [0.0, 0.4, 1.0]]


@dataset(name="three_pixels")
def three_pixels() -> Dataset:
    """Five samples of three pixels: class 1 if the last is brighter than the first."""
    x: np.ndarray[Any, np.dtype[Any]] = np.array(X, np.float64)
    return Dataset("three_pixels", x, (x[:, 2] > x[:, 0]).astype(np.intp), ("0", "1"), ("x1", "x2", "x3"))


DATASETS: list[DatasetSource] = [three_pixels]
