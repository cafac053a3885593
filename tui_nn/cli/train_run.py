"""One run by `tui-nn train`: recorded, controlled, watched over and judged, from its first step to its exit code."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from tui_nn.cli.report import publish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from tui_nn.cli.failures import Failures
    from tui_nn.cli.output import Console
    from tui_nn.cli.report import GitHub
    from tui_nn.engine.events import ByHand, Ended, Event
    from tui_nn.experiment.change import Settings
    from tui_nn.report.require import Judge
    from tui_nn.report.write import Destinations
    from tui_nn.runs.control import ControlServer
    from tui_nn.runs.recorder import RunRecorder
    from tui_nn.training import Opened
    from tui_nn.training.guard import BrokenOff


def train_run(
    begin: Callable[[], tuple[RunRecorder, list[ByHand]]],
    settings: Settings,
    judge: Judge,
    path: Path,
    session: Opened,
    console: Console,
    failures: Failures,
    told: Sequence[Callable[[Event], None]],
    *,
    paused: bool,
    pace: tuple[float, float],
) -> int:
    """Train into the run directory `path`, judge, and say how it went. told: of every event. Returns the exit code."""
    from tui_nn.errors import refused_by_disk
    from tui_nn.report.outcome import outcome
    from tui_nn.runs import layout
    from tui_nn.runs.session import Session
    from tui_nn.runs.watchdog import Watchdog
    from tui_nn.training.guard import Guard

    with refused_by_disk(path):
        recorder, script = begin()

    def give_up(error: BrokenOff) -> None:
        failures.crashed(recorder, error)
        failures.report(error)
        console.say(f"error: {error}")

    try:
        with refused_by_disk(path), _control(path, console.say, needed=paused) as control:
            session.prints.into(path / layout.LOG)
            watchdog = Watchdog(path)
            training = Session(
                settings.trainer, recorder, control, [watchdog, console.event, *told],
                paused=paused, speed=pace[0],
                speed_for=pace[1], settings=settings, script=script,
            )  # fmt: skip
            with Guard(training, session.registry.plugins, console.say, give_up) as guard:
                # Blamed at once: an OSError of a plugin is none of the disk.
                with console, watchdog, session.blaming():
                    ended = guard.run()
                checks = judge.check([outcome(recorder.history)])
                code = _exit_code(ended, guard.signal, all(check.met for check in checks))
                summary = recorder.finish(ended, checks, code)
    except Exception as error:
        failures.crashed(recorder, error)
        raise
    console.done(ended, summary, path)
    return code


@contextlib.contextmanager
def _control(path: Path, say: Callable[[str], None], *, needed: bool) -> Iterator[ControlServer | None]:
    """The control channel of the run; None, and that is said, where there can be none and it is not `needed`."""
    from tui_nn.errors import StorageError
    from tui_nn.runs.control import ControlServer

    try:
        control = ControlServer(path)
    except (OSError, StorageError) as error:
        if needed:
            raise StorageError(f"{path}: no control channel to start it with ({error}).") from None
        say(f"no control channel: {error}")
        yield None
        return
    try:
        yield control
    finally:
        control.close()


def _exit_code(ended: Ended, signal_code: int, met: bool) -> int:
    from tui_nn.engine.events import Reason
    from tui_nn.errors import ExitCode

    if ended.reason == Reason.DIVERGED:
        return ExitCode.DIVERGED
    if ended.reason == Reason.INTERRUPTED:
        return signal_code
    return ExitCode.DONE if met else ExitCode.REQUIREMENT


def judge_again(path: Path, judge: Judge, to: Destinations, github: GitHub, console: Console) -> int:
    """Judge a run that was done already, and report on it as if it had just ended. Returns the exit code."""
    import msgspec

    from tui_nn.report.finished import Finished, exit_code, finished

    run = finished(path)
    summary = msgspec.structs.replace(run.summary, requirements=judge.check([run.outcome]))
    summary = msgspec.structs.replace(summary, exit_code=exit_code(summary))
    console.say(f"{path} is already complete: {summary.message}")
    console.judged(summary, path)
    publish(Finished(run.reader, summary), to, github)
    return summary.exit_code
