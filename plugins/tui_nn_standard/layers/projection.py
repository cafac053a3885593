"""Layers that turn the inputs to the directions in which the training part varies most, and drop the others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar

import numpy as np

from tui_nn.plugin import Arithmetic, ExperimentError, Initializer, Layer, SamplePass, Slot

Array = np.ndarray[Any, np.dtype[Any]]

FLAT = 1e-12  # of the largest variance: a direction with less does not vary


@dataclass(frozen=True)
class Pca(Layer):
    """PCA: the inputs along their principal directions, largest variance first, measured once and then fixed.

    Theta is not trained: its rows are the directions, with length 1 and their largest entry positive; the bias
    subtracts the mean.

    Formula: a = U^T (x - mean), with U the first `components` eigenvectors of the covariance
    Reference: Pearson (1901); Hotelling (1933)
    """

    name: ClassVar[str] = "pca"
    decays: ClassVar[bool] = False
    is_trained: ClassVar[bool] = False

    components: int = 2

    def __post_init__(self) -> None:
        if self.components < 1:
            raise ExperimentError(f"found {self.components}; expected 1 or more.", "components")

    def output_size(self, inputs: int) -> int:
        if self.components > inputs:
            raise ExperimentError(
                f"found {self.components:,}; the layer has {inputs:,} inputs, and no more directions.", "components"
            )
        return self.components

    def theta_shape(self, inputs: int) -> tuple[int, int]:
        return (self.output_size(inputs), inputs + 1)

    def initialize(self, theta: Array, initializer: Initializer, random: np.random.Generator) -> None:
        theta.fill(0)
        np.fill_diagonal(theta[:, 1:], 1)

    def fit(self, theta: Array, x: Array) -> None:
        inputs = x[1:].astype(np.float64)
        mean = inputs.mean(axis=1, keepdims=True)
        inputs -= mean
        variances, directions = np.linalg.eigh(inputs @ inputs.T / inputs.shape[1])
        rows, variances = directions.T[::-1][: len(theta)], variances[::-1][: len(theta)]
        largest = np.abs(rows).argmax(axis=1)
        rows = rows * np.where(rows[np.arange(len(rows)), largest] < 0, -1, 1)[:, None] * self._scale(variances)
        theta[:, 1:], theta[:, :1] = rows, -rows @ mean

    def _scale(self, variances: Array) -> Array | float:
        """The factor of each direction, (components, 1)."""
        return 1.0

    def forward(self, slot: Slot) -> None:
        slot.theta.dot(slot.x, slot.a)

    def backward(self, slot: Slot) -> None:
        slot.gradient.fill(0)
        if not slot.first:
            slot.theta.T.dot(np.ascontiguousarray(slot.upstream), slot.through)

    def explain(self, seen: SamplePass, unit: int) -> list[Arithmetic]:
        (line,) = super().explain(seen, unit)
        assert seen.theta is not None
        symbols = f"Theta_{unit + 1}^({seen.number}) [1; {seen.input(1)[0]}]"
        product = partial(seen.product, unit)
        return [replace(line, symbols=symbols, factors=seen.theta[unit], values=seen.x, term=product, has_bias=True)]


@dataclass(frozen=True)
class Whiten(Pca):
    """Whitening: the directions of PCA, each scaled to variance 1, so the outputs are uncorrelated.

    A direction in which the training part does not vary gives 0.

    Formula: a_k = u_k^T (x - mean) / sqrt(variance_k)
    Reference: Hyvarinen and Oja (2000), section 5.2
    """

    name: ClassVar[str] = "whiten"
    normalizes: ClassVar[bool] = True

    def _scale(self, variances: Array) -> Array:
        varies = variances > FLAT * max(float(variances.max()), np.finfo(np.float64).tiny)
        scale: Array = np.where(varies, 1 / np.sqrt(np.where(varies, variances, 1)), 0)[:, None]
        return scale
