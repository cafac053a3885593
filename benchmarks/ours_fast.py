"""tui-nn with its optional compiled accelerator, `training.accelerator = "fast"`."""

from __future__ import annotations

import importlib.util

from benchmarks import ours
from benchmarks.workloads import Round, Task

NAME = "tui-nn fast"
environment = ours.environment
actual = ours.actual


def available() -> str | None:
    """Give why it cannot be used here, or None."""
    return None if importlib.util.find_spec("numba") else "numba is not installed"


def prepare(task: Task) -> Round | None:
    """Give a function that does one round, or None where nothing is trained and so nothing compiled."""
    if task.workload.does != "train":
        return None
    return ours.prepare(task, accelerator="fast")
