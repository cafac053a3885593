"""tui-nn, compiled: an accelerator that fuses optimizers into one walk over the parameters and, for small nets whose
parts it knows, runs whole blocks of gradient steps in one call. It needs numba, which comes with the extra `fast`.
"""

from __future__ import annotations

from collections.abc import Sequence

from tui_nn.plugin import Accelerator, hookimpl
from tui_nn_fast.accelerator import Fast


@hookimpl
def tui_nn_accelerators() -> Sequence[Accelerator]:
    return [Fast()]
