"""What a network learns from: samples with their answers, and their division into parts.

In a data set the samples are rows, as in every table; the engine turns them into columns, as on the slides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from tui_nn.engine.events import DataFacts, TargetFacts
from tui_nn.engine.targets import Targets

Array = np.ndarray[Any, np.dtype[Any]]

PIECE = 2**22  # bytes of a source that are looked at together
LOOKED_AT = 1000  # training samples whose inputs are described


@dataclass(frozen=True)
class Dataset:
    """A data set: samples and answers as they come from a source.

    x: (m, n), one sample a row, any real dtype. y: (m,) integer class labels 0..k-1, or (m, q) float targets
    of a regression. `picture` is (rows, columns) when a row of x is an image, row by row. `unit_scale` is what
    divides x to bring it to [0, 1] (16 for the small digits, 255 for MNIST). `test` is a part that the source
    itself sets aside. `function`, where the targets of a regression were made by one: x (m, n) -> (m,) or (m, q),
    what y is without noise. `multi_label`: y (m, q) holds 0 and 1, several answers a sample, each no or yes;
    `targets` names them. weights (m,): how much each sample counts, 0 or more, None where all count alike.
    """

    name: str
    x: Array
    y: Array
    classes: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    picture: tuple[int, int] | None = None
    description: str = ""
    test: tuple[Array, Array] | None = None
    unit_scale: float = 1.0
    targets: tuple[str, ...] = ()
    function: Callable[[Array], Array] | None = None
    multi_label: bool = False
    weights: Array | None = field(default=None, kw_only=True)

    @property
    def is_classification(self) -> bool:
        """Whether y holds class labels."""
        return bool(self.classes)


@dataclass(frozen=True)
class Part:
    """One part of a data set, as a view: its rows of the source, and how they are scaled on their way in.

    source: (m_all, n), shared by all parts, in whatever type it came (pictures stay uint8). y: (m,) labels or
    (m, q) targets of this part alone. rows: which rows of the source, None for all. A value v becomes
    (v - offset) x factor, where they are given; both are (n,) or (1,). Where they are float64 that is done in
    float64, and the result is of type `dtype`; else v is brought to `dtype` first. weights: (m,), how much each sample
    counts in what is minimized, None where all count alike; 2 is the sample twice.
    """

    source: Array
    y: Array
    rows: Array | None = None
    offset: Array | None = None
    factor: Array | None = None
    dtype: np.dtype[Any] = field(default_factory=lambda: np.dtype(np.float32))
    weights: Array | None = None

    def __len__(self) -> int:
        return len(self.y)

    @property
    def size(self) -> float:
        """How many samples it counts as: the sum of their weights."""
        return len(self) if self.weights is None else float(self.weights.sum())

    def take(self, chosen: Array | slice) -> Part:
        """These samples of it alone: their numbers."""
        rows = np.arange(len(self))[chosen] if self.rows is None else self.rows[chosen]
        weights = None if self.weights is None else self.weights[chosen]
        return replace(self, y=self.y[chosen], rows=rows, weights=weights)

    @property
    def x(self) -> Array:
        """All inputs, scaled: a new array (m, n)."""
        x = np.empty((len(self), self.source.shape[1]), self.dtype)
        self.read(slice(None), x)
        return x

    def unscaled(self, chosen: Array | slice = slice(None)) -> Array:
        """These samples of it, (k, n), in the units and the type of the source."""
        rows = np.arange(len(self))[chosen] if self.rows is None else self.rows[chosen]
        return self.source[rows]

    def read(self, chosen: Array | slice, out: Array, raw: Array | None = None) -> None:
        """Write the scaled inputs of these samples (k,) into `out` (k, n). `raw` is (k, n) of the source's type."""
        rows = chosen if self.rows is None else self.rows[chosen]
        flags = self.source.flags
        if isinstance(rows, slice) or not (flags.c_contiguous and flags.aligned):
            taken = self.source[rows]  # take would copy all of a source whose rows lie apart, or at odd addresses
        else:
            # "clip" lets take write straight into `out`; no index is out of bounds.
            taken = np.take(self.source, rows, axis=0, out=raw, mode="clip")
        offset, factor = self.offset, self.factor
        if factor is None:
            out[...] = taken
            return
        if offset is not None and factor.dtype.itemsize > out.dtype.itemsize:
            np.multiply(np.subtract(taken, offset), factor, out=out, casting="same_kind")
            return
        if np.result_type(taken, factor) != factor.dtype:
            out[...] = taken  # so that a value means the same whatever type its source has
            taken = out
        if offset is None:
            np.multiply(taken, factor, out=out, casting="same_kind")
        else:
            np.subtract(taken, offset, out=out, casting="same_kind")
            out *= factor

    def pieces(self) -> Iterator[Array]:
        """The rows of the source that it has, (k, n), some at a time: a copy of all may not fit beside them."""
        step = max(1, PIECE // max(1, self.source[:1].nbytes))
        for first in range(0, len(self), step):
            last = min(first + step, len(self))
            yield self.source[first:last] if self.rows is None else self.source[self.rows[first:last]]

    def head(self, most: int) -> Part:
        """The first samples of it, at most so many."""
        return self if len(self) <= most else self.take(slice(most))


class Window:
    """Room for up to `most` samples of a part, each with the constant 1 in front; filled again and again."""

    def __init__(self, part: Part, most: int, dtype: DTypeLike) -> None:
        self._part = part
        self._x = np.ones((most, part.source.shape[1] + 1), dtype)
        self._raw = np.empty((most, part.source.shape[1]), part.source.dtype)

    def read(self, chosen: Array | slice, count: int) -> Array:
        """These samples, `count` of them, scaled: (count, n + 1), its transpose feeds a network."""
        x = self._x[:count]
        self._part.read(chosen, x[:, 1:], self._raw[:count])
        return x


@dataclass(frozen=True)
class Splits:
    """The parts that training, validation and the final test see, with what is known about all of them."""

    name: str
    train: Part
    validation: Part
    test: Part | None = None
    classes: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    picture: tuple[int, int] | None = None
    targets: tuple[str, ...] = ()
    function: Callable[[Array], Array] | None = None
    multi_label: bool = False

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of several labels; () where a sample has one answer, or numbers."""
        if not self.multi_label:
            return ()
        return self.targets or tuple(f"y{number + 1}" for number in range(self.train.y.shape[1]))


def spread_rows(samples: int, most: int) -> Array:
    """The numbers of at most so many samples, spread evenly over all of them: a part may be sorted by class."""
    if samples <= most:
        return np.arange(samples)
    return np.arange(most) * samples // most


def facts(splits: Splits, targets: Targets | None = None) -> DataFacts:
    """What the training part is like, as the network sees it. targets: how it sees those of a regression."""
    part = splits.train
    rows = spread_rows(len(part), LOOKED_AT)
    x = np.empty((len(rows), part.source.shape[1]), np.float64)
    part.read(rows, x)
    x = np.nan_to_num(x)  # a run on numbers that are none must still be read back
    largest = np.maximum(np.abs(x).max(axis=0), np.finfo(np.float64).tiny)
    rms = largest * np.sqrt(np.square(x / largest).mean(axis=0))  # squares of large numbers are infinite
    column = int(rms.argmax())
    counts = np.bincount(part.y, minlength=len(splits.classes)) if splits.classes else np.arange(0)
    y = part.y if targets is None else targets.encode(part.y, np.float64)
    numbers = None if splits.classes else _target_facts(y)
    binary = bool(((x == x.min(axis=0)) | (x == x.max(axis=0))).all())
    return DataFacts(
        float(x.min()), float(x.max()), column, float(rms[column]), tuple(counts.tolist()), numbers, binary
    )


def _target_facts(y: Array) -> TargetFacts:
    columns = np.nan_to_num(np.asarray(y, np.float64).reshape(len(y), -1))
    size = np.maximum(np.abs(columns).max(axis=0), np.finfo(np.float64).tiny)
    scaled = columns / size  # squares of large numbers are infinite
    column = int((size * np.sqrt(np.square(scaled).mean(axis=0))).argmax())
    mean, deviation = scaled[:, column].mean() * size[column], scaled[:, column].std() * size[column]
    return TargetFacts(float(columns.min()), float(columns.max()), float(mean), float(deviation))
