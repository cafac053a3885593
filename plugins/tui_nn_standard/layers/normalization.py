"""Layers that scale numbers to mean 0 and variance 1: over a batch, over a sample's units, or over the data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tui_nn.plugin import Arithmetic, Initializer, Layer, SamplePass, Slot

Array = np.ndarray[Any, np.dtype[Any]]

SHIFT, SCALE, MEAN, VARIANCE = range(4)  # columns of Theta


class NormSlot(Slot):
    """The buffers. spread: 1 / sqrt(variance + epsilon) of the last pass. z: the normalized inputs. scaled: dJ/dz."""

    spread: Array

    def __init__(self, inputs: int, samples: int, dtype: DTypeLike) -> None:
        super().__init__(inputs, inputs, samples, dtype)
        self.scaled: Array = np.empty((inputs, samples), dtype)


@dataclass(frozen=True)
class Affine(Layer):
    """The base of these layers: as many outputs as inputs, and a shift and a scale that lambda does not penalize."""

    decays: ClassVar[bool] = False
    normalizes: ClassVar[bool] = True
    start: ClassVar[tuple[float, ...]] = (0, 1)  # what each column of Theta holds before training

    def output_size(self, inputs: int) -> int:
        return inputs

    def theta_shape(self, inputs: int) -> tuple[int, int]:
        return (inputs, len(self.start))

    def initialize(self, theta: Array, initializer: Initializer, random: np.random.Generator) -> None:
        theta[...] = self.start

    def explain(self, seen: SamplePass, unit: int) -> list[Arithmetic]:
        (line,) = super().explain(seen, unit)
        assert seen.theta is not None
        shift, scale = seen.theta[unit, [SHIFT, SCALE]]
        if not scale:
            return [line]
        of = self.scaled_name(seen, unit)
        return [
            replace(
                line, symbols=f"shift + scale {of}", factors=np.array([shift, scale]),
                values=np.array([1, (seen.a[unit] - shift) / scale]), has_bias=True,
                term=lambda place: ("shift", f"scale {of}")[place],
            )
        ]  # fmt: skip

    def scaled_name(self, seen: SamplePass, unit: int) -> str:
        """The name of what is multiplied by the scale."""
        return seen.input(unit + 1)


def _affine(z: Array, slot: Slot) -> None:
    np.multiply(z, slot.theta[:, SCALE, None], out=slot.a)
    slot.a += slot.theta[:, SHIFT, None]


@dataclass(frozen=True)
class Normalization(Affine):
    """Scales numbers to mean 0 and variance 1 along `axis` of (units, samples); then learned shift and scale."""

    axis: ClassVar[int]

    epsilon: float = 1e-5

    def slot(self, inputs: int, samples: int, dtype: DTypeLike) -> NormSlot:
        return NormSlot(inputs, samples, dtype)

    def scaled_name(self, seen: SamplePass, unit: int) -> str:
        return f"{seen.input(unit + 1)} normalized"

    def normalize(self, slot: NormSlot, mean: Array, variance: Array) -> None:
        """Write z and a with statistics that broadcast against the inputs (units, samples)."""
        slot.spread = 1 / np.sqrt(variance + self.epsilon)
        np.subtract(slot.x[1:], mean, out=slot.z)
        slot.z *= slot.spread
        _affine(slot.z, slot)

    def backward(self, slot: NormSlot) -> None:
        upstream, gradient = slot.upstream, slot.gradient
        gradient[:, SHIFT] = upstream.sum(axis=1)
        gradient[:, SCALE] = np.multiply(upstream, slot.z, out=slot.delta).sum(axis=1)
        gradient[:, MEAN:] = 0  # measured, where a layer has them, and not trained
        if slot.first:
            return
        # Mean and variance depend on x too, which takes two projections off dJ/dz.
        scaled = np.multiply(upstream, slot.theta[:, SCALE, None], out=slot.scaled)
        projection = np.multiply(scaled, slot.z, out=slot.delta).mean(axis=self.axis, keepdims=True)
        out = np.subtract(scaled, scaled.mean(axis=self.axis, keepdims=True), out=slot.input_gradient)
        out -= np.multiply(slot.z, projection, out=slot.delta)
        out *= slot.spread


@dataclass(frozen=True)
class BatchNorm(Normalization):
    """Batch normalization: scales each unit to mean 0 and variance 1 over the batch; then learned scale and shift.

    Theta has four columns: shift, scale, and the running mean and variance that prediction uses; the last two are
    measured and not trained.

    Formula: a = scale (x - mean) / sqrt(variance + epsilon) + shift
    Reference: Ioffe and Szegedy (2015)
    """

    name: ClassVar[str] = "batch_norm"
    mixes_samples: ClassVar[bool] = True
    axis: ClassVar[int] = 1
    start: ClassVar[tuple[float, ...]] = (0, 1, 0, 1)

    momentum: float = 0.9

    def forward(self, slot: NormSlot) -> None:
        theta, inputs = slot.theta, slot.x[1:]
        if slot.training:
            mean, variance = inputs.mean(axis=1), inputs.var(axis=1)
            for column, fresh in ((MEAN, mean), (VARIANCE, variance)):
                theta[:, column] *= self.momentum
                theta[:, column] += (1 - self.momentum) * fresh
        else:
            mean, variance = theta[:, MEAN], theta[:, VARIANCE]
        self.normalize(slot, mean[:, None], variance[:, None])


@dataclass(frozen=True)
class LayerNorm(Normalization):
    """Layer normalization: scales the units of each sample to mean 0 and variance 1; then learned scale and shift.

    Formula: a = scale (x - mean over units) / sqrt(variance over units + epsilon) + shift
    Reference: Ba, Kiros and Hinton (2016)
    """

    name: ClassVar[str] = "layer_norm"
    axis: ClassVar[int] = 0

    def forward(self, slot: NormSlot) -> None:
        inputs = slot.x[1:]
        self.normalize(slot, inputs.mean(axis=0), inputs.var(axis=0, keepdims=True))


@dataclass(frozen=True)
class Standardize(Affine):
    """Standardize: scales each input to mean 0 and variance 1, measured on the training part and then fixed.

    Theta has two columns, shift and scale, which are not trained, so the model takes raw data wherever it is used.

    Formula: a = (x - mean) / deviation, written as scale x + shift
    Reference: LeCun et al. (1998), Efficient BackProp, section 4.3
    """

    name: ClassVar[str] = "standardize"
    is_trained: ClassVar[bool] = False

    def fit(self, theta: Array, x: Array) -> None:
        inputs = x[1:].astype(np.float64)
        deviation = inputs.std(axis=1)
        scale = 1 / np.where(deviation > 0, deviation, 1)  # a constant input becomes 0
        theta[:, SHIFT], theta[:, SCALE] = -inputs.mean(axis=1) * scale, scale

    def forward(self, slot: Slot) -> None:
        _affine(slot.x[1:], slot)

    def backward(self, slot: Slot) -> None:
        slot.gradient.fill(0)
        if not slot.first:
            np.multiply(slot.upstream, slot.theta[:, SCALE, None], out=slot.input_gradient)
