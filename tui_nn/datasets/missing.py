"""Missing values, filled from what the training part knows: a mean over all samples would tell it of the others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tui_nn.engine.data import Splits
from tui_nn.errors import DataError

Array = np.ndarray[Any, np.dtype[Any]]


def fill(splits: Splits, how: str) -> tuple[Splits, Array | None]:
    """The parts with every NaN replaced by its column's "mean" or "median" over the training part.

    And what stands in for a missing value, (n,), a new sample's too; None if nothing may be missing. Raises DataError
    for a column that has no value in the training part.
    """
    if how not in ("mean", "median"):
        return splits, None
    source, part = splits.train.source, splits.train
    train = source if part.rows is None else source[part.rows]
    empty = np.flatnonzero(np.isnan(train).all(axis=0))
    if len(empty):
        name = splits.features[empty[0]] if splits.features else f"column {empty[0] + 1}"
        raise DataError(f"data set '{splits.name}': column \"{name}\" has no value in the training part to fill from.")
    fills: Array = (np.nanmean if how == "mean" else np.nanmedian)(train.astype(np.float64), axis=0)

    gaps = np.isnan(source)
    if not gaps.any():
        return splits, fills
    whole = np.where(gaps, fills.astype(source.dtype), source)
    test = splits.test
    return replace(
        splits,
        train=replace(splits.train, source=whole),
        validation=replace(splits.validation, source=whole),
        test=replace(test, source=whole) if test is not None and test.source is source else test,
    ), fills
