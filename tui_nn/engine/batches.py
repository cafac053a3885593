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

from tui_nn.engine.crew import Crew
from tui_nn.engine.data import Part, Window

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


class _Buffers:
    """Where a block is gathered."""

    def __init__(self, part: Part, y: Array, samples: int, dtype: DTypeLike) -> None:
        self.window = Window(part, samples, dtype)
        self.y = np.empty((samples, y.shape[1]), y.dtype)


class Batches:
    """Batches of `part`, whose targets are `y` (m, outputs). `weights` (m,) says how much a sample counts.

    A crew of several threads gathers a block while the one before it is learnt.
    """

    def __init__(
        self,
        part: Part,
        y: Array,
        batch: int,
        dtype: DTypeLike,
        weights: Array | None = None,
        crew: Crew | None = None,
    ) -> None:
        self.batch = batch
        self._part, self._y, self._weights = part, y, weights
        self._crew = crew or Crew()
        sample = (part.source.shape[1] + 1) * np.dtype(dtype).itemsize
        self._ahead = max(1, min(MOST_BATCHES, BLOCK_BYTES // (batch * sample)))
        size = min(self._ahead * batch, len(part))
        ahead = 1 if self._crew.threads == 1 or len(self) <= self._ahead else 2
        self._buffers = [_Buffers(part, y, size, dtype) for _ in range(ahead)]
        self._whole: Block | None = None

    def __len__(self) -> int:
        return -(-len(self._part) // self.batch)

    def blocks(self, order: Array, most: int) -> Iterator[Block]:
        """The samples in this order, in blocks of at most `most` batches. The arrays are used again and again."""
        if len(self) == 1:
            yield self._all()
            return
        blocks = self._gathered(order, min(self._ahead, most) * self.batch)
        yield from blocks if len(self._buffers) == 1 else self._crew.one_ahead(blocks)

    def _gathered(self, order: Array, size: int) -> Iterator[Block]:
        for number, start in enumerate(range(0, len(order), size)):
            buffers = self._buffers[number % len(self._buffers)]
            yield self._gather(start // self.batch, order[start : start + size], buffers)

    def _all(self) -> Block:
        """The one batch that holds every sample: its order makes no difference, so it is gathered once."""
        if self._whole is None:
            self._whole = self._gather(0, np.arange(len(self._part)), self._buffers[0])
        return self._whole

    def _gather(self, first: int, chosen: Array, buffers: _Buffers) -> Block:
        count = len(chosen)
        y = np.take(self._y, chosen, axis=0, out=buffers.y[:count], mode="clip")
        weights = None if self._weights is None else self._weights[chosen]
        return Block(first, buffers.window.read(chosen, count), y, weights)
