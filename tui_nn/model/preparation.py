"""Preparation: what turns rows in their own units into what a network sees, fitted on the training part alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from tui_nn.datasets.encoding import Input, Unknown
from tui_nn.engine.data import Part, Splits

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Preparation:
    """A value v of column j becomes (v - offset_j) x factor_j; where it is missing, fills_j stands in for it.

    inputs: columns of a row, n. features: their names, or (). picture: (rows, columns) of a row that is an image.
    offset, factor: (n,) or (1,), None for none; fills (n,), None where nothing may be missing. low, high (n,): the
    ends of each column over the training part, in its own units. columns: how the inputs are made of a table, () where
    they were not. unknown: what is done about a category that none of them has.
    """

    inputs: int
    features: tuple[str, ...] = ()
    picture: tuple[int, int] | None = None
    offset: Array | None = None
    factor: Array | None = None
    fills: Array | None = None
    low: Array | None = None
    high: Array | None = None
    columns: tuple[Input, ...] = ()
    unknown: Unknown = "error"

    def part(self, rows: Array, y: Array | None = None, dtype: DTypeLike = np.float32) -> Part:
        """Rows (m, n) in their own units, with labels or targets if there are any, as the network is to see them."""
        if self.fills is not None and (gaps := np.isnan(rows)).any():
            rows = np.where(gaps, self.fills.astype(rows.dtype), rows)
        answers = np.zeros(len(rows)) if y is None else y
        return Part(rows, answers, None, self.offset, self.factor, np.dtype(dtype))

    def undone(self, values: Array) -> Array:
        """Prepared values (m, n) back in the units that they came in, float64."""
        values = values.astype(np.float64)
        if self.factor is not None:
            values = values / self.factor
        return values if self.offset is None else values + self.offset


def preparation_of(
    splits: Splits, fills: Array | None = None, columns: tuple[Input, ...] = (), unknown: Unknown = "error"
) -> Preparation:
    """How the parts of a data set are prepared; the ends of its columns are those of the training part."""
    train = splits.train
    ends = [(rows.min(axis=0), rows.max(axis=0)) for rows in train.pieces()]
    low = np.min([low for low, _ in ends], axis=0).astype(np.float64)
    high = np.max([high for _, high in ends], axis=0).astype(np.float64)
    return Preparation(
        train.source.shape[1], splits.features, splits.picture, train.offset, train.factor, fills, low, high,
        columns, unknown,
    )  # fmt: skip
