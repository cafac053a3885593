"""The trainer's hand on the run directory: every event goes through here, and nothing else writes these files."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

import tui_nn
from tui_nn.engine.events import Ended, EpochFinished, Event, Reason, Started, StepsFinished
from tui_nn.engine.trainer import Trainer
from tui_nn.errors import StorageError
from tui_nn.files import open_new
from tui_nn.runs import layout
from tui_nn.runs.atomic import write_atomically, write_synced
from tui_nn.runs.checkpoint import Checkpoint, Keeper
from tui_nn.runs.event_log import EventLog
from tui_nn.runs.fingerprint import fingerprint
from tui_nn.runs.history import History
from tui_nn.runs.live import LiveWriter
from tui_nn.runs.lock import lock_run
from tui_nn.runs.recipe import Whole, write_recipe
from tui_nn.runs.saving import Saving
from tui_nn.runs.snapshots import SnapshotWriter
from tui_nn.runs.summary import CRASHED, Checked, Summary, last_values, name_of, samples_per_second, sha256, to_json
from tui_nn.runs.summary import SCHEMA as SUMMARY_SCHEMA
from tui_nn.runs.thinning import DENSITY
from tui_nn.system import remove, sync_folder

Array = np.ndarray[Any, np.dtype[Any]]

FLUSH_EVERY = 0.2  # seconds


class RunRecorder:
    """Records one training run. Call `record` for every event, then `finish`.

    With `resumed` it continues the run of that checkpoint: what was recorded after it is cut. density: how many epochs
    of a long run are recorded, see thinning.py.
    """

    def __init__(
        self,
        path: Path,
        trainer: Trainer,
        whole: Whole,
        *,
        saving: Saving | None = None,
        resumed: Checkpoint | None = None,
        density: int = DENSITY,
        warn: Callable[[str], None] = print,
    ) -> None:
        if resumed is None:
            layout.make_run_directory(path)
        self.path = path
        self.whole = whole
        self._lock = lock_run(path)
        self.trainer = trainer
        self.warn = warn
        self._saving = saving or Saving()
        self._keeper = Keeper(path, self._saving.keep)
        self.problem = ""  # why the disk does not take what is recorded, as long as it does not
        values = trainer.network.parameters.values
        if resumed is None:
            # A checkpoint without these is worth nothing.
            write_synced(path / layout.EXPERIMENT, whole.experiment.encode())
            write_synced(path / layout.NET, whole.net)
            if whole.initial is not None:
                write_synced(path / layout.INITIAL, whole.initial)
            write_recipe(path, whole.recipe)
            with open_new(path / layout.ENVIRONMENT) as file:
                file.write(to_json(environment(whole.recipe.versions)))
            self._log = EventLog(path, density)
            sync_folder(path)  # no checkpoint is found after a power cut without the log it belongs to
        else:
            remove(path / layout.SUMMARY, missing_ok=True)
            self._log = EventLog(path, density, resumed)
        self.live = LiveWriter(path / layout.LIVE, len(values), values.dtype)
        epochs = None if resumed is None else resumed.epochs
        self._snapshots = SnapshotWriter(path / layout.SNAPSHOTS, len(values), values.dtype, epochs)
        self._flushed = time.monotonic()
        self._started = datetime.now(UTC).isoformat(timespec="seconds")

    @property
    def history(self) -> History:
        """What has happened so far."""
        return self._log.history

    @cached_property
    def fingerprint(self) -> dict[str, str]:
        """What the bits of this run depend on."""
        trainer = self.trainer
        return fingerprint(self.whole, trainer.splits, trainer.network.crew.threads, trainer.accelerator)

    def record(self, event: Event) -> None:
        """Write what an event says, and the weights that go with it."""
        values = self.trainer.network.parameters.values
        soon = self._log.record(event)
        if isinstance(event, StepsFinished):
            self._steps(event, values)
        elif isinstance(event, Started):
            self.live.weights(0, values, now=True)
        elif isinstance(event, EpochFinished):
            soon = soon or self.trainer.burst == 1  # somebody watches each step
            try:
                self._snapshots.write(event.epoch, event.step, values)
            except OSError as error:
                self._refused(error)
            self._save_if_due()
        elif isinstance(event, Ended):
            self.live.weights(event.step, values, now=True)
            self.live.beat("ended")
        if soon or time.monotonic() - self._flushed > FLUSH_EVERY:
            self.flush()

    def _steps(self, event: StepsFinished, values: Array) -> None:
        """All losses into the live ring; Theta for readers."""
        trainer = self.trainer
        samples = len(trainer.splits.train)
        seen = (event.epoch - 1) * samples + min(event.batch * trainer.batch, samples)
        self.live.steps(event.step, event.epoch, seen, event.losses)
        self.live.weights(event.step, values)
        # At an epoch's end it is saved once the epoch has been measured.
        if event.batch < trainer.batches:
            self._save_if_due()

    def _save_if_due(self) -> None:
        progress = self.trainer.progress
        if self._saving.due(progress.step, progress.epochs):
            self.try_to_save()

    def try_to_save(self) -> str:
        """Write a checkpoint of this moment. Returns why that failed, which is said too, or nothing."""
        progress = self.trainer.progress
        try:
            self.save()
        except (OSError, StorageError) as error:
            self._saving.done(progress.step, progress.epochs)
            return self._refused(error)
        if self.problem:
            self.warn("the run is saved again.")
            self.problem = ""
        return ""

    def _refused(self, error: OSError | StorageError) -> str:
        """Say that something could not be written, once until a save succeeds. Returns why."""
        reason = str(getattr(error, "strerror", None) or error).rstrip(".")
        if reason != self.problem:
            self.warn(f"the run could not be saved ({reason}); training continues and will try again.")
            self.problem = reason
        return reason

    def flush(self) -> None:
        """Let readers see every event so far, if the disk takes them."""
        self._flushed = time.monotonic()
        try:
            self._log.flush()
        except OSError as error:
            self._refused(error)

    def show_weights(self, step: int) -> None:
        """Let readers see Theta as it is now, whatever the clock says."""
        self.live.weights(step, self.trainer.network.parameters.values, now=True)
        self.flush()

    def save(self) -> None:
        """Write a checkpoint of this moment. Raises as Keeper.save does; the older ones stay then."""
        self._log.sync()
        progress = self.trainer.progress
        self._keeper.save(self.trainer, *self._log.moment(), self.fingerprint, self.history.changes)
        self._saving.done(progress.step, progress.epochs)

    def finish(self, ended: Ended, requirements: list[Checked], exit_code: int) -> Summary:
        """Save the checkpoint and the summary, and close. Returns the summary."""
        if ended.reason != Reason.DIVERGED:  # then the last checkpoint is from before it did
            self.save()
        return self._end(
            reason=ended.reason, message=ended.message, divergence=ended.divergence, exit_code=exit_code,
            epoch=ended.epoch, kept=ended.kept, step=ended.step, requirements=requirements, seconds=ended.seconds,
        )  # fmt: skip

    def crashed(self, message: str, exit_code: int) -> Summary:
        """Write the summary of a run that an error ended, and close. No checkpoint: who knows what state it is in."""
        history = self.history
        epoch = history.last_epoch
        return self._end(
            reason=CRASHED, message=message, divergence=None, exit_code=exit_code, epoch=epoch, kept=None,
            step=self.trainer.progress.step, requirements=[], seconds=self.trainer.progress.seconds,
        )  # fmt: skip

    def _end(self, **how: Any) -> Summary:
        """Write the summary with these facts, and those that do not depend on how it ended."""
        started = self.history.started
        summary = Summary(
            schema=SUMMARY_SCHEMA,
            run=name_of(self.path.resolve().name),
            experiment=self.trainer.experiment,
            started=self._started,
            epochs=self.trainer.epochs,
            seed=self.trainer.seed,
            parameters=len(self.trainer.network.parameters),
            samples=started.samples if started is not None else {},
            measured=started.of if started is not None else {},
            metrics=last_values(self.history),
            samples_per_second=samples_per_second(self.history),
            hashes={
                "experiment": sha256(layout.read(self.path, layout.EXPERIMENT) or b""),
                "parameters": sha256(self.trainer.network.parameters.values.tobytes()),
            },
            environment=environment(self.whole.recipe.versions),
            **how,
        )
        write_atomically(self.path / layout.SUMMARY, to_json(summary))
        self.close()
        return summary

    def close(self) -> None:
        """Let go of the run. What was recorded is kept."""
        self._log.close()
        self.live.close()
        self._lock.close()


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
        "plugins": dict(plugins),
    }
