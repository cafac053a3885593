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


# A value and its offset may each be off by half a unit in float32's last place: as a share of the column's spread, this
# much is let pass. Beyond, as for time stamps, the difference is taken in float64.
LET_PASS = 1e-4


def scale(splits: Splits, how: str, unit_scale: float = 1.0, dtype: DTypeLike = np.float32) -> Splits:
    """Scale all parts: "none", "unit" (to [0, 1]) or "standard" (mean 0, standard deviation 1, each column).

    "unit" divides by what the source says its largest value is; a source that says nothing is brought to [0, 1]
    column by column. A constant column is shifted only. Integer targets stay as they are. Offset and factor are of
    type `dtype`, and so are then the values of a source that had them in float64; unless a column would lose digits
    that its spread needs: then all of them stay float64 and are scaled in it.
    """
    train = splits.train
    offset: Array | None = None
    factor: Array | None = None
    wide = False
    if len(train) and how == "unit" and unit_scale != 1:
        factor = np.array([1 / unit_scale], dtype)
    elif len(train) and how in ("unit", "standard"):
        rows = train.source if train.rows is None else train.source[train.rows]
        if how == "unit":
            offset, high = rows.min(axis=0).astype(np.float64), rows.max(axis=0).astype(np.float64)
            spread = high - offset
        else:
            offset, spread = rows.mean(axis=0, dtype=np.float64), rows.std(axis=0, dtype=np.float64)
        wide = _loses_digits(offset, spread, np.dtype(dtype))
        kept = np.dtype(np.float64) if wide else np.dtype(dtype)
        offset, factor = offset.astype(kept), (1 / np.where(spread > 0, spread, 1)).astype(kept)
    narrowed: dict[int, Array] = {}

    def source_of(part: Part) -> Array:
        if wide or part.source.dtype != np.float64 or part.source.dtype == dtype:
            return part.source
        if id(part.source) not in narrowed:  # most parts are of the same source
            narrowed[id(part.source)] = part.source.astype(dtype)
        return narrowed[id(part.source)]

    def scaled(part: Part) -> Part:
        y = part.y if np.issubdtype(part.y.dtype, np.integer) else part.y.astype(dtype)
        return replace(part, source=source_of(part), y=y, offset=offset, factor=factor, dtype=np.dtype(dtype))

    return replace(
        splits,
        train=scaled(splits.train),
        validation=scaled(splits.validation),
        test=scaled(splits.test) if splits.test is not None else None,
    )


def _loses_digits(offset: Array, spread: Array, dtype: np.dtype[Any]) -> bool:
    """Whether some column cannot be shifted by `offset` and divided by `spread` in this type; both (n,) float64."""
    kind = np.finfo(dtype)
    varies = spread > 0
    offset, spread = np.abs(offset[varies]), spread[varies]
    coarse = offset * float(kind.eps) > LET_PASS * spread
    return bool((coarse | (spread < float(kind.tiny)) | (spread > float(kind.max))).any())
