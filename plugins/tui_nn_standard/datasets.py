"""The built-in data sets: three real ones that ship with the package, Playground's, and small made-up ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.plugin import Dataset, DatasetSource, dataset
from tui_nn_standard import functions, playground, three_pixels, truth_tables
from tui_nn_standard._files import data_file

Array = np.ndarray[Any, np.dtype[Any]]


def _table(name: str) -> tuple[Array, Array, tuple[str, ...]]:
    """Inputs (m, n), labels (m,) from the last column, names of the input columns."""
    path = data_file(name)
    with path.open(encoding="utf-8") as file:
        header = file.readline().strip().split(",")
        values = np.loadtxt(file, np.float32, delimiter=",")
    return values[:, :-1], values[:, -1].astype(np.intp), tuple(header[:-1])


@dataset
def digits() -> Dataset:
    """1,797 handwritten digits of 8 x 8 pixels, 0 to 16 each (Alpaydin and Kaynak, UCI, 1998)."""
    x, y, features = _table("digits.csv")
    classes = tuple(str(digit) for digit in range(10))
    return Dataset("digits", x, y, classes, features, (8, 8), unit_scale=16.0)


@dataset
def iris() -> Dataset:
    """150 iris flowers of three species: lengths and widths of sepal and petal in cm (Fisher, 1936)."""
    x, y, features = _table("iris.csv")
    return Dataset("iris", x, y, ("setosa", "versicolor", "virginica"), features)


@dataset
def wine() -> Dataset:
    """178 wines of three cultivars: thirteen chemical measurements of very different sizes (UCI, 1992)."""
    x, y, features = _table("wine.csv")
    return Dataset("wine", x, y, ("cultivar 1", "cultivar 2", "cultivar 3"), features)


DATASETS: list[DatasetSource] = [
    digits,
    iris,
    wine,
    *playground.DATASETS,
    *truth_tables.DATASETS,
    *three_pixels.DATASETS,
    *functions.DATASETS,
]
