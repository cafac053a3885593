"""A path as a data set: a folder of IDX files, a table, or an .npz archive."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tui_nn.datasets.fetch import REMOTES, fetched
from tui_nn.datasets.idx import load_idx_folder
from tui_nn.datasets.npz import load_npz
from tui_nn.datasets.tables import load_inputs, load_table
from tui_nn.engine.data import Dataset
from tui_nn.errors import DataError, did_you_mean
from tui_nn.files import is_there

Array = np.ndarray[Any, np.dtype[Any]]


def load_rows(
    path: Path, features: Sequence[str], inputs: int, target: str | None = None, missing: str = "error"
) -> Array:
    """Inputs alone, (m, inputs), for a network that was trained on such: answers may be there or not.

    missing: "keep" makes a NaN of an empty cell, for a network that has something to stand in for it. Raises DataError,
    also for another number of inputs.
    """
    if path.suffix.lower() in (".csv", ".tsv") and is_there(path) and not path.is_dir():
        return load_inputs(path, features, inputs, target, missing)
    x = load_path(path).x
    if x.shape[1] != inputs:
        raise DataError(f"{path}: has {x.shape[1]} inputs; the network was trained on {inputs}.")
    return x


def load_path(path: Path, target: str | None = None, missing: str = "error") -> Dataset:
    """The data set at `path`, or the one that was fetched, if `path` is its name and no file's.

    `target` names the column with the answers, `missing` says what to do with empty cells, for tables.
    Raises DataError with what was found, what can be read, and where.
    """
    there = is_there(path)
    if not there and str(path) in REMOTES:
        path = fetched(str(path))
    elif not there:
        siblings = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        near = did_you_mean(path.name, siblings) if len(siblings) < 200 else ""
        raise DataError(f"{path}: there is no such file or folder.{near}")
    if path.is_dir():
        return load_idx_folder(path)
    suffix = path.suffix.lower()
    if suffix in (".csv", ".tsv"):
        return load_table(path, target, missing)
    if suffix == ".npz":
        return load_npz(path)
    raise DataError(f"{path}: '{suffix}' is not a kind of data file. Known: a folder of IDX files, .csv, .tsv, .npz.")
