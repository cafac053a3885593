"""Training from a program into an ordinary run directory."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec

from tui_nn.api.plan import PlannedTraining
from tui_nn.engine.events import Ended, Event, Reason
from tui_nn.errors import ExitCode, ExperimentError, TuiNNError, refused_by_disk
from tui_nn.experiment import dump_experiment
from tui_nn.experiment.build import Setup
from tui_nn.experiment.change import Settings
from tui_nn.report.outcome import outcome
from tui_nn.report.require import judge_of
from tui_nn.runs import layout
from tui_nn.runs.atomic import write_atomically
from tui_nn.runs.recorder import RunRecorder
from tui_nn.runs.session import Session
from tui_nn.training.whole import whole_of

RUNS = Path("runs")  # where `run=True` makes a directory, and "latest" is looked for


def kept(plan: PlannedTraining, setup: Setup, run: Path | None) -> tuple[Path, Setup]:
    """A run's directory, and the setup with its data there. Raises ExperimentError for what it cannot keep."""
    if plan.unkept:
        raise ExperimentError(f"no run can keep {plan.unkept}.", "run")
    if plan.components.own:
        name = plan.components.own[0].name
        raise ExperimentError(
            f"a run is read by others, and '{name}' is a function of this program. Write it to a plugin file, see "
            "docs/plugins.md, and give that: plugins=[FILE].",
            "run",
        )
    experiment = setup.experiment
    if run is None:
        run = layout.make_new_run(experiment.name, dump_experiment(experiment), RUNS)
    else:
        layout.make_run_directory(run)
    if plan.file is not None:
        name, content = plan.file
        with refused_by_disk(run):
            write_atomically(run / name, content())
        data = msgspec.structs.replace(experiment.data, source=str((run / name).absolute()))
        setup = replace(setup, experiment=msgspec.structs.replace(experiment, data=data))
    return run, setup


def recorded(setup: Setup, plan: PlannedTraining, run: Path) -> Iterator[Event]:
    """Yield the events, each recorded first; write what a run ends with."""
    judge = judge_of(setup, (), None)
    with refused_by_disk(run):
        recorder = RunRecorder(run, setup.trainer, whole_of(setup, plan.registry, run), warn=_say)
    session = Session(setup.trainer, recorder, settings=Settings(setup.experiment, plan.registry, setup.trainer))
    try:
        for event in session.events():
            if isinstance(event, Ended):
                checks = judge.check([outcome(recorder.history)])
                met = all(check.met for check in checks)
                done = ExitCode.DONE if met else ExitCode.REQUIREMENT
                with refused_by_disk(run):
                    recorder.finish(event, checks, ExitCode.DIVERGED if event.reason == Reason.DIVERGED else done)
            yield event
    except GeneratorExit:  # whoever has the last event wants no more: the network stands between two steps
        if recorder.history.ended is None:
            ended = session.end(Reason.INTERRUPTED, "interrupted by the program")
            recorder.finish(ended, [], ExitCode.INTERRUPTED)
        raise
    except BaseException as error:
        if recorder.history.ended is None:
            with contextlib.suppress(OSError):
                recorder.crashed(str(error) or type(error).__name__, _exit_code(error))
        raise


def _exit_code(error: BaseException) -> int:
    if isinstance(error, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    return error.exit_code if isinstance(error, TuiNNError) else ExitCode.UNEXPECTED


def _say(text: str) -> None:
    print(f"tui-nn: {text}", file=sys.stderr, flush=True)
