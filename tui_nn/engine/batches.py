"""Batches: the samples of a part in a given order, copied into place a few batches ahead.

A block of batches is one `take`, which is cheaper than one a batch; it is kept small enough for the processor's
cache. Samples are scaled on their way in, so the data themselves are never copied or converted as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from tui_nn.engine.data import Part

Array = np.ndarray[Any, np.dtype[Any]]

BLOCK_BYTES = 1 << 19  # of inputs in a block: half a megabyte stays in a core's cache
MOST_BATCHES = 64  # in a block, so that a small net still says often how it is doing


@dataclass(frozen=True)
class Block:
    """Some batches in a row. x: (samples, inputs + 1), column 0 is 1; y: (samples, outputs); weights: (samples,)."""

    first: int  # index of the first batch in the epoch
    x: Array
    y: Array
    weights: Array | None

    def pieces(self, batch: int, most: int) -> Iterator[Block]:
        """The same batches in blocks of at most `most`."""
        size = batch * most
        if len(self.x) <= size:
            yield self
            return
        for start in range(0, len(self.x), size):
            rows = slice(start, start + size)
            weights = None if self.weights is None else self.weights[rows]
            yield Block(self.first + start // batch, self.x[rows], self.y[rows], weights)


class Batches:
    """Batches of `part`, whose targets are `y` (m, outputs). `weights` (m,) says how much a sample counts."""

    def __init__(self, part: Part, y: Array, batch: int, dtype: DTypeLike, weights: Array | None = None) -> None:
        self.batch = batch
        self._part, self._y, self._weights = part, y, weights
        inputs = part.source.shape[1]
        sample = (inputs + 1) * np.dtype(dtype).itemsize
        self._ahead = max(1, min(MOST_BATCHES, BLOCK_BYTES // (batch * sample)))
        size = min(self._ahead * batch, len(part))
        self._x = np.ones((size, inputs + 1), dtype)
        self._raw = np.empty((size, inputs), part.source.dtype)
        self._answers = np.empty((size, y.shape[1]), y.dtype)
        self._whole: Block | None = None

    def __len__(self) -> int:
        return -(-len(self._part) // self.batch)

    def blocks(self, order: Array, most: int) -> Iterator[Block]:
        """The samples in this order, in blocks of at most `most` batches. The arrays are used again and again."""
        if len(self) == 1:
            yield self._all()
            return
        size = min(self._ahead, most) * self.batch
        for start in range(0, len(order), size):
            chosen = order[start : start + size]
            yield Block(start // self.batch, *self._gather(chosen))

    def _all(self) -> Block:
        """The one batch that holds every sample: its order makes no difference, so it is gathered once."""
        if self._whole is None:
            self._whole = Block(0, *self._gather(np.arange(len(self._part))))
        return self._whole

    def _gather(self, chosen: Array) -> tuple[Array, Array, Array | None]:
        count = len(chosen)
        x, answers = self._x[:count], self._answers[:count]
        self._part.read(chosen, x[:, 1:], self._raw[:count])
        # "clip" lets take write straight into `out`; no index is out of bounds.
        np.take(self._y, chosen, axis=0, out=answers, mode="clip")
        return x, answers, None if self._weights is None else self._weights[chosen]
