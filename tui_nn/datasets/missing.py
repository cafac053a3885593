"""Missing values, filled from what the training part knows: a mean over all samples would tell it of the others."""

from __future__ import annotations

import numpy as np

from tui_nn.engine.data import Splits
from tui_nn.errors import DataError


def fill(splits: Splits, how: str) -> None:
    """Replace every NaN of the source by its column's "mean" or "median" over the training part, in place.

    Raises DataError for a column that has no value there.
    """
    source = splits.train.source
    if how not in ("mean", "median") or not np.isnan(source).any():
        return
    part = splits.train
    train = source if part.rows is None else source[part.rows]
    for column in np.flatnonzero(np.isnan(source).any(axis=0)):
        known = train[:, column][~np.isnan(train[:, column])]
        if not len(known):
            name = splits.features[column] if splits.features else f"column {column + 1}"
            raise DataError(
                f"data set '{splits.name}': column \"{name}\" has no value in the training part to fill from."
            )
        values = source[:, column]
        values[np.isnan(values)] = np.mean(known, dtype=np.float64) if how == "mean" else np.median(known)
