"""Scaling: inputs and targets of a similar size, so that one learning rate suits all weights.

What is measured is measured on the training part alone: the others must not know of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from tui_nn.datasets.encoding import Input
from tui_nn.engine.data import Part, Splits
from tui_nn.errors import DataError, did_you_mean

Array = np.ndarray[Any, np.dtype[Any]]


# A value and its offset may each be off by half a unit in float32's last place: as a share of the column's spread, this
# much is let pass. Beyond, as for time stamps, the difference is taken in float64.
LET_PASS = 1e-4


LARGE = 2**27  # bytes of a mapped source from which on nothing copies all of it


def scale(
    splits: Splits, how: str | Mapping[str, str], unit_scale: float = 1.0, dtype: DTypeLike = np.float32,
    inputs: Sequence[Input] = (), *, targets: bool = True,
) -> Splits:  # fmt: skip
    """Scale all parts: "none", "unit" (to [0, 1]), "standard" (mean 0, standard deviation 1) or "robust" (median 0,
    distance of the quartiles 1), each column, or by the names of columns, the others to [0, 1].

    "unit" divides by what the source says its largest value is; a source that says nothing is brought to [0, 1]
    column by column. A constant column is shifted only; what `inputs` say is 0 or 1 stays as it is. Integer targets
    stay as they are. Offset and factor are of type `dtype`, and so are then the values of a source that had them in
    float64; unless a column would lose digits that its spread needs: then all of them stay float64 and are scaled in
    it. Samples count by their weights for mean and deviation, and those of weight 0 not at all. `targets`: whether
    those of a regression become `dtype` too; those that are scaled later keep their digits.
    Raises DataError for a column that there is not.
    """
    train = splits.train if splits.train.weights is None else splits.train.take(splits.train.weights > 0)
    offset: Array | None = None
    factor: Array | None = None
    wide = False
    hows = _hows(how, inputs, splits)
    if len(train) and how == "unit" and unit_scale != 1:
        factor = np.array([1 / unit_scale], dtype)
    elif len(train) and set(hows) != {"none"}:
        if set(hows) == {"standard"} and _is_large(train.source) and train.weights is None:
            offset, spread = _of_pieces(train)
        else:
            rows = train.source if train.rows is None else train.source[train.rows]
            offset, spread = _measured(rows, hows, train.weights)
        wide = _loses_digits(offset, spread, np.dtype(dtype))
        kept = np.dtype(np.float64) if wide else np.dtype(dtype)
        offset, factor = offset.astype(kept), (1 / np.where(spread > 0, spread, 1)).astype(kept)
    narrowed: dict[int, Array] = {}

    def source_of(part: Part) -> Array:
        if wide or part.source.dtype != np.float64 or part.source.dtype == dtype:
            return part.source
        if _is_large(part.source):
            return part.source  # its rows become `dtype` as they are gathered, to the same bits
        if id(part.source) not in narrowed:  # most parts are of the same source
            narrowed[id(part.source)] = part.source.astype(dtype)
        return narrowed[id(part.source)]

    def scaled(part: Part) -> Part:
        y = part.y.astype(dtype) if targets and not np.issubdtype(part.y.dtype, np.integer) else part.y
        return replace(part, source=source_of(part), y=y, offset=offset, factor=factor, dtype=np.dtype(dtype))

    return replace(
        splits,
        train=scaled(splits.train),
        validation=scaled(splits.validation),
        test=scaled(splits.test) if splits.test is not None else None,
    )


def _is_large(source: Array) -> bool:
    """Whether it lies in a file, and a copy of it may not fit into the memory."""
    return isinstance(source, np.memmap) and source.nbytes > LARGE


def _hows(how: str | Mapping[str, str], inputs: Sequence[Input], splits: Splits) -> list[str]:
    """How each column (n,) is scaled."""
    if not inputs:
        names = splits.features or ("",) * splits.train.source.shape[1]
        _check(how, names)
        return [how if isinstance(how, str) else how.get(name, "unit") for name in names]
    _check(how, [one.column for one in inputs])
    hows = []
    for one in inputs:
        own = how if isinstance(how, str) else how.get(one.column, "unit")
        width = len(one.names)
        measured = 0 if one.kind in ("category", "truth value") else width - (one.missing == "indicator")
        hows += [own] * measured + ["none"] * (width - measured)
    return hows


def _check(how: str | Mapping[str, str], names: Sequence[str]) -> None:
    for name in () if isinstance(how, str) else how:
        if name not in names:
            raise DataError(f"data.scale: no input is of a column '{name}'.{did_you_mean(name, names)}")


def _measured(rows: Array, hows: Sequence[str], weights: Array | None) -> tuple[Array, Array]:
    """What is taken off each column, and what it is then divided by, float64 (n,)."""
    if len(set(hows)) == 1:
        return _of(rows, hows[0], weights)
    offset, spread = np.zeros(rows.shape[1]), np.ones(rows.shape[1])
    for how in sorted(set(hows)):
        chosen = np.array([one == how for one in hows])
        offset[chosen], spread[chosen] = _of(rows[:, chosen], how, weights)
    return offset, spread


def _of_pieces(part: Part) -> tuple[Array, Array]:
    """Mean and deviation of each column of a file that is mapped, of which all rows together may not fit."""
    mean = sum((rows.sum(axis=0, dtype=np.float64) for rows in part.pieces()), np.zeros(part.source.shape[1])) / len(
        part
    )
    squares = (np.square(rows - mean).sum(axis=0, dtype=np.float64) for rows in part.pieces())
    return mean, np.sqrt(sum(squares, np.zeros(len(mean))) / len(part))


def _mean_and_deviation(rows: Array, weights: Array | None) -> tuple[Array, Array]:
    """Of each column (n,), float64."""
    if weights is None:
        return rows.mean(axis=0, dtype=np.float64), rows.std(axis=0, dtype=np.float64)
    mean = np.average(rows, axis=0, weights=weights)
    return mean, np.sqrt(np.average(np.square(rows - mean), axis=0, weights=weights))


def _of(rows: Array, how: str, weights: Array | None) -> tuple[Array, Array]:
    if how == "none":
        return np.zeros(rows.shape[1]), np.ones(rows.shape[1])
    if how == "unit":
        low, high = rows.min(axis=0).astype(np.float64), rows.max(axis=0).astype(np.float64)
        return low, high - low
    if how == "standard":
        return _mean_and_deviation(rows, weights)
    first, middle, third = np.percentile(rows, (25, 50, 75), axis=0)
    # Where half of the values are the same, quartiles say nothing of the others.
    return middle, np.where(third > first, third - first, rows.std(axis=0, dtype=np.float64))


def scale_of_targets(y: Array, how: str, weights: Array | None = None) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """(offset, factor), one for each target column of the training part, y (m,) or (m, q); () and () for "none".

    "standard" brings each to mean 0 and deviation 1, "unit" to [0, 1]. A constant column is shifted only.
    """
    if how == "none" or not len(y):
        return (), ()
    columns = y.reshape(len(y), -1).astype(np.float64)
    if weights is not None:
        columns, weights = columns[weights > 0], weights[weights > 0]
    size = np.maximum(np.abs(columns).max(axis=0), np.finfo(np.float64).tiny)
    scaled = columns / size  # squares of large numbers are infinite
    if how == "unit":
        offset, spread = scaled.min(axis=0), np.ptp(scaled, axis=0)
    else:
        offset, spread = _mean_and_deviation(scaled, weights)
    # The deviation of equal numbers is not quite 0.
    varies = (columns != columns[0]).any(axis=0)
    offset = np.where(varies, offset * size, columns[0])
    return tuple(offset.tolist()), tuple((1 / np.where(varies, spread * size, 1.0)).tolist())


def _loses_digits(offset: Array, spread: Array, dtype: np.dtype[Any]) -> bool:
    """Whether some column cannot be shifted by `offset` and divided by `spread` in this type; both (n,) float64."""
    kind = np.finfo(dtype)
    varies = spread > 0
    offset, spread = np.abs(offset[varies]), spread[varies]
    coarse = offset * float(kind.eps) > LET_PASS * spread
    return bool((coarse | (spread < float(kind.tiny)) | (spread > float(kind.max))).any())
