"""`--resume`: which run is meant, whether it has more to do, and which limits it is given now."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui_nn.engine.events import Ended
    from tui_nn.experiment.schema import Experiment

Changes: TypeAlias = "Sequence[tuple[str, str]]"  # keys and values as TOML has them

AUTO, NEVER = "auto", "never"
COUNTED = ("epochs", "max_steps")  # reasons of an end that more of them put off
CUT_SHORT = ("interrupted", "stopped", "max_time")  # reasons of an end at which there was more to do
PATIENT = ("early_stopping", "plateau")  # reasons of an end that a rule with patience came to
LIMITS = ("epochs", "max_steps", "max_seconds")  # what may differ from the experiment that a run was begun with


def run_to_resume(
    resume: str, experiment: Experiment, out: Path, run_dir: Path | None
) -> tuple[Path, Experiment, Changes] | None:
    """The run directory to go on with, its own experiment, and the limits that are changed; None to begin a new one.

    With "auto" it is `run_dir` if a run is there, else the newest unfinished run of this very experiment under `out`.
    Raises ExperimentError if the run belongs to another experiment than `experiment`.
    """
    from tui_nn.errors import ExperimentError
    from tui_nn.runs import layout
    from tui_nn.runs.reader import open_run

    if resume == NEVER:
        return None
    if resume != AUTO:
        run = open_run(resume).path
        if run_dir is not None and run_dir.resolve() != run.resolve():
            raise ExperimentError(f"--run-dir {run_dir} and --resume {run} name different directories; give only one.")
        return run, *_limits(run, experiment)
    if run_dir is not None:
        return (run_dir, *_limits(run_dir, experiment)) if (run_dir / layout.EVENTS).exists() else None
    return _unfinished(experiment, out)


def _unfinished(experiment: Experiment, out: Path) -> tuple[Path, Experiment, Changes] | None:
    """The newest run of this experiment, but for its limits, that was cut short."""
    from tui_nn.errors import TuiNNError
    from tui_nn.runs import layout
    from tui_nn.runs.reader import open_run

    name = layout.run_label(experiment.name, "").rpartition("-")[0]
    runs = [run for run in layout.runs_under(out) if fnmatchcase(run.name, f"*-{name}-*")]
    for path in sorted(runs, key=layout.begun, reverse=True):
        with contextlib.suppress(TuiNNError):  # of another experiment, or damaged
            reader = open_run(path)
            found = _limits(path, experiment)
            if reader.state() == "crashed" or cut_short(path, reader.history.ended):
                return path, *found
    return None


def is_done(run: Path, changes: Changes) -> bool:
    """Whether a run has ended, and none of these changes lets it go on."""
    from tui_nn.runs.reader import open_run

    ended = open_run(run).history.ended
    if ended is None or cut_short(run, ended):
        return False
    return ended.reason not in COUNTED or not {"training.epochs", "training.max_steps"} & {key for key, _ in changes}


def cut_short(run: Path, ended: Ended | None) -> bool:
    """Whether a run that has ended had more to do: it was stopped, out of time, or killed before its summary."""
    from tui_nn.runs import layout

    if ended is None:
        return False
    return ended.reason in CUT_SHORT or not (run / layout.SUMMARY).exists()


@dataclass(frozen=True)
class Further:
    """Where a run can go on: after which step and epoch, 0 where it begins again. limit: what has to be raised first,
    a key of the experiment that is reached, empty where it had more to do anyway.
    """

    step: int
    epoch: int
    limit: str = ""


def further(run: Path) -> Further:
    """How a run that has ended, or broke off, would be resumed. Raises StorageError with the reason if it cannot be."""
    from tui_nn.runs.checkpoint import load_checkpoint
    from tui_nn.runs.lock import lock_run
    from tui_nn.runs.reader import open_run

    ended = open_run(run).history.ended
    check_end(run, ended)
    lock_run(run).close()
    checkpoint = load_checkpoint(run, lambda said: None)
    step, epoch = (checkpoint.step, checkpoint.epochs) if checkpoint is not None else (0, 0)
    reached = ended is not None and not cut_short(run, ended)
    return Further(step, epoch, f"training.{ended.reason.value}" if reached and ended is not None else "")


def check_end(run: Path, ended: Ended | None) -> None:
    """Raise StorageError for a run whose end no setting puts off."""
    from tui_nn.errors import StorageError
    from tui_nn.training.provenance import command_anew

    if ended is None or cut_short(run, ended) or ended.reason in COUNTED:
        return
    rule = f"training.{ended.reason}.patience=N" if ended.reason in PATIENT else "KEY=VALUE"
    raise StorageError(
        f"{run}: this run has ended and cannot be resumed: {ended.message.rstrip('.')}. To go further, "
        f"repeat it with another setting: {command_anew(run, [rule])}"
    )


def experiment_file(run: Path) -> Path:
    """The experiment file of a run, or of `latest`. Raises StorageError if it is gone.

    It is found without a reader, which needs numpy, for its threads are not set yet.
    """
    from tui_nn.runs import layout

    if str(run) == "latest":
        run = layout.latest_run(Path("runs"))
    if (run / layout.EXPERIMENT).is_file():
        return run / layout.EXPERIMENT
    from tui_nn.runs.reader import open_run

    reader = open_run(run)
    reader.experiment_toml()
    return reader.path / layout.EXPERIMENT


def _limits(run: Path, experiment: Experiment) -> tuple[Experiment, Changes]:
    """The experiment that the run was started with, and the limits of the one that is asked for where they differ.

    Raises ExperimentError if anything else differs.
    """
    import msgspec

    from tui_nn.errors import ExperimentError
    from tui_nn.experiment import dump_experiment, load_experiment
    from tui_nn.experiment.portable import identity
    from tui_nn.experiment.toml import toml_value

    begun = load_experiment(str(experiment_file(run)), links=False)
    asked = {name: getattr(experiment.training, name) for name in LIMITS}
    same = msgspec.structs.replace(begun, training=msgspec.structs.replace(begun.training, **asked))
    there, here = (dump_experiment(identity(one)).splitlines() for one in (same, experiment))
    for one, other in zip(there, here, strict=False):
        if one != other:
            raise ExperimentError(
                f"{run} belongs to another experiment: it has `{one.strip()}`, here is `{other.strip()}`. "
                "Remove the experiment to resume with the run's own, or start a new run."
            )
    # No limit is no change: then the run keeps its own.
    changes = [
        (f"training.{name}", toml_value(value))
        for name, value in asked.items()
        if value is not None and value != getattr(begun.training, name)
    ]
    return begun, changes
