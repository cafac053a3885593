"""A run once more: trained again from its directory alone, and compared with what it recorded, bit by bit.

What somebody did while it trained (a setting changed, a stop) is part of its recipe and is done again at the same step.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from tui_nn.engine.events import Reason
from tui_nn.engine.trainer import Trainer
from tui_nn.errors import StorageError
from tui_nn.runs import layout
from tui_nn.runs.checkpoint import load_checkpoint
from tui_nn.runs.fingerprint import differences, former
from tui_nn.runs.history import History
from tui_nn.runs.measures import measure_as_before
from tui_nn.runs.reader import RunReader
from tui_nn.runs.recipe import read_recipe
from tui_nn.runs.recorder import RunRecorder
from tui_nn.runs.session import Session, Steering

NOT_COMPARED = ("seconds", "message")  # the clock; words, which another version may choose otherwise
COURSE = ("event", "step", "epoch", "reason")  # of the events of a first version, whose numbers are measured otherwise
BY_HAND = (Reason.STOPPED, Reason.INTERRUPTED, Reason.MAX_TIME)


@dataclass(frozen=True)
class Repetition:
    """events: how many were compared. difference: the first one, or nothing; weights: whether they are equal.

    course_only: of the events only what happened at which step was compared, for a run of the first version.
    """

    events: int
    difference: str
    weights: bool | None  # None where the run has no checkpoint of its last step
    fingerprint: list[str]
    course_only: bool = False

    @property
    def same(self) -> bool:
        """Whether the run repeats itself."""
        return not self.difference and self.weights is not False


def train_again(
    reader: RunReader, settings: Steering, recorder: RunRecorder, warn: Callable[[str], None]
) -> Repetition:
    """Train into the recorder's scratch directory as the run of `reader` was trained, and compare."""
    ended = reader.history.ended
    finished = ended is not None and ended.reason not in BY_HAND
    last = reader.history.last_step if ended is None else ended.step
    stop = None if finished else last
    if stop == 0:
        raise StorageError(f"{reader.path}: no step was recorded, so there is nothing to compare.")
    trainer = recorder.trainer
    measure_as_before(reader.path, trainer, reader.history.started)
    timeless = _Timeless(settings, trainer, reader.history)
    Session(trainer, recorder, settings=timeless, script=reader.history.by_hand, stop_at=stop).run()
    recorder.close()
    is_first_version = read_recipe(reader.path) is None
    events, difference = _first_difference(reader.path, recorder.path, whole=finished, course_only=is_first_version)
    checkpoint = load_checkpoint(reader.path, warn)
    weights = None
    if checkpoint is not None and checkpoint.step == trainer.progress.step:
        weights = np.array_equal(checkpoint.parameters, trainer.network.parameters.values)
    fingerprint = []
    if checkpoint is not None:
        then, now = checkpoint.fingerprint, recorder.fingerprint
        if is_first_version:
            now = former(now, then, reader.experiment_toml())
        fingerprint = differences(then, now)
    return Repetition(events, difference, weights, fingerprint, is_first_version)


class _Timeless:
    """The settings of a repeated run: its clock was another one, so time runs out at the steps where it did then.

    There an epoch was measured before its end, and the run went on with more time.
    """

    def __init__(self, settings: Steering, trainer: Trainer, history: History) -> None:
        self.changed = settings.changed
        self._settings, self._trainer = settings, trainer
        given = {change.step for change in history.changes if change.key == "training.max_seconds"}
        self._marks = sorted(given & set(history.epoch_steps))
        self._wait_for_mark()

    def change(self, changes: Mapping[str, str]) -> None:
        self._settings.change(changes)
        self._wait_for_mark()

    def _wait_for_mark(self) -> None:
        step, limits = self._trainer.progress.step, self._trainer.limits
        mark = next((mark for mark in self._marks if mark > step), None)
        self._trainer.limits = replace(limits, seconds=None, out_at=mark)


def _first_difference(run: Path, again: Path, *, whole: bool, course_only: bool) -> tuple[int, str]:
    """How many events are the same, and what the first other one says.

    The end counts if it is a `whole` run, one that came to its end by itself; only the course if `course_only`.
    """
    one, other = ([event for event in _events(path) if whole or event["event"] != "ended"] for path in (run, again))
    for number, (first, second) in enumerate(zip(one, other, strict=False), start=1):
        # An earlier version may not have had all keys of an event.
        for key in COURSE if course_only else sorted(({*first} & {*second}) - {*NOT_COMPARED}):
            if first.get(key) != second.get(key):
                where = f"event {number} ({first['event']}, step {first.get('step', 0)})"
                return number - 1, f"{where}: {key} was {_short(first.get(key))} and is {_short(second.get(key))}"
    if whole and len(one) != len(other):
        return min(len(one), len(other)), f"{len(one)} events were recorded; the repetition has {len(other)}"
    return min(len(one), len(other)), ""


def _events(run: Path) -> list[dict[str, Any]]:
    lines = (layout.read(run, layout.EVENTS) or b"").split(b"\n")[:-1]  # a torn last line is none
    return [json.loads(line) for line in lines]


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
