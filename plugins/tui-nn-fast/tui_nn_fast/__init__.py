"""tui-nn, compiled: an accelerator for dense nets in float32, in C for the instructions that the processor has."""

from __future__ import annotations

from collections.abc import Sequence

from tui_nn.plugin import Accelerator, hookimpl
from tui_nn_fast.accelerator import Fast


@hookimpl
def tui_nn_accelerators() -> Sequence[Accelerator]:
    return [Fast()]
