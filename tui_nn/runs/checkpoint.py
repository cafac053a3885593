"""Checkpoints: everything that the next step of a run depends on, in one file that is never half written.

The newest is `checkpoint`, those before it `checkpoint.1`, `checkpoint.2`; the best model so far is `best`. A newer one
that turns out to be damaged is passed over for an older one, and that is said.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tui_nn.engine.events import SettingChanged
from tui_nn.engine.progress import Progress
from tui_nn.engine.trainer import Trainer
from tui_nn.errors import StorageError
from tui_nn.model.tensors import DamagedTensors, pack, unpack
from tui_nn.runs import layout
from tui_nn.runs.atomic import sync_folder, write_atomically, write_synced

Array = np.ndarray[Any, np.dtype[Any]]

SCHEMA = 1
MOST_BYTES = 4 << 30
MOST_KEPT = 100
SCRATCH = "scratch"  # state of this name carries nothing from one step to the next


@dataclass(frozen=True)
class Checkpoint:
    """One moment of a run. state: what the optimizer remembers; best: the best parameters so far; facts: the rest."""

    parameters: Array
    state: dict[str, Array]
    best: Array | None
    facts: dict[str, Any]

    @property
    def step(self) -> int:
        """Updates that had been taken."""
        return int(self.facts["step"])

    @property
    def events(self) -> int:
        """Bytes of the event log that belong to it."""
        return int(self.facts["events"])

    @property
    def epochs(self) -> int:
        """Epochs that had been measured."""
        return int(self.facts["epochs"])

    @property
    def fingerprint(self) -> dict[str, str]:
        """What the numbers depended on."""
        return dict(self.facts["fingerprint"])

    @property
    def changes(self) -> list[SettingChanged]:
        """What had been changed by hand, in its order."""
        return [SettingChanged(*change) for change in self.facts["changes"]]

    def restore(self, trainer: Trainer) -> None:
        """Put a fresh trainer of the same experiment where this one was. Raises StorageError if it does not fit."""
        values, stepper = trainer.network.parameters.values, trainer.stepper
        state = {name: array for name, array in stepper.state.items() if not name.startswith(SCRATCH)}
        pairs = [(values, self.parameters), *((state[name], self.state.get(name)) for name in state)]
        if any(found is None or found.shape != own.shape or found.dtype != own.dtype for own, found in pairs):
            raise StorageError("the checkpoint belongs to another experiment: its arrays have other sizes.")
        for own, found in pairs:
            own[...] = found
        facts, progress = self.facts, trainer.progress
        best = progress.best
        best.best, best.epoch, best.values = facts["best"], facts["best_epoch"], self.best
        trainer.progress = Progress(
            best,
            self.step,
            self.epochs,
            facts["began"],
            facts["losses"],
            facts["resting"],
            facts["seconds"],
        )
        trainer.batch = stepper.batch = facts["batch"]
        trainer.next_batch = facts["next_batch"]


class Keeper:
    """Writes the checkpoints of one run and keeps the newest `keep` of them, and the best model."""

    def __init__(self, run: Path, keep: int = 3) -> None:
        self._run = run
        self._keep = keep
        self._best_epoch = -1

    def save(
        self, trainer: Trainer, events: int, fingerprint: dict[str, str], changes: Sequence[SettingChanged]
    ) -> None:
        """Replace the newest checkpoint by this moment. Raises OSError, and then the older ones are as before."""
        progress = trainer.progress
        best = progress.best
        facts = {
            "schema": SCHEMA,
            "step": progress.step,
            "epochs": progress.epochs,
            "began": progress.began,
            "batch": trainer.batch,
            "next_batch": trainer.next_batch,
            "losses": progress.losses,
            "resting": progress.resting,
            "seconds": progress.seconds,
            "best": best.best,
            "best_epoch": best.epoch,
            "events": events,
            "seed": trainer.seed,
            "fingerprint": fingerprint,
            "changes": [[change.step, change.epoch, change.key, change.value] for change in changes],
        }
        tensors = {"parameters": trainer.network.parameters.values}
        for name, array in trainer.stepper.state.items():
            if not name.startswith(SCRATCH):
                tensors[f"optimizer.{name}"] = array
        if best.values is not None:
            tensors["best"] = best.values
        newest = self._run / layout.CHECKPOINT
        temporary = newest.with_name(f"{newest.name}.new")
        write_synced(temporary, pack(tensors, {"facts": json.dumps(facts)}))
        # Each rename leaves at least one whole checkpoint under a name that readers try.
        for age in range(self._keep - 1, 0, -1):
            with contextlib.suppress(FileNotFoundError):
                os.replace(_aged(newest, age - 1), _aged(newest, age))
        os.replace(temporary, newest)
        sync_folder(self._run)
        age = self._keep
        while _aged(newest, age).exists():
            _aged(newest, age).unlink()
            age += 1
        if best.values is not None and best.epoch != self._best_epoch:
            about = {"epoch": best.epoch, "metric": f"{best.rule.metric}@{best.rule.split}", "value": best.best}
            write_atomically(self._run / layout.BEST, pack({"parameters": best.values}, {"facts": json.dumps(about)}))
            self._best_epoch = best.epoch


def load_checkpoint(run: Path, warn: Callable[[str], None]) -> Checkpoint | None:
    """The newest sound checkpoint of a run, None if it has none at all; what is damaged is told to `warn`.

    Raises StorageError if there are checkpoints and none is sound.
    """
    newest = run / layout.CHECKPOINT
    tried = []
    for age in range(MOST_KEPT):
        path = _aged(newest, age)
        if not path.exists():
            continue  # a kill between two renames leaves a gap
        try:
            checkpoint = read_checkpoint(path)
            log = (run / layout.EVENTS).stat().st_size
            if log < checkpoint.events:
                raise DamagedTensors(f"the event log is shorter ({log} bytes) than when this checkpoint was written")
        except (DamagedTensors, OSError) as error:
            tried.append(f"{path}: {error}")
            warn(f"{path}: {error}. Trying an older checkpoint.")
            continue
        return checkpoint
    if tried:
        raise StorageError(f"{run}: none of its checkpoints can be read. {tried[0]}.")
    return None


def read_checkpoint(path: Path) -> Checkpoint:
    """Raises DamagedTensors for a file that is not one, OSError for one that cannot be read."""
    if path.stat().st_size > MOST_BYTES:
        raise DamagedTensors("it is larger than any checkpoint")
    tensors, texts = unpack(path.read_bytes())
    try:
        facts = json.loads(texts["facts"])
        if facts["schema"] > SCHEMA:
            raise DamagedTensors(f"it was written by a newer version (schema {facts['schema']})")
        state = {name.removeprefix("optimizer."): array for name, array in tensors.items() if "optimizer." in name}
        checkpoint = Checkpoint(tensors["parameters"], state, tensors.get("best"), facts)
        _ = checkpoint.step, checkpoint.events, checkpoint.epochs, checkpoint.fingerprint, checkpoint.changes
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedTensors(f"a part is missing: {error}") from None
    return checkpoint


def _aged(newest: Path, age: int) -> Path:
    return newest.with_name(f"{newest.name}.{age}") if age else newest
