"""PyTorch with its fused optimizers, which update all the weights in one call of compiled code."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.peers import torch_eager
from benchmarks.workloads import Workload

NAME = "PyTorch fused"
available = torch_eager.available
environment = torch_eager.environment
actual = torch_eager.actual


def prepare(
    workload: Workload,
    x: np.ndarray,
    y: np.ndarray,
    thetas: list[np.ndarray],
    threads: int,
    *,
    shuffle: bool = True,
) -> Callable[[], list[np.ndarray]] | None:
    """Give a function that does one round, or None where there is no optimizer to be fused."""
    if workload.does != "train":
        return None
    return torch_eager.prepare(workload, x, y, thetas, threads, shuffle=shuffle, fused=True)
