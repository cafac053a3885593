"""The trainer's hand on the run directory: every event goes through here, and nothing else writes these files."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

import tui_nn
from tui_nn.engine.events import Ended, EpochFinished, Event, Started, StepsFinished
from tui_nn.engine.trainer import Trainer
from tui_nn.runs import layout
from tui_nn.runs.checkpoint import save_checkpoint, write_atomically
from tui_nn.runs.codec import encode
from tui_nn.runs.history import History
from tui_nn.runs.live import LiveWriter
from tui_nn.runs.snapshots import SnapshotWriter
from tui_nn.runs.summary import SCHEMA as SUMMARY_SCHEMA
from tui_nn.runs.summary import Checked, Summary, last_values, samples_per_second, sha256, to_json

Array = np.ndarray[Any, np.dtype[Any]]

STEPS_RECORDED = 20  # an epoch: the others are in the live ring only, or the log of a long run would be huge
FLUSH_EVERY = 0.2  # seconds
CHECKPOINT_EVERY = 10.0  # seconds, at the end of an epoch


class RunRecorder:
    """Records one training run. Call `record` for every event, then `finish`."""

    def __init__(self, path: Path, trainer: Trainer, experiment_toml: str, plugins: Mapping[str, str]) -> None:
        layout.make_run_directory(path)
        self.path = path
        self.history = History()
        self.plugins = dict(plugins)
        self._trainer = trainer
        self._every = max(1, trainer.batches // STEPS_RECORDED)
        (path / layout.EXPERIMENT).write_text(experiment_toml, "utf-8")
        (path / layout.ENVIRONMENT).write_bytes(to_json(environment(plugins)))
        values = trainer.network.parameters.values
        self.live = LiveWriter(path / layout.LIVE, len(values), values.dtype)
        self._snapshots = SnapshotWriter(path / layout.SNAPSHOTS, len(values), values.dtype)
        self._events = (path / layout.EVENTS).open("wb")
        self._flushed = self._saved = time.monotonic()
        self._started = datetime.now(UTC).isoformat(timespec="seconds")

    def record(self, event: Event) -> None:
        """Write what an event says, and the weights that go with it."""
        values = self._trainer.network.parameters.values
        if isinstance(event, StepsFinished):
            self._steps(event, values)
            return
        self.history.apply(event)
        self._events.write(encode(event))
        if isinstance(event, Started):
            self.live.weights(0, values, now=True)
        elif isinstance(event, EpochFinished):
            self._snapshots.write(event.epoch, event.step, values)
            if time.monotonic() - self._saved > CHECKPOINT_EVERY:
                self.save(event.epoch, event.step)
        elif isinstance(event, Ended):
            self.live.weights(event.step, values, now=True)
            self.live.beat("ended")
        self.flush()

    def _steps(self, event: StepsFinished, values: Array) -> None:
        """All losses into the live ring, some of them into the log; Theta for readers."""
        trainer = self._trainer
        samples = len(trainer.splits.train)
        seen = (event.epoch - 1) * samples + min(event.batch * trainer.batch, samples)
        self.live.steps(event.step, event.epoch, seen, event.losses)
        self.live.weights(event.step, values)
        first = event.step - len(event.losses) + 1
        # The first step and every so many, whichever bursts they came in.
        if first == 1 or event.step // self._every > (first - 1) // self._every:
            for one in event.each():
                if one.step == 1 or one.step % self._every == 0:
                    self.history.apply(one)
                    self._events.write(encode(one))
        if time.monotonic() - self._flushed > FLUSH_EVERY:
            self.flush()

    def flush(self) -> None:
        """Let readers see every event so far."""
        self._events.flush()
        self._flushed = time.monotonic()

    def show_weights(self, step: int) -> None:
        """Let readers see Theta as it is now, whatever the clock says."""
        self.live.weights(step, self._trainer.network.parameters.values, now=True)
        self.flush()

    def save(self, epoch: int, step: int) -> None:
        """Replace the checkpoint."""
        facts = {"epoch": str(epoch), "step": str(step), "seed": str(self._trainer.seed)}
        tensors = {"parameters": self._trainer.network.parameters.values}
        for name, array in self._trainer.stepper.state.items():
            tensors[f"optimizer.{name}"] = array
        save_checkpoint(self.path / layout.CHECKPOINT, tensors, facts)
        self._saved = time.monotonic()

    def finish(self, ended: Ended, requirements: list[Checked], exit_code: int) -> Summary:
        """Save the checkpoint and the summary, and close. Returns the summary."""
        self.save(ended.epoch, ended.step)
        summary = Summary(
            schema=SUMMARY_SCHEMA,
            run=str(self.path),
            experiment=self._trainer.experiment,
            started=self._started,
            reason=ended.reason,
            message=ended.message,
            divergence=ended.divergence,
            exit_code=exit_code,
            epoch=ended.epoch,
            kept=ended.kept,
            step=ended.step,
            epochs=self._trainer.epochs,
            seed=self._trainer.seed,
            parameters=len(self._trainer.network.parameters),
            samples=self.history.started.samples if self.history.started is not None else {},
            metrics=last_values(self.history),
            requirements=requirements,
            seconds=ended.seconds,
            samples_per_second=samples_per_second(self.history),
            hashes={
                "experiment": sha256((self.path / layout.EXPERIMENT).read_bytes()),
                "parameters": sha256(self._trainer.network.parameters.values.tobytes()),
            },
            environment=environment(self.plugins),
        )
        write_atomically(self.path / layout.SUMMARY, to_json(summary))
        self._events.close()
        return summary


def environment(plugins: Mapping[str, str]) -> dict[str, Any]:
    """What the arithmetic depends on, and who took part."""
    blas = np.show_config(mode="dicts").get("Build Dependencies", {}).get("blas", {})
    return {
        "tui_nn": tui_nn.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "blas": f"{blas.get('name', '')} {blas.get('version', '')}".strip(),
        "threads": os.environ.get("OPENBLAS_NUM_THREADS", ""),
        "platform": platform.platform(),
        "processors": os.cpu_count(),
        "executable": sys.executable,
        "plugins": dict(plugins),
    }
