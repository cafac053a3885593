"""tui-nn with its compiled accelerator, `training.accelerator = "fast"`."""

from __future__ import annotations

import importlib.util

from benchmarks import ours
from benchmarks.workloads import Round, Task

NAME = "tui-nn fast"
environment = ours.environment
actual = ours.actual


def available() -> str | None:
    """Give why it cannot be used here, or None."""
    if importlib.util.find_spec("tui_nn_fast") is None:
        return "tui-nn-fast is not installed"
    from tui_nn_fast import library

    try:
        return None if library.levels() else "it has no kernels for this processor"
    except OSError as error:
        return str(error)


def prepare(task: Task) -> Round | None:
    """Give a function that does one round."""
    return ours.prepare(task, accelerator="fast")
