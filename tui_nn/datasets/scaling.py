"""Scaling: inputs of a similar size, so that one learning rate suits all weights.

What is measured is measured on the training part alone: the others must not know of it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from tui_nn.engine.data import Part, Splits

Array = np.ndarray[Any, np.dtype[Any]]


def scale(splits: Splits, how: str, unit_scale: float = 1.0, dtype: DTypeLike = np.float32) -> Splits:
    """Scale all parts: "none", "unit" (to [0, 1]) or "standard" (mean 0, standard deviation 1, each column).

    "unit" divides by what the source says its largest value is; a source that says nothing is brought to [0, 1]
    column by column. A constant column is shifted only. Integer targets stay as they are.
    """
    train = splits.train
    offset: Array | None = None
    factor: Array | None = None
    if len(train) and how == "unit" and unit_scale != 1:
        factor = np.array([1 / unit_scale], dtype)
    elif len(train) and how in ("unit", "standard"):
        rows = train.source if train.rows is None else train.source[train.rows]
        if how == "unit":
            low, high = rows.min(axis=0).astype(np.float64), rows.max(axis=0).astype(np.float64)
            offset, factor = low.astype(dtype), _inverse(high - low, dtype)
        else:
            offset = rows.mean(axis=0, dtype=np.float64).astype(dtype)
            factor = _inverse(rows.std(axis=0, dtype=np.float64), dtype)

    def scaled(part: Part) -> Part:
        y = part.y if np.issubdtype(part.y.dtype, np.integer) else part.y.astype(dtype)
        return replace(part, y=y, offset=offset, factor=factor, dtype=np.dtype(dtype))

    return replace(
        splits,
        train=scaled(splits.train),
        validation=scaled(splits.validation),
        test=scaled(splits.test) if splits.test is not None else None,
    )


def _inverse(spread: Array, dtype: DTypeLike) -> Array:
    return (1 / np.where(spread > 0, spread, 1)).astype(dtype)
