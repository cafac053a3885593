"""PyTorch with its fused optimizers, which update all the weights in one call of compiled code."""

from __future__ import annotations

from benchmarks.peers import torch_eager
from benchmarks.workloads import Round, Task

NAME = "PyTorch fused"
available = torch_eager.available
environment = torch_eager.environment
actual = torch_eager.actual


def prepare(task: Task) -> Round | None:
    """Give a function that does one round, or None where there is no optimizer to be fused."""
    if task.workload.does != "train":
        return None
    return torch_eager.prepare(task, fused=True)
