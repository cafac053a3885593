"""Checkpoints: everything that the next step of a run depends on, in one file that is never half written.

What may be long is a tensor, for the header of such a file is bounded: losses, and what was done by hand. Without a
schedule that asks for every loss nothing grows with the epochs: a long run is saved as fast as a short one.
The newest is `checkpoint`, those before it `checkpoint.1`, `checkpoint.2`; the best model so far is `best`. A newer one
that turns out to be damaged is passed over for an older one, and that is said.
"""

from __future__ import annotations

import contextlib
import json
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import msgspec
import numpy as np

from tui_nn.engine.events import SettingChanged
from tui_nn.engine.progress import Progress
from tui_nn.engine.stopping import Rest
from tui_nn.engine.trainer import Trainer
from tui_nn.errors import StorageError
from tui_nn.files import read_bytes
from tui_nn.model.tensors import DamagedTensors, pack, unpack
from tui_nn.runs import layout
from tui_nn.runs.atomic import write_atomically, write_synced
from tui_nn.runs.newest import Newest, parse
from tui_nn.runs.schema import MOST, Count, Seconds
from tui_nn.system import remove, rename, sync_folder

Array = np.ndarray[Any, np.dtype[Any]]

SCHEMA = 3  # 1 had the losses and the changes among its facts; until 2 resting had all values
MOST_BYTES = 4 << 30
MOST_KEPT = 100
SCRATCH = "scratch"  # state of this name carries nothing from one step to the next
OPTIMIZER = "optimizer."  # in front of what the optimizer remembers


class Facts(msgspec.Struct, frozen=True):
    """What a checkpoint says beside its arrays, each as in Progress and Trainer. events: bytes of the event log."""

    schema: int
    step: Count
    epochs: Count
    began: Count
    batch: Annotated[int, msgspec.Meta(ge=1, le=MOST)]
    next_batch: Annotated[int, msgspec.Meta(ge=1, le=MOST)]
    seconds: Seconds
    best: float | None
    best_epoch: int
    events: Count
    fingerprint: dict[str, str]
    before: float | None = None


@dataclass(frozen=True)
class Checkpoint:
    """One moment of a run. state: what the optimizer remembers; best: the best parameters so far; facts: the rest.

    losses are those of Progress; resting is what its Rest has seen, the newest values, and the best before them is
    among the facts as `before`. changes is what had been changed by hand, in its order.
    newest: the last epoch, where the event log does not have it.
    passed_over: how many newer ones were damaged.
    """

    parameters: Array
    state: dict[str, Array]
    best: Array | None
    losses: Array
    resting: Array
    changes: list[SettingChanged]
    newest: Newest | None
    facts: dict[str, Any]
    passed_over: int = 0

    @property
    def has_all_acknowledged(self) -> bool:
        """Whether no change is missing that somebody was told is made: that is said once a checkpoint has it.

        Versions that wrote schema 1 said it before.
        """
        return self.passed_over == 0 and int(self.facts["schema"]) > 1

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
        rest = None if trainer.plateau is None else Rest(trainer.plateau, facts.get("before"))
        if rest is not None:
            for value in self.resting.tolist():
                rest.see(value)
        losses = array("d", self.losses.tobytes())
        trainer.progress = Progress(best, self.step, self.epochs, facts["began"], losses, rest, facts["seconds"])
        trainer.batch = stepper.batch = facts["batch"]
        trainer.next_batch = facts["next_batch"]


class Keeper:
    """Writes the checkpoints of one run and keeps the newest `keep` of them, and the best model."""

    def __init__(self, run: Path, keep: int = 3) -> None:
        self._run = run
        self._keep = keep
        self._best_epoch = -1

    def save(
        self,
        trainer: Trainer,
        events: int,
        newest: bytes,
        fingerprint: dict[str, str],
        changes: Sequence[SettingChanged],
    ) -> None:
        """Replace the newest checkpoint by this moment; events and newest are that of the event log.

        Raises OSError, or StorageError for one that could not be read again; then the older ones are as before.
        """
        progress = trainer.progress
        best = progress.best
        facts = {
            "schema": SCHEMA,
            "step": progress.step,
            "epochs": progress.epochs,
            "began": progress.began,
            "batch": trainer.batch,
            "next_batch": trainer.next_batch,
            "seconds": progress.seconds,
            "best": best.best,
            "best_epoch": best.epoch,
            "before": None if progress.rest is None else progress.rest.before,
            "events": events,
            "seed": trainer.seed,
            "fingerprint": fingerprint,
        }
        done = [[change.step, change.epoch, change.key, change.value] for change in changes]
        tensors = {
            "parameters": trainer.network.parameters.values,
            "losses": np.array(progress.losses, np.float64),
            "resting": np.array([] if progress.rest is None else progress.rest.recent, np.float64),
            "changes": np.frombuffer(json.dumps(done).encode(), np.uint8),
            "newest": np.frombuffer(newest, np.uint8),
        }
        for name, values in trainer.stepper.state.items():
            if not name.startswith(SCRATCH):
                tensors[f"{OPTIMIZER}{name}"] = values
        if best.values is not None:
            tensors["best"] = best.values
        path = self._run / layout.CHECKPOINT
        temporary = path.with_name(f"{path.name}.new")
        content = pack(tensors, {"facts": json.dumps(facts)})
        write_synced(temporary, content)
        _check(temporary, content)
        # Each rename leaves at least one whole checkpoint under a name that readers try.
        for age in range(self._keep - 1, 0, -1):
            with contextlib.suppress(FileNotFoundError):
                rename(_aged(path, age - 1), _aged(path, age))
        rename(temporary, path)
        sync_folder(self._run)
        age = self._keep
        while _aged(path, age).exists():
            remove(_aged(path, age))
            age += 1
        if best.values is not None and best.epoch != self._best_epoch:
            about = {"epoch": best.epoch, "metric": f"{best.rule.metric}@{best.rule.split}", "value": best.best}
            write_atomically(self._run / layout.BEST, pack({"parameters": best.values}, {"facts": json.dumps(about)}))
            self._best_epoch = best.epoch


def _check(path: Path, content: bytes) -> None:
    """Raise StorageError, and remove the file, unless it is as long as `content` and that is a checkpoint to readers.

    An unreadable one would take the place of a sound one, and three saves later no sound one would be left.
    """
    try:
        _parse(content)
        found = path.stat().st_size
        if found != len(content):
            raise DamagedTensors(f"{found} of its {len(content)} bytes are on the disk")
    except DamagedTensors as error:
        path.unlink()
        raise StorageError(f"{path}: the new checkpoint could not be read again: {error}") from None


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
        return replace(checkpoint, passed_over=len(tried))
    if tried:
        raise StorageError(f"{run}: none of its checkpoints can be read. {tried[0]}.")
    return None


def read_checkpoint(path: Path) -> Checkpoint:
    """Raises DamagedTensors for a file that is not one, OSError for one that cannot be read."""
    return _parse(read_bytes(path, MOST_BYTES))


def _parse(content: bytes) -> Checkpoint:
    """Raises DamagedTensors for bytes that are no checkpoint."""
    if len(content) > MOST_BYTES:
        raise DamagedTensors("it is larger than any checkpoint")
    tensors, texts = unpack(content)
    try:
        facts = json.loads(texts["facts"])
        if facts["schema"] > SCHEMA:
            raise DamagedTensors(f"it was written by a newer version (schema {facts['schema']})")
        if facts["schema"] == 1:
            losses, resting = (np.array(facts.pop(name), np.float64) for name in ("losses", "resting"))
            done = facts.pop("changes")
        else:
            losses, resting = tensors["losses"], tensors["resting"]
            done = json.loads(tensors["changes"].tobytes())
        if any(values.ndim != 1 or values.dtype != np.float64 for values in (losses, resting)):
            raise DamagedTensors("its losses are no list of numbers")
        state = {name.removeprefix(OPTIMIZER): values for name, values in tensors.items() if name.startswith(OPTIMIZER)}
        changes = [SettingChanged(*change) for change in msgspec.convert(done, list[tuple[int, int, str, str]])]
        newest = parse(tensors["newest"].tobytes()) if facts["schema"] > 2 else None
        best = tensors.get("best")
        checkpoint = Checkpoint(tensors["parameters"], state, best, losses, resting, changes, newest, facts)
        msgspec.convert(facts, Facts)
        if best is not None and best.shape != checkpoint.parameters.shape:
            raise DamagedTensors(
                f"its best parameters are of {best.shape}, its newest of {checkpoint.parameters.shape}"
            )
    except DamagedTensors:
        raise
    except (StorageError, KeyError, TypeError, ValueError, RecursionError, msgspec.ValidationError) as error:
        raise DamagedTensors(f"a part is missing: {error}") from None
    return checkpoint


def _aged(newest: Path, age: int) -> Path:
    return newest.with_name(f"{newest.name}.{age}") if age else newest
