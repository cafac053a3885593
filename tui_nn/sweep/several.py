"""One experiment with several seeds, or fold by fold: a run for each, in one folder, by the executor of sweeps."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from tui_nn.errors import ExitCode, StorageError, TuiNNError
from tui_nn.experiment import Experiment
from tui_nn.experiment.folds import every_fold
from tui_nn.experiment.load import with_overrides
from tui_nn.runs import layout
from tui_nn.sweep.run import run_trials
from tui_nn.sweep.trial import Trial, make_trial
from tui_nn.training.asked import AskedToEnd

# After these there is a run to report; after the others the child's words are all there is.
REPORTED = (ExitCode.DONE, ExitCode.REQUIREMENT, ExitCode.DIVERGED, ExitCode.INTERRUPTED, ExitCode.TERMINATED)


class Broken(TuiNNError):
    """A training ended without a run to judge: its error, with its exit code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message or f"the training ended with exit code {code}")
        self.exit_code = code  # type: ignore[assignment]


class _Enough(Exception):
    """Nothing more is to be trained."""


@dataclass(frozen=True)
class Member:
    """A run of a group: what it is called below the group's folder, and its training."""

    name: str
    trial: Trial


def with_seeds(experiment: Experiment, count: int, plugins: Iterable[str] = ()) -> list[Member]:
    """The experiment with its own seed and those after it: `count` of them."""
    first = experiment.training.seed
    seeds = range(first, first + count)
    return _members({f"seed-{seed}": with_overrides(experiment, [f"training.seed={seed}"]) for seed in seeds}, plugins)


def fold_by_fold(experiment: Experiment, plugins: Iterable[str] = ()) -> list[Member]:
    """The experiment with every one of its folds."""
    return _members({f"fold-{number}": one for number, one in enumerate(every_fold(experiment), start=1)}, plugins)


def _members(experiments: Mapping[str, Experiment], plugins: Iterable[str]) -> list[Member]:
    common = make_trial(next(iter(experiments.values())), plugins, (), {})  # the files are read once for all
    return [
        Member(name, replace(common, experiment=msgspec.to_builtins(experiment)))
        for name, experiment in experiments.items()
    ]


def train_members(
    members: Iterable[Member],
    folder: Path,
    executor: Executor,
    told: Callable[[Path], bool],
    *,
    in_place: bool = True,
    tick: Callable[[], None] = lambda: None,
) -> None:
    """Train every member below `folder`; `told` hears of each run directory, in the order of the members.

    Once it answers False, or a training has no run to show (Broken), what still runs is stopped: what is told is the
    same for any number of workers. `tick` as of `run_trials`. Raises StorageError where a member's directory is there
    already.
    """
    waiting = list(members)
    places = {member.trial.identity: folder / member.name for member in waiting}
    layout.make_run_directory(folder)
    for place in places.values():
        if os.path.lexists(place):
            raise StorageError(f"{place}: is there already. Choose another directory.")
    outcomes: dict[str, dict[str, Any]] = {}

    def ended(trial: Trial, outcome: dict[str, Any], attempt: int) -> None:  # noqa: ARG001
        outcomes[trial.identity] = outcome
        while waiting and waiting[0].trial.identity in outcomes:
            first = waiting.pop(0).trial.identity
            code = outcomes[first]["exit_code"]
            if code not in REPORTED:
                raise Broken(code if code >= 0 else 128 - code, outcomes[first]["message"])
            if not told(places[first]):
                raise _Enough

    try:
        run_trials(
            [member.trial for member in waiting], lambda trial: places[trial.identity], executor, ended,
            in_place=in_place, tick=tick,
        )  # fmt: skip
    except _Enough:
        return
    except AskedToEnd:
        # What was stopped has saved itself, and is told of before the signal is.
        for member in waiting:
            place = places[member.trial.identity]
            if (place / layout.SUMMARY).exists():
                told(place)
        raise
