"""`--resume`: which run a training goes on with, and whether it can."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui_nn.engine.events import Ended
    from tui_nn.engine.trainer import Trainer
    from tui_nn.experiment.change import Settings
    from tui_nn.experiment.schema import Experiment
    from tui_nn.runs.checkpoint import Checkpoint
    from tui_nn.runs.recorder import RunRecorder
    from tui_nn.runs.saving import Saving

AUTO, NEVER = "auto", "never"


def run_to_resume(resume: str, text: str, name: str, out: Path, run_dir: Path | None) -> Path | None:
    """The run directory to go on with; None to begin a new one. `text` is the experiment, every default written out.

    With "auto" it is `run_dir` if a run is there, else the newest unfinished run of this very experiment under `out`.
    """
    from tui_nn.errors import ExperimentError
    from tui_nn.runs import layout
    from tui_nn.runs.reader import open_run

    if resume == NEVER:
        return None
    if resume != AUTO:
        run = open_run(resume).path
        if run_dir is not None and run_dir.resolve() != run.resolve():
            raise ExperimentError(f"--run-dir {run_dir} and --resume {run} are two directories. Leave one away.")
        return run
    if run_dir is not None:
        return run_dir if (run_dir / layout.EVENTS).exists() else None
    pattern = f"*-{layout.new_run_path(name, text, out).name.split('-', 2)[2]}*"
    runs = sorted((path for path in out.glob(pattern) if (path / layout.EVENTS).exists()), reverse=True)
    for path in runs:
        reader = open_run(path)
        if reader.state() == "crashed" or _may_go_on(path, reader.history.ended):
            return path
    return None


def _may_go_on(run: Path, ended: Ended | None) -> bool:
    """Whether a run that has ended was cut short: on request, or killed between its last event and its summary."""
    from tui_nn.engine.events import Reason
    from tui_nn.runs import layout

    if ended is None:
        return False
    return ended.reason in (Reason.INTERRUPTED, Reason.STOPPED) or not (run / layout.SUMMARY).exists()


def experiment_of(run: Path) -> Path:
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


def check_same(run: Path, experiment: Experiment) -> None:
    """Raise ExperimentError if the run was begun with another experiment than the one that is asked for."""
    from tui_nn.errors import ExperimentError
    from tui_nn.experiment import dump_experiment, load_experiment

    recorded = dump_experiment(load_experiment(str(experiment_of(run)))).splitlines()
    asked = dump_experiment(experiment).splitlines()
    for one, other in zip(recorded, asked, strict=False):
        if one != other:
            raise ExperimentError(
                f"{run} was begun with another experiment: there `{one.strip()}`, here `{other.strip()}`. "
                "Leave the experiment away to go on with its own, or begin a new run."
            )


def begin_run(
    path: Path,
    resumed: bool,
    settings: Settings,
    text: str,
    versions: Mapping[str, str],
    saving: Saving,
    say: Callable[[str], None],
    *,
    exact: bool = False,
) -> RunRecorder:
    """The recorder of a new run, or of one that goes on, and then with the trainer where it was.

    Raises StorageError for a run that cannot go on, ExperimentError if it must be `exact` and cannot.
    """
    from tui_nn.runs import layout
    from tui_nn.runs.recorder import RunRecorder

    checkpoint = _checkpoint(path, settings.trainer, say) if resumed else None
    if checkpoint is not None:
        _compare(checkpoint, settings.trainer, text, versions, exact, say)
    elif resumed:
        (path / layout.EVENTS).unlink()
    recorder = RunRecorder(path, settings.trainer, text, versions, saving=saving, resumed=checkpoint, warn=say)
    if checkpoint is not None:
        for change in checkpoint.changes:
            settings.change(change.key, change.value)
        checkpoint.restore(settings.trainer)
    return recorder


def _checkpoint(run: Path, trainer: Trainer, say: Callable[[str], None]) -> Checkpoint | None:
    """Where the run stood. None, and that is said, if it has to begin again."""
    from tui_nn.engine.optimizer import Minimiser
    from tui_nn.errors import StorageError
    from tui_nn.runs.checkpoint import load_checkpoint
    from tui_nn.runs.lock import lock_run
    from tui_nn.runs.reader import open_run

    ended = open_run(run).history.ended
    if ended is not None and not _may_go_on(run, ended):
        raise StorageError(f"{run}: this run has ended ({ended.message}); there is nothing to resume.")
    lock_run(run).close()  # raises if another process is training it
    checkpoint = load_checkpoint(run, say)
    if checkpoint is None:
        say(f"{run} has no checkpoint yet: it begins again.")
    elif isinstance(trainer.optimizer, Minimiser):
        say(
            f"'{trainer.optimizer.name}' keeps its memory to itself: {run} begins again, and comes to the same numbers."
        )
        return None
    else:
        say(f"resuming {run} after step {checkpoint.step}, in epoch {checkpoint.epochs + 1}")
    return checkpoint


def _compare(
    checkpoint: Checkpoint,
    trainer: Trainer,
    text: str,
    versions: Mapping[str, str],
    exact: bool,
    say: Callable[[str], None],
) -> None:
    """Another experiment is refused; another fingerprint is said, and refused if every bit must be right."""
    from tui_nn.errors import ExperimentError, StorageError
    from tui_nn.runs.fingerprint import differences, fingerprint

    now = fingerprint(text, trainer.splits, trainer.network.crew.threads, versions)
    if now["experiment"] != checkpoint.fingerprint.get("experiment"):
        raise StorageError("the experiment is not the one that this run was begun with: its file was changed.")
    different = "; ".join(differences(checkpoint.fingerprint, now))
    if different and exact:
        raise ExperimentError(f"--exact: the bits would not be those of an uninterrupted run: {different}.")
    if different:
        say(f"the bits may differ from those of an uninterrupted run: {different}.")
