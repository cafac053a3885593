"""`--resume`: a run goes on from its checkpoint, if it can, and with settings that change from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_nn.runs.thinning import DENSITY
from tui_nn.system import remove
from tui_nn.training.unfinished import COUNTED, check_end, cut_short

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tui_nn.engine.events import ByHand, Ended, SettingChanged
    from tui_nn.engine.trainer import Trainer
    from tui_nn.experiment.change import Settings
    from tui_nn.runs.checkpoint import Checkpoint
    from tui_nn.runs.recipe import Whole
    from tui_nn.runs.recorder import RunRecorder
    from tui_nn.runs.saving import Saving
    from tui_nn.training.unfinished import Changes

SECONDS = "training.max_seconds"
SHOWN = 5  # lost changes that are named


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
    from tui_nn.runs.measures import measure_as_before
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
            remove(path / name, missing_ok=True)
    if history.started is not None:
        density = history.started.density
        measure_as_before(path, settings.trainer, history.started)
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

    check_end(run, ended)
    if ended is not None and not cut_short(run, ended) and not changes:
        raise StorageError(
            f"{run}: this run has ended ({ended.message}). To train further: --set training.epochs=N or --max-steps N."
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
    now = fingerprint(whole, trainer.splits, trainer.network.crew.threads, trainer.accelerator)
    if read_recipe(run) is None:
        now = former(now, then, dump_experiment(settings.experiment))
    if now["experiment"] != then.get("experiment"):
        raise StorageError("the run's experiment file was changed after it started; restore it, or start a new run.")
    different = "; ".join(differences(then, now))
    if different and exact:
        raise ExperimentError(f"--exact: the result could differ from an uninterrupted run: {different}.")
    if different:
        say(f"the result may differ from an uninterrupted run: {different}.")
