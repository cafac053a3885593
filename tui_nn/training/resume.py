"""`--resume`: which run is resumed, whether it can be, and which of its settings change from there."""

from __future__ import annotations

import contextlib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from tui_nn.runs.thinning import DENSITY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui_nn.engine.events import ByHand, Ended, SettingChanged
    from tui_nn.engine.trainer import Trainer
    from tui_nn.experiment.change import Settings
    from tui_nn.experiment.schema import Experiment
    from tui_nn.runs.checkpoint import Checkpoint
    from tui_nn.runs.recipe import Whole
    from tui_nn.runs.recorder import RunRecorder
    from tui_nn.runs.saving import Saving

Changes: TypeAlias = "Sequence[tuple[str, str]]"  # keys and values as TOML has them

AUTO, NEVER = "auto", "never"
SECONDS = "training.max_seconds"
SHOWN = 5  # lost changes that are named
COUNTED = ("epochs", "max_steps")  # reasons of an end that more of them put off
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
            if reader.state() == "crashed" or _cut_short(path, reader.history.ended):
                return path, *found
    return None


def is_done(run: Path, changes: Changes) -> bool:
    """Whether a run has ended, and none of these changes lets it go on."""
    from tui_nn.runs.reader import open_run

    ended = open_run(run).history.ended
    if ended is None or _cut_short(run, ended):
        return False
    return ended.reason not in COUNTED or not {"training.epochs", "training.max_steps"} & {key for key, _ in changes}


def _cut_short(run: Path, ended: Ended | None) -> bool:
    """Whether a run that has ended had more to do: it was stopped, out of time, or killed before its summary."""
    from tui_nn.engine.events import Reason
    from tui_nn.runs import layout

    if ended is None:
        return False
    cut = (Reason.INTERRUPTED, Reason.STOPPED, Reason.MAX_TIME)
    return ended.reason in cut or not (run / layout.SUMMARY).exists()


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


def begin_run(
    path: Path,
    resumed: bool,
    settings: Settings,
    whole: Whole,
    saving: Saving,
    say: Callable[[str], None],
    *,
    exact: bool = False,
    changes: Changes = (),
    density: int = DENSITY,
) -> tuple[RunRecorder, list[ByHand]]:
    """The recorder of a new run, or of one that goes on, and then with the trainer where it was.

    `changes` are keys and values, as TOML has them, that a run goes on with; what is returned for them is to be done
    before its next step. density: how many epochs of a new run are recorded, see runs/thinning.py.

    Raises StorageError for a run that cannot go on, ExperimentError if it must be `exact` and cannot, or for a setting
    that cannot change. A run that is refused stays as it was.
    """
    from tui_nn.errors import ExperimentError
    from tui_nn.runs import layout
    from tui_nn.runs.history import History
    from tui_nn.runs.reader import open_run
    from tui_nn.runs.recorder import RunRecorder

    if resumed:
        layout.check_files(path)
    history = open_run(path).history if resumed else History()
    ended = history.ended
    checkpoint = _checkpoint(path, settings.trainer, ended, changes, say) if resumed else None
    _check_changes(path, history.changes, checkpoint, exact, say)
    script = []
    if checkpoint is not None:
        _compare(path, checkpoint, settings, whole, exact, say)
        allowed = settings.experiment.training.max_seconds
        for change in checkpoint.changes:
            settings.change({change.key: change.value})
        checkpoint.restore(settings.trainer)
        script = _script(path, settings, ended, changes, allowed)
        say(f"resuming {path} after step {checkpoint.step}, in epoch {checkpoint.epochs + 1}")
    elif resumed:
        if changes:
            raise ExperimentError(f"{path} restarts from the beginning with its original settings; remove --set.")
        for name in (layout.EVENTS, layout.SUMMARY):
            (path / name).unlink(missing_ok=True)
    if history.started is not None:
        density = history.started.density
    recorder = RunRecorder(path, settings.trainer, whole, saving=saving, resumed=checkpoint, density=density, warn=say)
    return recorder, script


def _check_changes(
    run: Path,
    recorded: Sequence[SettingChanged],
    checkpoint: Checkpoint | None,
    exact: bool,
    say: Callable[[str], None],
) -> None:
    """Say which of the recorded changes by hand the checkpoint does not have, and so the run that goes on from it.

    Raises ExperimentError if it must be `exact` and one of them may have been acknowledged.
    """
    from tui_nn.errors import ExperimentError

    unsaved = recorded[0 if checkpoint is None else len(checkpoint.changes) :]
    lost = [f"{change.key} = {change.value} (after step {change.step})" for change in unsaved]
    more = f" and {len(lost) - SHOWN} more" if len(lost) > SHOWN else ""
    if lost and exact and (checkpoint is None or not checkpoint.has_all_acknowledged):
        raise ExperimentError(f"--exact: {run} has lost what was set by hand: {', '.join(lost[:SHOWN])}{more}.")
    if lost:
        say(f"not in the checkpoint, so set it again if it is to hold: {', '.join(lost[:SHOWN])}{more}.")


def _script(
    run: Path, settings: Settings, ended: Ended | None, changes: Changes, allowed: float | None
) -> list[ByHand]:
    """The changes as events of the present step.

    A run that was out of time has as many seconds again as were `allowed` at first, or as it is given now.
    """
    from tui_nn.engine.events import Reason, Remeasured, SettingChanged
    from tui_nn.errors import ExperimentError
    from tui_nn.runs import layout

    progress, wanted = settings.trainer.progress, dict(changes)
    after = settings.changed(wanted)
    over = ended is not None and (run / layout.SUMMARY).exists()  # else it was killed before, and comes to its end now
    reason = ended.reason if ended is not None and over else None
    more = after.training.max_seconds if SECONDS in wanted or allowed is None else allowed
    if more is not None and (SECONDS in wanted or reason == Reason.MAX_TIME):
        wanted[SECONDS] = f"{progress.seconds + more:.3f}"
    for what, flag, done, most in (
        ("epochs", "--set training.epochs=", progress.epochs, after.training.epochs),
        ("steps", "--max-steps ", progress.step, after.training.max_steps),
    ):
        if reason in COUNTED and most is not None and most <= done:
            raise ExperimentError(f"{run}: its {done} {what} are complete. To train further: {flag}{2 * done}.")
    script: list[ByHand] = [SettingChanged(progress.step, progress.epochs, key, value) for key, value in wanted.items()]
    if any(key.startswith("theta") for key in wanted):
        script.append(Remeasured(progress.step, progress.epochs, {}, {}, None))
    return script


def _checkpoint(
    run: Path, trainer: Trainer, ended: Ended | None, changes: Changes, say: Callable[[str], None]
) -> Checkpoint | None:
    """Where the run stood. None, and that is said, if it has to begin again."""
    from tui_nn.engine.optimizer import Minimizer
    from tui_nn.errors import StorageError
    from tui_nn.runs.checkpoint import load_checkpoint
    from tui_nn.runs.lock import lock_run
    from tui_nn.training.provenance import command_anew

    if ended is not None and not _cut_short(run, ended):
        if ended.reason not in COUNTED:
            rule = f"training.{ended.reason}.patience=N" if ended.reason in PATIENT else "KEY=VALUE"
            raise StorageError(
                f"{run}: this run has ended and cannot be resumed: {ended.message.rstrip('.')}. To go further, "
                f"repeat it with another setting: {command_anew(run, [rule])}"
            )
        if not changes:
            raise StorageError(
                f"{run}: this run has ended ({ended.message}). "
                "To train further: --set training.epochs=N or --max-steps N."
            )
    lock_run(run).close()  # raises if another process is training it
    checkpoint = load_checkpoint(run, say)
    if checkpoint is None:
        say(f"{run} has no checkpoint yet; restarting it from the beginning.")
    elif isinstance(trainer.optimizer, Minimizer):
        say(
            f"'{trainer.optimizer.name}' cannot be resumed; restarting {run} from the beginning "
            "(the result will be identical)."
        )
        return None
    return checkpoint


def _compare(
    run: Path, checkpoint: Checkpoint, settings: Settings, whole: Whole, exact: bool, say: Callable[[str], None]
) -> None:
    """Another experiment is refused; another fingerprint is said, and refused if every bit must be right."""
    from tui_nn.errors import ExperimentError, StorageError
    from tui_nn.experiment import dump_experiment
    from tui_nn.runs.fingerprint import differences, fingerprint, former
    from tui_nn.runs.recipe import read_recipe

    trainer, then = settings.trainer, checkpoint.fingerprint
    now = fingerprint(whole, trainer.splits, trainer.network.crew.threads)
    if read_recipe(run) is None:
        now = former(now, then, dump_experiment(settings.experiment))
    if now["experiment"] != then.get("experiment"):
        raise StorageError("the run's experiment file was changed after it started; restore it, or start a new run.")
    different = "; ".join(differences(then, now))
    if different and exact:
        raise ExperimentError(f"--exact: the result could differ from an uninterrupted run: {different}.")
    if different:
        say(f"the result may differ from an uninterrupted run: {different}.")
