"""CIFAR-10 in its binary version: records of a label and 32 x 32 pixels in three colours. The pickled one is not read.

Reference: Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tui_nn.datasets.limits import check_size, opened
from tui_nn.engine.data import Dataset
from tui_nn.errors import DataError

Array = np.ndarray[Any, np.dtype[Any]]

SIDE, COLOURS = 32, ("red", "green", "blue")
PIXELS = SIDE * SIDE * len(COLOURS)
TRAIN, TEST, NAMES = "data_batch_1.bin", "test_batch.bin", "batches.meta.txt"


def is_cifar(folder: Path) -> bool:
    """Whether a folder holds it."""
    return (folder / TRAIN).is_file()


def load_cifar(folder: Path) -> Dataset:
    """50,000 pictures to train on and 10,000 to test; inputs are red, green and blue pixels, in this order.

    Raises DataError for a file whose length is none of so many records, or with a label that there is not.
    """
    files = sorted(folder.glob("data_batch_*.bin"))
    parts = [_records(path) for path in files]
    x, y = np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
    test = _records(folder / TEST) if (folder / TEST).is_file() else None
    names = _names(folder / NAMES)
    most = int(max(y.max(), test[1].max() if test else 0)) + 1
    classes = names if len(names) >= most else tuple(str(label) for label in range(most))
    features = [f"{colour} {row},{column}" for colour in COLOURS for row in range(SIDE) for column in range(SIDE)]
    about = f"{len(x)} colour pictures of {SIDE} x {SIDE} pixels"
    return Dataset(folder.name, x, y, classes, tuple(features), None, about, test, 255.0)


def _records(path: Path) -> tuple[Array, Array]:
    with opened(path) as file:
        size = file.seek(0, 2)
        file.seek(0)
        samples, rest = divmod(size, PIXELS + 1)
        if rest or not samples:
            raise DataError(f"{path}: has {size:,} bytes; expected records of {PIXELS + 1:,}.")
        check_size(path, samples, PIXELS, 3 * size)
        records = np.frombuffer(file.read(size), np.uint8).reshape(samples, PIXELS + 1)
    if records[:, 0].max() > 9:
        row = int((records[:, 0] > 9).argmax())
        raise DataError(f"{path}: record {row + 1} has the label {records[row, 0]}; expected 0 to 9.")
    return records[:, 1:], records[:, 0].astype(np.intp)


def _names(path: Path) -> tuple[str, ...]:
    if not path.is_file():
        return ()
    with opened(path) as file:
        return tuple(line.strip() for line in file.read(4096).decode("utf-8", "replace").splitlines() if line.strip())
