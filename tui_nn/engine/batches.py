"""Batches: the samples of a part in a given order, copied into place a few batches ahead.

A block of batches is one `take`, which is cheaper than one a batch; it is kept small enough for the processor's
cache. Samples are scaled on their way in, so the data themselves are never copied or converted as a whole. What is
compiled reads them where they lie, and needs their numbers only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from tui_nn.engine.crew import Crew
from tui_nn.engine.data import Part, Window

Array = np.ndarray[Any, np.dtype[Any]]

BLOCK_BYTES = 1 << 19  # of inputs in a block: half a megabyte stays in a core's cache
MOST_BATCHES = 64  # in a block, so that a small net still says often how it is doing
MOST_NUMBERS = 1 << 14  # samples in a block of which only the numbers are handed on


@dataclass(frozen=True)
class TrainingSet:
    """The samples to train on. y: (m, outputs), the targets of `part`; weights: (m,), how much each counts, or None."""

    part: Part
    y: Array
    weights: Array | None = None


@dataclass(frozen=True)
class Gathered:
    """x: (samples, inputs + 1), column 0 is 1; y: (samples, outputs); weights: (samples,) or None."""

    x: Array
    y: Array
    weights: Array | None

    def __getitem__(self, rows: slice) -> Gathered:
        return Gathered(self.x[rows], self.y[rows], None if self.weights is None else self.weights[rows])


@dataclass(frozen=True)
class Block:
    """Some batches in a row: the numbers of their samples, (samples,), and these samples copied into place."""

    first: int  # index of the first batch in the epoch
    samples: TrainingSet
    chosen: Array
    gather: Callable[[], Gathered]

    @cached_property
    def gathered(self) -> Gathered:
        """The samples; the arrays are used again for a later block."""
        return self.gather()

    def pieces(self, batch: int, most: int) -> Iterator[Block]:
        """The same batches in blocks of at most `most`."""
        size = batch * most
        if len(self.chosen) <= size:
            yield self
            return
        for start in range(0, len(self.chosen), size):
            yield self._piece(slice(start, start + size), batch)

    def _piece(self, rows: slice, batch: int) -> Block:
        return Block(self.first + rows.start // batch, self.samples, self.chosen[rows], lambda: self.gathered[rows])


class _Buffers:
    """Where a block is gathered."""

    def __init__(self, part: Part, y: Array, samples: int, dtype: DTypeLike) -> None:
        self.window = Window(part, samples, dtype)
        self.y = np.empty((samples, y.shape[1]), y.dtype)


class Batches:
    """Batches of samples. A crew of several threads gathers a block while the one before it is learnt."""

    def __init__(self, samples: TrainingSet, batch: int, dtype: DTypeLike, crew: Crew | None = None) -> None:
        self.samples, self.batch = samples, batch
        self._crew = crew or Crew()
        self._dtype = dtype
        part = samples.part
        sample = (part.source.shape[1] + 1) * np.dtype(dtype).itemsize
        self._ahead = max(1, min(MOST_BATCHES, BLOCK_BYTES // (batch * sample)))
        self._whole: Block | None = None

    def __len__(self) -> int:
        return -(-len(self.samples.part) // self.batch)

    def blocks(self, order: Array, most: int, *, gathered: bool = True) -> Iterator[Block]:
        """The samples in this order, in blocks of at most `most` batches; `gathered`: copied into place ahead.

        The arrays that they are copied into are used again and again.
        """
        if len(self) == 1:
            yield self._all()
            return
        if not gathered:
            yield from self._blocks(order, min(most, max(MOST_BATCHES, MOST_NUMBERS // self.batch)), gathered=False)
            return
        blocks = self._blocks(order, min(self._ahead, most), gathered=True)
        yield from blocks if len(self._buffers) == 1 else self._crew.one_ahead(blocks)

    @cached_property
    def _buffers(self) -> list[_Buffers]:
        ahead = 1 if self._crew.threads == 1 or len(self) <= self._ahead else 2
        part, y = self.samples.part, self.samples.y
        size = min(self._ahead * self.batch, len(part))
        return [_Buffers(part, y, size, self._dtype) for _ in range(ahead)]

    def _blocks(self, order: Array, batches: int, *, gathered: bool) -> Iterator[Block]:
        size = batches * self.batch
        for number, start in enumerate(range(0, len(order), size)):
            block = self._block(start // self.batch, order[start : start + size], number)
            if gathered:
                _ = block.gathered
            yield block

    def _block(self, first: int, chosen: Array, number: int) -> Block:
        return Block(
            first, self.samples, chosen, lambda: self._gather(chosen, self._buffers[number % len(self._buffers)])
        )

    def _all(self) -> Block:
        """The one batch that holds every sample: its order makes no difference, so it is gathered once."""
        if self._whole is None:
            self._whole = self._block(0, np.arange(len(self.samples.part)), 0)
        return self._whole

    def _gather(self, chosen: Array, buffers: _Buffers) -> Gathered:
        count, samples = len(chosen), self.samples
        y = np.take(samples.y, chosen, axis=0, out=buffers.y[:count], mode="clip")
        weights = None if samples.weights is None else samples.weights[chosen]
        return Gathered(buffers.window.read(chosen, count), y, weights)
