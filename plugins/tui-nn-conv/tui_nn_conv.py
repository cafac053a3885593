"""Layers for pictures: `conv2d` applies the same few weights to every patch, `max_pool` keeps the largest of each.

A sample's column holds its channels one after the other, each row by row. All patches of a batch lie side by side
(im2col), so a convolution is one matrix product. The buffers are allocated once per batch size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import DTypeLike

from tui_nn.plugin import Activation, Arithmetic, Dense, ExperimentError, Layer, SamplePass, Slot, hookimpl

Array = np.ndarray[Any, np.dtype[Any]]

__version__ = "0.1.0"


@dataclass(frozen=True)
class Pictures(Layer):
    """The inputs of both layers: `channels` pictures, square unless `rows` says otherwise."""

    def __post_init__(self) -> None:
        for option, least in self._least.items():
            value = getattr(self, option)
            if not isinstance(value, int) or isinstance(value, bool) or value < least:
                raise ExperimentError(f"found {value!r}; expected a whole number from {least}.", option)

    _least: ClassVar[dict[str, int]] = {}
    channels: int = 1
    rows: int = 0

    def picture(self, inputs: int) -> tuple[int, int, int]:
        """The shape (channels, rows, columns) of the inputs. Raises ExperimentError if they do not fit."""
        pixels, rest = divmod(inputs, self.channels)
        if rest:
            raise ExperimentError(
                f"layer '{self.name}': {inputs} inputs are not {self.channels} pictures of one size; set `channels` "
                "to the filters of the layer before, or to 1 for grey pictures."
            )
        rows = self.rows or math.isqrt(pixels)
        if rows * (pixels // rows) != pixels or (not self.rows and rows * rows != pixels):
            raise ExperimentError(
                f"layer '{self.name}': {inputs} inputs in {self.channels} channels are {pixels} pixels each, which is "
                f"{f'not a multiple of rows = {rows}' if self.rows else 'no square'}; check `channels`, or set `rows`."
            )
        return self.channels, rows, pixels // rows


def _span(size: int, kernel: int, stride: int, padding: int, name: str) -> int:
    """The number of places of a kernel along a side."""
    if kernel > size + 2 * padding:
        raise ExperimentError(f"layer '{name}': a window of {kernel} is larger than its picture, {size} + padding.")
    return (size + 2 * padding - kernel) // stride + 1


class ConvSlot(Slot):
    """The buffers of a convolution, all with the samples last.

    padded: (channels, rows, columns, samples) with a border of zeros. patches: (channels x kernel^2 + 1,
    places x samples), row 0 the constant 1. flow: what flows back into each patch. spread: `flow` summed to pixels.
    """

    def __init__(self, layer: Conv2d, inputs: int, samples: int, dtype: DTypeLike) -> None:
        super().__init__(inputs, layer.output_size(inputs), samples, dtype)
        channels, rows, columns = layer.picture(inputs)
        down, across = layer.places(inputs)
        kernel, stride, edge = layer.kernel, layer.stride, layer.padding
        self.padded: Array = np.zeros((channels, rows + 2 * edge, columns + 2 * edge, samples), dtype)
        self.inside: Array = self.padded[:, edge : edge + rows, edge : edge + columns]
        windows = sliding_window_view(self.padded, (kernel, kernel), axis=(1, 2))[:, ::stride, ::stride]
        self.windows: Array = windows.transpose(0, 4, 5, 1, 2, 3)
        places = down * across * samples
        self.patches: Array = np.ones((channels * kernel * kernel + 1, places), dtype)
        self.patch_pixels: Array = self.patches[1:].reshape(self.windows.shape)
        self.flow: Array = np.empty((channels * kernel * kernel, places), dtype)
        self.flow_pixels: Array = self.flow.reshape(self.windows.shape)
        self.spread: Array = np.empty_like(self.padded)
        self.spread_inside: Array = self.spread[:, edge : edge + rows, edge : edge + columns]
        self.by_filter: Array = np.empty((layer.filters, places), dtype)
        self.z = self.by_filter.reshape(-1, samples)


@dataclass(frozen=True)
class Conv2d(Pictures):
    """Convolution: each filter is a small neuron applied to every patch of the picture; its outputs form a picture.

    Theta is (filters, channels x kernel^2 + 1): each row is a filter with its bias in column 0. The outputs are
    `filters` pictures, so the next layer of this kind sets `channels` to that number.

    Formula: z_f = sum over c, i, j of Theta_fcij x_c[s r + i - p, s q + j - p] + Theta_f0, a = g(z)
    Reference: LeCun et al. (1989); im2col after Chellapilla et al. (2006)
    """

    name: ClassVar[str] = "conv2d"
    keeps_z: ClassVar[bool] = True
    _least: ClassVar[dict[str, int]] = {"channels": 1, "rows": 0, "filters": 1, "kernel": 1, "stride": 1, "padding": 0}
    example: ClassVar[dict[str, int]] = {"inputs": 72, "channels": 2, "filters": 3}  # for `tui-nn plugins check`

    filters: int = 8
    kernel: int = 3
    stride: int = 1
    padding: int = 0
    activation: Activation = Dense.activation

    def places(self, inputs: int) -> tuple[int, int]:
        """Rows and columns of each output picture."""
        _, rows, columns = self.picture(inputs)
        one = (self.kernel, self.stride, self.padding, self.name)
        return _span(rows, *one), _span(columns, *one)

    def output_size(self, inputs: int) -> int:
        down, across = self.places(inputs)
        return self.filters * down * across

    def theta_shape(self, inputs: int) -> tuple[int, int]:
        return (self.filters, self.channels * self.kernel * self.kernel + 1)

    def slot(self, inputs: int, samples: int, dtype: DTypeLike) -> ConvSlot:
        return ConvSlot(self, inputs, samples, dtype)

    def forward(self, slot: ConvSlot) -> None:
        slot.inside[...] = slot.x[1:].reshape(slot.inside.shape)
        slot.patch_pixels[...] = slot.windows
        slot.theta.dot(slot.patches, slot.by_filter)
        self.activation.forward(slot.z, slot.a)

    def backward(self, slot: ConvSlot) -> None:
        by_filter = self.dz(slot).reshape(slot.by_filter.shape)
        by_filter.dot(slot.patches.T, slot.gradient)
        if slot.first:
            return
        slot.theta[:, 1:].T.dot(by_filter, slot.flow)
        slot.spread.fill(0)
        down, across = slot.flow_pixels.shape[3:5]
        for row in range(self.kernel):
            for column in range(self.kernel):
                below = slice(row, row + self.stride * down, self.stride)
                beside = slice(column, column + self.stride * across, self.stride)
                slot.spread[:, below, beside] += slot.flow_pixels[:, row, column]
        slot.input_gradient.reshape(slot.spread_inside.shape)[...] = slot.spread_inside

    def explain(self, seen: SamplePass, unit: int) -> list[Arithmetic]:
        """A pixel of an output picture: its filter times its patch."""
        inputs = len(seen.x) - 1
        shape, (down, across) = self.picture(inputs), self.places(inputs)
        filter_, place = divmod(unit, down * across)
        row, column = (part * self.stride - self.padding for part in divmod(place, across))
        patch, names = [1.0], ["1"]
        for channel, below, beside in np.ndindex(self.channels, self.kernel, self.kernel):
            at = channel, row + below, column + beside
            is_inside = 0 <= at[1] < shape[1] and 0 <= at[2] < shape[2]
            index = int(np.ravel_multi_index(at, shape)) + 1 if is_inside else 0
            patch.append(float(seen.x[index]) if is_inside else 0.0)
            names.append(seen.input(index) if is_inside else "the border")
        assert seen.theta is not None
        return [
            Arithmetic(
                seen.unit("a", unit), f"filter {filter_ + 1} times its patch", float(seen.a[unit]),
                seen.theta[filter_], np.array(patch), lambda index: f"{seen.weight(filter_, index)} {names[index]}",
                has_bias=True, function=None if self.activation == Dense.activation else self.activation,
            )
        ]  # fmt: skip


class PoolSlot(Slot):
    """wins: where a window's pixel is the largest. rest: dJ/da that no pixel of its window has received yet."""

    def __init__(self, layer: MaxPool, inputs: int, samples: int, dtype: DTypeLike) -> None:
        super().__init__(inputs, layer.output_size(inputs), samples, dtype)
        shape = (layer.channels, *layer.places(inputs), samples)
        self.largest: Array = self.a.reshape(shape)
        self.rest: Array = self.delta.reshape(shape)
        self.wins: Array = np.empty(shape, bool)
        self.pixels: Array = np.empty((*layer.picture(inputs), samples), dtype)
        self.back: Array = self.input_gradient.reshape(self.pixels.shape)


@dataclass(frozen=True)
class MaxPool(Pictures):
    """Max pooling: keeps only the largest pixel of each size x size window; drops pixels after the last whole window.

    Formula: a_c[r, q] = max over i, j < size of x_c[size r + i, size q + j]
    Derivative: 1 for the largest pixel, the first of equal ones
    Reference: Zhou and Chellappa (1988)
    """

    name: ClassVar[str] = "max_pool"
    _least: ClassVar[dict[str, int]] = {"channels": 1, "rows": 0, "size": 1}
    example: ClassVar[dict[str, int]] = {"inputs": 200, "channels": 2}  # for `tui-nn plugins check`

    size: int = 2

    def places(self, inputs: int) -> tuple[int, int]:
        """Rows and columns of each output picture."""
        _, rows, columns = self.picture(inputs)
        return _span(rows, self.size, self.size, 0, self.name), _span(columns, self.size, self.size, 0, self.name)

    def output_size(self, inputs: int) -> int:
        down, across = self.places(inputs)
        return self.channels * down * across

    def theta_shape(self, inputs: int) -> None:
        return None

    def slot(self, inputs: int, samples: int, dtype: DTypeLike) -> PoolSlot:
        return PoolSlot(self, inputs, samples, dtype)

    def _corners(self, pixels: Array, shape: tuple[int, ...]) -> list[Array]:
        """The pixels in each place of the windows: size^2 views of shape (channels, down, across, samples)."""
        _, down, across, _ = shape
        step = self.size
        return [
            pixels[:, row : row + step * down : step, column : column + step * across : step]
            for row in range(step)
            for column in range(step)
        ]

    def forward(self, slot: PoolSlot) -> None:
        slot.pixels[...] = slot.x[1:].reshape(slot.pixels.shape)
        first, *others = self._corners(slot.pixels, slot.largest.shape)
        slot.largest[...] = first
        for corner in others:
            np.maximum(slot.largest, corner, out=slot.largest)

    def backward(self, slot: PoolSlot) -> None:
        if slot.first:
            return
        slot.rest[...] = slot.upstream.reshape(slot.rest.shape)
        slot.back.fill(0)
        shape = slot.largest.shape
        for pixels, back in zip(self._corners(slot.pixels, shape), self._corners(slot.back, shape), strict=True):
            np.equal(pixels, slot.largest, out=slot.wins)
            np.multiply(slot.rest, slot.wins, out=back)
            slot.rest -= back


@hookimpl
def tui_nn_layers() -> list[type[Layer]]:
    return [Conv2d, MaxPool]
