"""TensorBoard event files, through tensorboardX (the extra `tensorboard`): scalars, and Theta as histograms.

A run becomes DIR/<run>/train and DIR/<run>/validation with the same tags in both, so that TensorBoard draws the two
curves of a metric into one chart. Records are written one by one, so that a full disk is noticed here and not in a
thread of the library.
"""

from __future__ import annotations

import bisect
import contextlib
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from tui_nn.errors import ExperimentError, refused_by_disk
from tui_nn.report.finished import Finished
from tui_nn.report.metrics import rows
from tui_nn.runs.history import History

FILE = "events.out.tfevents.0.tui-nn"  # one name, so that a second report replaces the first
MOST_HISTOGRAMS = 64  # moments of Theta, spread over the run


def need_tensorboard() -> None:
    """Raises ExperimentError, before anything is trained, if tensorboardX is not installed."""
    try:
        import tensorboardX  # noqa: F401
    except ImportError:
        raise ExperimentError("--tensorboard needs tensorboardX: pip install 'tui-nn[tensorboard]'.") from None


def write_event_files(run: Finished, folder: Path) -> None:
    """Everything that a run measured, below `folder`/<run>. Raises StorageError if it cannot be written."""
    need_tensorboard()
    folder /= run.reader.path.resolve().name
    began = datetime.fromisoformat(run.summary.started or "1970-01-01T00:00:00+00:00").timestamp()
    files = _EventFiles(folder, began)
    with refused_by_disk(folder), contextlib.closing(files):
        _scalars(run, files)
        _histograms(run, files)


def _scalars(run: Finished, files: _EventFiles) -> None:
    history = run.reader.history
    for row in rows(history):
        for name, value in row.items():
            metric, _, part = name.rpartition("@")
            if metric:
                files.scalar(part, metric, value, int(row["step"]), row["seconds"])
    for step, loss in zip(history.steps, history.step_loss, strict=True):
        files.scalar("train", "batch_loss", loss, step, _seconds(history, step))
    for name, measured in run.summary.metrics.get("test", {}).items():
        if measured is not None:
            files.scalar("test", name, measured, run.summary.step, run.summary.seconds)


def _seconds(history: History, step: int) -> float:
    """The clock at the last recorded epoch up to this step: steps have none of their own."""
    before = bisect.bisect_right(history.epoch_steps, step)
    return history.epoch_seconds[before - 1] if before else 0.0


def _histograms(run: Finished, files: _EventFiles) -> None:
    """How the weights of each layer are spread, over the recorded moments."""
    reader = run.reader
    records = reader.snapshots()
    moments = np.linspace(0, len(records) - 1, MOST_HISTOGRAMS).round().astype(int) if records is not None else ()
    for index in np.unique(moments):
        weights = reader.recorded(int(index))
        if weights is None:  # of another network than the run's, or cut short
            continue
        for number, theta in enumerate(weights.thetas, start=1):
            if np.isfinite(theta).all():
                seconds = _seconds(reader.history, weights.step)
                files.histogram("train", f"Theta{number}", theta.ravel(), weights.step, seconds)


class _EventFiles:
    """One event file a part, made at its first record. `began`: when the run began, in seconds since 1970."""

    def __init__(self, folder: Path, began: float) -> None:
        self._folder = folder
        self._began = began
        self._writers: dict[str, Any] = {}

    def scalar(self, part: str, tag: str, value: float, step: int, seconds: float) -> None:
        from tensorboardX.proto.summary_pb2 import Summary

        # Not the library's own helper, which remarks on every NaN.
        tag = re.sub(r"[^-/\w.]", "_", tag)
        self._write(part, Summary(value=[Summary.Value(tag=tag, simple_value=value)]), step, seconds)

    def histogram(self, part: str, tag: str, values: Any, step: int, seconds: float) -> None:
        from tensorboardX.summary import histogram

        self._write(part, histogram(tag, values, bins="auto" if len(values) < 1000 else 64), step, seconds)

    def _write(self, part: str, summary: Any, step: int, seconds: float) -> None:
        from tensorboardX.proto.event_pb2 import Event

        writer = self._writers.get(part) or self._open(part)
        event = Event(wall_time=self._began + seconds, step=step, summary=summary)
        writer.write(event.SerializeToString())

    def _open(self, part: str) -> Any:
        from tensorboardX import RecordWriter
        from tensorboardX.proto.event_pb2 import Event

        path = self._folder / part / FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        writer = self._writers[part] = RecordWriter(str(path))
        writer.write(Event(wall_time=self._began, file_version="brain.Event:2").SerializeToString())
        return writer

    def close(self) -> None:
        for writer in self._writers.values():
            writer.close()
