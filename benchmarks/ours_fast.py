"""tui-nn with its optional compiled accelerator, `training.accelerator = "fast"`."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

import numpy as np

from benchmarks import ours
from benchmarks.workloads import Workload

NAME = "tui-nn fast"
environment = ours.environment
actual = ours.actual


def available() -> str | None:
    """Give why it cannot be used here, or None."""
    return None if importlib.util.find_spec("numba") else "numba is not installed"


def prepare(
    workload: Workload,
    x: np.ndarray,
    y: np.ndarray,
    thetas: list[np.ndarray],
    threads: int,
    *,
    shuffle: bool = True,
) -> Callable[[], list[np.ndarray]] | None:
    """Give a function that does one round, or None where nothing is trained and so nothing compiled."""
    if workload.does != "train":
        return None
    return ours.prepare(workload, x, y, thetas, threads, shuffle=shuffle, accelerator="fast")
