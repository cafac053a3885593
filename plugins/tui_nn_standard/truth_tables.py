"""Truth tables: two inputs, one answer, four samples. One neuron can do AND and OR; XOR and XNOR need two layers."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.plugin import Dataset, DatasetSource, dataset


def _table(name: str, answers: tuple[int, int, int, int]) -> Dataset:
    """The data set with rows 00, 01, 10, 11."""
    x: np.ndarray[Any, np.dtype[Any]] = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
    return Dataset(name, x, np.array(answers, np.intp), ("0", "1"), ("x1", "x2"))


@dataset(name="and")
def and_table() -> Dataset:
    """x1 AND x2: 1 only if both are 1."""
    return _table("and", (0, 0, 0, 1))


@dataset(name="or")
def or_table() -> Dataset:
    """x1 OR x2: 0 only if both are 0."""
    return _table("or", (0, 1, 1, 1))


@dataset(name="xor")
def xor_table() -> Dataset:
    """x1 XOR x2: 1 if they differ; no single line separates the classes."""
    return _table("xor", (0, 1, 1, 0))


@dataset(name="xnor")
def xnor_table() -> Dataset:
    """x1 XNOR x2: 1 if they are equal; the lecture builds it from AND, NOR and OR."""
    return _table("xnor", (1, 0, 0, 1))


DATASETS: list[DatasetSource] = [and_table, or_table, xor_table, xnor_table]
