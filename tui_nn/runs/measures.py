"""With what a run is measured: to its end, and when it is repeated, by the metrics that it began with."""

from __future__ import annotations

from pathlib import Path

from tui_nn.engine.events import Started
from tui_nn.engine.trainer import Trainer
from tui_nn.errors import StorageError


def measure_as_before(run: Path, trainer: Trainer, started: Started | None) -> None:
    """Leave to the trainer the metrics of the run alone: another version or a plugin may have brought more.

    Raises StorageError if one of them is not there any more.
    """
    if started is None:
        return
    wanted = set(started.metrics)
    known = {metric.name for metric in trainer.metrics}
    gone = [name for name in started.metrics if name not in known]
    if gone:
        raise StorageError(f"{run}: was measured by '{gone[0]}', which is no metric here; name or install its plugin.")
    trainer.metrics = [metric for metric in trainer.metrics if metric.returns != "number" or metric.name in wanted]
