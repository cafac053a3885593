"""A hash of a data set: equal for the same samples, answers and names in the same order, whatever file they are in."""

from __future__ import annotations

import hashlib
import json

import numpy as np

from tui_nn.engine.data import Dataset

BLOCK = 2**22  # bytes


def digest(dataset: Dataset) -> str:
    """sha256, hexadecimal, over every number, class and feature; the name of the data set is not in it."""
    names = [dataset.classes, dataset.features, dataset.picture, dataset.unit_scale]
    found = hashlib.sha256(json.dumps(names).encode())
    weights = () if dataset.weights is None else (dataset.weights,)
    for array in (dataset.x, dataset.y, *(dataset.test or ()), *weights):
        found.update(str((array.shape, array.dtype.str)).encode())
        rows = max(1, BLOCK // max(1, array[:1].nbytes))
        for first in range(0, len(array), rows):  # a copy of all of it may not fit beside it
            found.update(np.ascontiguousarray(array[first : first + rows]).data)
    return found.hexdigest()
