"""The trainer's hand on the run directory: every event goes through here, and nothing else writes these files."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

import tui_nn
from tui_nn.engine.events import Ended, EpochFinished, Event, Reason, Started, StepsFinished
from tui_nn.engine.trainer import Trainer
from tui_nn.errors import StorageError
from tui_nn.files import open_new, open_to_change
from tui_nn.runs import layout
from tui_nn.runs.atomic import sync_folder, write_atomically, write_synced
from tui_nn.runs.checkpoint import Checkpoint, Keeper
from tui_nn.runs.codec import decode, encode
from tui_nn.runs.fingerprint import fingerprint
from tui_nn.runs.history import History
from tui_nn.runs.live import LiveWriter
from tui_nn.runs.lock import lock_run
from tui_nn.runs.recipe import Whole, write_recipe
from tui_nn.runs.saving import Saving
from tui_nn.runs.snapshots import SnapshotWriter
from tui_nn.runs.summary import CRASHED, Checked, Summary, last_values, name_of, samples_per_second, sha256, to_json
from tui_nn.runs.summary import SCHEMA as SUMMARY_SCHEMA

Array = np.ndarray[Any, np.dtype[Any]]

STEPS_RECORDED = 20  # an epoch: the others are in the live ring only, or the log of a long run would be huge
FLUSH_EVERY = 0.2  # seconds


class RunRecorder:
    """Records one training run. Call `record` for every event, then `finish`.

    With `resumed` it continues the run of that checkpoint: what was recorded after it is cut.
    """

    def __init__(
        self,
        path: Path,
        trainer: Trainer,
        whole: Whole,
        *,
        saving: Saving | None = None,
        resumed: Checkpoint | None = None,
        warn: Callable[[str], None] = print,
    ) -> None:
        if resumed is None:
            layout.make_run_directory(path)
        self.path = path
        self.history = History()
        self.whole = whole
        self._lock = lock_run(path)
        self.trainer = trainer
        self.warn = warn
        self._saving = saving or Saving()
        self._keeper = Keeper(path, self._saving.keep)
        self._every = max(1, trainer.batches // STEPS_RECORDED)
        values = trainer.network.parameters.values
        self._events: BinaryIO
        if resumed is None:
            # A checkpoint without these is worth nothing.
            write_synced(path / layout.EXPERIMENT, whole.experiment.encode())
            write_synced(path / layout.NET, whole.net)
            if whole.initial is not None:
                write_synced(path / layout.INITIAL, whole.initial)
            write_recipe(path, whole.recipe)
            with open_new(path / layout.ENVIRONMENT) as file:
                file.write(to_json(environment(whole.recipe.versions)))
            self._events = open_new(path / layout.EVENTS)
            sync_folder(path)  # no checkpoint is found after a power cut without the log it belongs to
        else:
            self._events = self._cut(resumed)
        self.live = LiveWriter(path / layout.LIVE, len(values), values.dtype)
        epochs = None if resumed is None else resumed.epochs
        self._snapshots = SnapshotWriter(path / layout.SNAPSHOTS, len(values), values.dtype, epochs)
        self._flushed = time.monotonic()
        self._before_end = 0
        self._started = datetime.now(UTC).isoformat(timespec="seconds")

    def _cut(self, resumed: Checkpoint) -> BinaryIO:
        """Open the event log to go on after the checkpoint, and read what stands before."""
        (self.path / layout.SUMMARY).unlink(missing_ok=True)
        events = open_to_change(self.path / layout.EVENTS)
        for line in events.read(resumed.events).splitlines():
            event = decode(line)
            if event is not None:
                self.history.apply(event)
        events.truncate(resumed.events)
        events.seek(resumed.events)
        return events

    @cached_property
    def fingerprint(self) -> dict[str, str]:
        """What the bits of this run depend on."""
        return fingerprint(self.whole, self.trainer.splits, self.trainer.network.crew.threads)

    def record(self, event: Event) -> None:
        """Write what an event says, and the weights that go with it."""
        values = self.trainer.network.parameters.values
        if isinstance(event, StepsFinished):
            self._steps(event, values)
            return
        if isinstance(event, Ended):
            self._before_end = self._events.tell()
        self.history.apply(event)
        self._events.write(encode(event))
        if isinstance(event, Started):
            self.live.weights(0, values, now=True)
        elif isinstance(event, EpochFinished):
            self._snapshots.write(event.epoch, event.step, values)
            self._save_if_due()
        elif isinstance(event, Ended):
            self.live.weights(event.step, values, now=True)
            self.live.beat("ended")
        self.flush()

    def _steps(self, event: StepsFinished, values: Array) -> None:
        """All losses into the live ring, some of them into the log; Theta for readers."""
        trainer = self.trainer
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
            reason = str(getattr(error, "strerror", None) or error).rstrip(".")
            self.warn(f"the run could not be saved ({reason}); training continues and will try again.")
            self._saving.done(progress.step, progress.epochs)
            return reason
        return ""

    def flush(self) -> None:
        """Let readers see every event so far."""
        self._events.flush()
        self._flushed = time.monotonic()

    def show_weights(self, step: int) -> None:
        """Let readers see Theta as it is now, whatever the clock says."""
        self.live.weights(step, self.trainer.network.parameters.values, now=True)
        self.flush()

    def save(self) -> None:
        """Write a checkpoint of this moment. Raises as Keeper.save does; the older ones stay then."""
        self._events.flush()
        os.fsync(self._events.fileno())
        progress = self.trainer.progress
        events = self._events.tell() if self.history.ended is None else self._before_end
        self._keeper.save(self.trainer, events, self.fingerprint, self.history.changes)
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
        self._events.close()
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
