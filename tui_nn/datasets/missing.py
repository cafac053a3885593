"""Missing values, filled from what the training part knows: a mean over all samples would tell it of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from tui_nn.datasets.encoding import Input
from tui_nn.engine.data import Splits
from tui_nn.errors import DataError

Array = np.ndarray[Any, np.dtype[Any]]

# What fills a column beside its indicator.
OWN_FILL = {"number": "mean", "date": "mean", "formula": "mean", "truth value": "most_frequent"}
FILLS = ("mean", "median", "most_frequent", "indicator")


def fill(splits: Splits, how: object, inputs: Sequence[Input] = ()) -> tuple[Splits, Array | None]:
    """The parts with every NaN replaced by what its column has in the training part.

    how: "mean", "median" or "most_frequent", for all columns; `inputs` say it for each instead, where there are such.
    And what stands in for a missing value, (n,), a new sample's too; None if nothing may be missing. Raises DataError
    for a column that has no value in the training part.
    """
    hows = _hows(inputs) if inputs else [(str(how), splits.train.source.shape[1])]
    if not any(one in FILLS for one, _ in hows):
        return splits, None
    source, part = splits.train.source, splits.train
    train = source if part.rows is None else source[part.rows]
    fills = np.zeros(source.shape[1])
    at = 0
    for one, width in hows:
        columns = slice(at, at + width)
        at += width
        if one in FILLS:
            block = train[:, columns].astype(np.float64)
            empty = np.flatnonzero(np.isnan(block).all(axis=0))
            if len(empty):
                number = columns.start + int(empty[0])
                name = splits.features[number] if splits.features else f"column {number + 1}"
                raise DataError(
                    f"data set '{splits.name}': column \"{name}\" has no value in the training part to fill from."
                )
            fills[columns] = _fills(block, one, width > 1 and bool(inputs))
    gaps = np.isnan(source)
    if not gaps.any():
        return splits, fills
    whole = np.where(gaps, fills.astype(source.dtype), source)
    test = splits.test
    if test is not None and test.source is not source:
        test = replace(test, source=np.where(np.isnan(test.source), fills.astype(test.source.dtype), test.source))
    elif test is not None:
        test = replace(test, source=whole)
    return replace(
        splits,
        train=replace(splits.train, source=whole),
        validation=replace(splits.validation, source=whole),
        test=test,
    ), fills


def _hows(inputs: Sequence[Input]) -> list[tuple[str, int]]:
    """What is done about each block of columns, and how wide it is. Categories have no mean: the most frequent one."""
    hows = []
    for one in inputs:
        width = len(one.names)
        how = "most_frequent" if one.kind in ("category", "truth value") and one.missing in FILLS[:2] else one.missing
        if how == "indicator":
            # The last column says that the value is missing, and is itself never so.
            own = OWN_FILL.get(one.kind, "error")
            hows += [*([(own, 1)] * (width - 1) if one.kind != "category" else [(own, width - 1)]), ("error", 1)]
        elif one.kind == "category":
            hows.append((str(how), width))
        else:
            hows += [(str(how), 1)] * width
    return hows


def _fills(block: Array, how: str, is_category: bool) -> Array:
    """(columns,) of one block (m, columns); of a category the one that most rows have."""
    if how == "most_frequent" and is_category:
        counts = np.nansum(block, axis=0)
        most: Array = np.zeros(len(counts))
        most[counts.argmax()] = 1.0
        return most
    if how == "most_frequent":
        return np.array([_most_frequent(column[~np.isnan(column)]) for column in block.T])
    filled: Array = (np.nanmedian if how == "median" else np.nanmean)(block, axis=0)
    return filled


def _most_frequent(values: Array) -> float:
    """The smallest of those that are most frequent."""
    found, counts = np.unique(values, return_counts=True)
    return float(found[counts.argmax()])
