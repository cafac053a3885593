"""The directory of a sweep: its plan, one small file a finished trial, and the run directory of each.

A result is written in one step under the identity of its trial, so whatever is killed, what is there is whole, and
the same trial is never run twice.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from tui_nn.csvtext import to_csv
from tui_nn.errors import ExitCode, StorageError, refused_by_disk
from tui_nn.files import read_bytes
from tui_nn.printable import escaped_file
from tui_nn.runs.atomic import write_atomically
from tui_nn.runs.lock import is_locked, locked
from tui_nn.sweep.plan import BUILT_IN, Axis, Plan
from tui_nn.sweep.travel import MOST_BYTES
from tui_nn.sweep.trial import Trial

SCHEMA = 1
PLAN = "sweep.json"
UNREADABLE = "unreadable"
GAVE_A_RESULT = (ExitCode.DONE, ExitCode.DIVERGED, ExitCode.REQUIREMENT)


@dataclass(frozen=True)
class Result:
    """How a trial ended. state: done, diverged, failed or interrupted; only the last two are run again.

    UNREADABLE stands in the place of a result whose file is damaged.
    """

    identity: str
    settings: dict[str, Any]
    seed: int
    state: str
    exit_code: int
    fold: str = ""
    message: str = ""
    reason: str = ""
    attempts: int = 1
    metrics: dict[str, dict[str, float | None]] = field(default_factory=dict)
    requirements: list[dict[str, Any]] = field(default_factory=list)
    epoch: int = 0
    step: int = 0
    parameters: int = 0
    seconds: float = 0.0
    samples_per_second: float = 0.0
    digest: str = ""
    run: str = ""
    environment: dict[str, Any] = field(default_factory=dict)
    schema: int = SCHEMA

    @staticmethod
    def of(trial: Trial, outcome: Mapping[str, Any], attempts: int, run: str) -> Result:
        """From what `run_trial` gave back."""
        code = int(outcome["exit_code"])
        known = {name: outcome[name] for name in Result.__dataclass_fields__ if name in outcome}
        known.update(state=_state(code), exit_code=code, attempts=attempts, run=run)
        return Result(identity=trial.identity, settings=trial.settings, seed=trial.seed, fold=trial.fold, **known)

    @property
    def final(self) -> bool:
        """Whether another attempt would only give the same."""
        return self.state in ("done", "diverged")

    @property
    def met(self) -> bool:
        """Whether it trained to its end and all its requirements are met."""
        return self.exit_code == ExitCode.DONE

    def value(self, metric: str, part: str) -> float | None:
        """The metric after the last epoch; None for a run that diverged or failed, whatever it had reached before."""
        if self.state != "done":
            return None
        return self.metrics.get(part, {}).get(metric)


def _state(code: int) -> str:
    if code in (ExitCode.INTERRUPTED, ExitCode.TERMINATED):
        return "interrupted"
    if code == ExitCode.DIVERGED:
        return "diverged"
    return "done" if code in GAVE_A_RESULT else "failed"


class SweepDirectory:
    """The files of a sweep. Reading needs no lock; `locked` keeps two processes from running trials in it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def make(self) -> None:
        """Make the directory, private to its owner. Raises StorageError if it cannot be."""
        with refused_by_disk(self.path, "cannot be created"):
            for folder in (self.path, self.path / "trials", self.path / "runs"):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                if folder != self.path and folder.is_symlink():
                    raise StorageError(f"{folder}: is a link; a sweep writes within its own folder.")

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Raises StorageError while another process runs a sweep here. The lock ends with its process."""
        with locked(self.path, "another sweep is running here. Wait for it, or choose another directory with --out."):
            yield

    def is_running(self) -> bool | None:
        """Whether a process runs trials in it; None where nobody can tell."""
        return is_locked(self.path)

    def run(self, trial: Trial) -> Path:
        """The run directory of a trial."""
        return self.path / "runs" / trial.identity

    def run_of(self, result: Result) -> Path:
        """The same of its result, wherever the sweep has been moved."""
        return self.path / "runs" / result.identity

    def write_plan(self, plan: Plan) -> None:
        """Say what the sweep consists of; results of former plans stay, and are used where identities agree."""
        tree = {
            "schema": SCHEMA,
            "name": plan.name,
            "labels": plan.labels,
            "axes": [asdict(axis) for axis in plan.axes],
            "seeds": plan.seeds,
            "metrics": dict(plan.metrics),
            "trials": [{"identity": trial.identity, **trial.specification()} for trial in plan.trials],
        }
        self._write(self.path / PLAN, tree)

    def plan(self) -> Plan:
        """The plan that was written last. Raises StorageError for a directory that is none of a sweep."""
        with refused_by_disk(self.path / PLAN):
            content = read_bytes(self.path / PLAN, MOST_BYTES)
        try:
            tree = json.loads(content)
            if tree["schema"] > SCHEMA:
                raise StorageError(f"{self.path}: has schema {tree['schema']}; this version reads up to {SCHEMA}.")
            axes = tuple(Axis(axis["key"], tuple(axis["values"])) for axis in tree["axes"])
            trials = tuple(Trial.of(trial) for trial in tree["trials"])
            metrics = tree.get("metrics", BUILT_IN)  # plans of before metrics said which way is better
            return Plan(tree["name"], tuple(tree["labels"]), axes, tuple(tree["seeds"]), trials, metrics)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise StorageError(f"{self.path / PLAN}: not the plan of a sweep ({error}).") from None

    def write(self, result: Result) -> None:
        """Keep a result, whole or not at all."""
        self._write(self.path / "trials" / f"{result.identity}.json", asdict(result))

    def _write(self, path: Path, tree: Any) -> None:
        with refused_by_disk(path):
            write_atomically(path, msgspec.json.format(escaped_file(msgspec.json.encode(tree)), indent=2) + b"\n")

    def read(self, trial: Trial) -> Result | None:
        """The result of a trial, None while there is none. The settings are named as the present plan names them."""
        path = self.path / "trials" / f"{trial.identity}.json"
        try:
            result = msgspec.json.decode(read_bytes(path, MOST_BYTES), type=Result)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError) as error:
            raise StorageError(
                f"{path}: not the result of a trial ({error}). The sweep's command runs that trial again."
            ) from None
        return msgspec.convert({**asdict(result), "settings": trial.settings}, Result)

    def has_result(self, trial: Trial) -> bool:
        """Whether there is one, sound or damaged."""
        return (self.path / "trials" / f"{trial.identity}.json").exists()

    def results(self, plan: Plan) -> list[Result | None]:
        """One for each trial of the plan, in its order; a damaged one says so, and the others are what they are."""
        return [self._shown(trial) for trial in plan.trials]

    def _shown(self, trial: Trial) -> Result | None:
        try:
            return self.read(trial)
        except StorageError as error:
            storage = int(ExitCode.STORAGE)
            return Result(
                trial.identity, trial.settings, trial.seed, UNREADABLE, storage, trial.fold, str(error), attempts=0
            )


def is_sweep(path: Path) -> bool:
    """Whether a directory holds a sweep."""
    return (path / PLAN).is_file()


def results_as_csv(labels: Sequence[str], results: Iterable[Result]) -> str:
    """A row a trial: settings, seed, fold if there are any, how it ended, every metric as metric@part, seconds."""
    rows = list(results)
    names = list(
        dict.fromkeys(f"{metric}@{part}" for one in rows for part in one.metrics for metric in one.metrics[part])
    )
    facts = ("state", "exit_code", "epoch", "step", "parameters", "seconds", "samples_per_second")
    which = ("seed", "fold") if any(one.fold for one in rows) else ("seed",)
    lines: list[list[Any]] = [[*labels, *which, *facts, *names, "identity"]]
    for one in rows:
        numbers = [one.metrics.get(name.partition("@")[2], {}).get(name.partition("@")[0]) for name in names]
        settings = [_plain(one.settings[label]) for label in labels]
        lines.append([*settings, *(getattr(one, fact) for fact in (*which, *facts)), *numbers, one.identity])
    return to_csv(lines)


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float) else json.dumps(value)
