"""`tui-nn train`: the trainer. Headless for people and build servers, and the child process of the workbench."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui_nn.cli.duration import Duration
from tui_nn.cli.report import GitHub, destinations, publish, refusals_in_junit, report_options
from tui_nn.cli.threads import set_threads

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui_nn.cli.output import Console
    from tui_nn.engine.events import ByHand, Ended
    from tui_nn.experiment.change import Settings
    from tui_nn.report.require import Judge
    from tui_nn.runs.recorder import RunRecorder
    from tui_nn.training import Opened


@click.command()
@click.argument("experiment", required=False)
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Change any key of the experiment.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("runs"), help="Where runs go (./runs).")
@click.option("--run-dir", type=click.Path(path_type=Path), help="The run directory itself, instead of --out.")
@click.option("--seed", type=click.IntRange(0), help="The same as --set training.seed=N.")
@click.option("--seeds", type=click.IntRange(1), default=1, help="Train with so many seeds, and judge them together.")
@click.option("--max-time", type=Duration(), metavar="TIME", help="End after so much training: 90s, 10m, 1.5h.")
@click.option("--max-steps", type=click.IntRange(1), help="End after so many steps.")
@click.option("--dry-run", is_flag=True, help="One batch only: shapes, memory and estimated time; nothing is written.")
@click.option(
    "--overfit", type=click.IntRange(1), metavar="N", help="Learn N samples by heart, or say why not: exit 5."
)
@click.option("--require", "require", multiple=True, metavar="'METRIC OP VALUE'", help="Exit 5 unless it is met.")
@click.option("--baseline", metavar="RUN", help="The run that 'base' means in requirements.")
@click.option("--resume", default="never", metavar="auto|never|RUN", help="Go on with a run; --set changes it there.")
@click.option("--exact", is_flag=True, help="Resume only where every bit will be that of an uninterrupted run.")
@click.option("--checkpoint-every", "saving", default="10s", metavar="N", help="Such as 1epoch, 200steps, 30s (10s).")
@click.option("--keep", type=click.IntRange(1, 100), default=3, help="Checkpoints that are kept (3).")
@click.option("--plugin", "plugins", multiple=True, metavar="FILE", help="Use this plugin file too.")
@click.option("--paused", is_flag=True, help="Wait for the control channel before the first step.")
@click.option("--speed", type=click.FloatRange(0), default=0.0, help="Epochs a second, for watching; 0: no limit.")
@click.option("--quiet", is_flag=True, help="Print the run directory only.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object an epoch, and the summary.")
@report_options
@refusals_in_junit
def command(
    experiment: str | None,
    overrides: tuple[str, ...],
    out: Path,
    run_dir: Path | None,
    seed: int | None,
    seeds: int,
    max_time: float | None,
    max_steps: int | None,
    dry_run: bool,
    overfit: int | None,
    require: tuple[str, ...],
    baseline: str | None,
    resume: str,
    exact: bool,
    saving: str,
    keep: int,
    plugins: tuple[str, ...],
    paused: bool,
    speed: float,
    quiet: bool,
    as_json: bool,
    **artefacts: Path | None,
) -> None:
    """Train EXPERIMENT, a file or the name of a bundled example.

    The last line on stdout is the run directory.
    """
    from tui_nn.experiment import load_experiment
    from tui_nn.experiment.load import split_override
    from tui_nn.experiment.places import located
    from tui_nn.runs.saving import parse_saving
    from tui_nn.training.resume import AUTO, NEVER, begin_run, check_same, experiment_of, run_to_resume

    own = experiment is None  # the experiment is the one that the run was begun with
    if experiment is None:
        if resume in (AUTO, NEVER):
            raise click.UsageError("Missing argument 'EXPERIMENT'.")
        experiment = str(experiment_of(Path(resume)))
        if seed is not None:
            raise click.UsageError("A run goes on with the seed it was begun with: leave --seed away with --resume.")
    for key, value in (("seed", seed), ("max_seconds", max_time), ("max_steps", max_steps)):
        if value is not None:
            overrides = (*overrides, f"training.{key}={value}")
    changes = [split_override(override) for override in overrides] if own else []
    decoded = load_experiment(experiment, () if own else overrides)  # changed later, it is not what it was begun with
    set_threads(decoded.training.threads)
    if dry_run or overfit is not None:
        from tui_nn.cli.smoke import look

        with located(experiment, overrides):
            said, code = look(decoded, plugins, overfit, as_json=as_json)
        click.echo(said)
        sys.exit(code)

    from tui_nn.cli.output import Console
    from tui_nn.cli.seeds import check_options, options_of, train_seeds
    from tui_nn.experiment import dump_experiment
    from tui_nn.experiment.change import Settings
    from tui_nn.experiment.places import place_of
    from tui_nn.report.require import judge_of
    from tui_nn.runs import layout, open_run
    from tui_nn.training import opened, opened_run
    from tui_nn.training.seeds import Seeds
    from tui_nn.training.whole import whole_of

    to = destinations(artefacts)

    text = dump_experiment(decoded)
    former = run_to_resume(resume, text, decoded.name, out, run_dir) if seeds == 1 else None
    if former is not None and not own:
        check_same(former, decoded)
    opening = opened(decoded, plugins) if former is None else opened_run(open_run(former), plugins)
    with located(experiment, overrides), opening as session:
        registry = session.registry
        for plugin in registry.plugins:
            for replaced in plugin.replaces:
                click.echo(f"tui-nn: {plugin.origin} replaces {replaced}", err=True)
        setup = session.setup()
        judge = judge_of(setup, require, baseline)
        github = GitHub(experiment, lambda check: place_of(experiment, judge.key(check), overrides))
        if seeds > 1:
            name = f"{decoded.name}-{seeds}-seeds"
            folder = run_dir or layout.new_run_path(name, dump_experiment(decoded), out)
            check_options(seeds, to, paused=paused, speed=speed)
            first, options = decoded.training.seed, partial(options_of, to, folder)
            group = Seeds(experiment, overrides, plugins, first, seeds, folder, options)
            sys.exit(train_seeds(group, judge, github, to, quiet=quiet, as_json=as_json))
        console = Console.for_caller(setup.trainer.epochs, setup.trainer.batches, quiet=quiet, as_json=as_json)
        path = former or run_dir or layout.new_run_path(decoded.name, text, out)
        settings = Settings(setup.experiment, registry, setup.trainer)
        whole = whole_of(setup, registry, path)
        cadence = parse_saving(saving, keep)
        begin = partial(
            begin_run, path, former is not None, settings, whole, cadence, console.say, exact=exact, changes=changes
        )  # fmt: skip
        code = _train(begin, settings, judge, path, session, console, paused=paused, speed=speed)
    publish(path, to, github)
    sys.exit(code)


def _train(
    begin: Callable[[], tuple[RunRecorder, list[ByHand]]],
    settings: Settings,
    judge: Judge,
    path: Path,
    session: Opened,
    console: Console,
    *,
    paused: bool,
    speed: float,
) -> int:
    """Train into the run directory `path`, judge, and say how it went. Returns the exit code."""
    from tui_nn.errors import StorageError
    from tui_nn.report.outcome import outcome
    from tui_nn.runs import layout

    try:
        recorder, script = begin()
        session.prints.into(path / layout.LOG)
        with session.blaming():  # before an OSError of a plugin is taken for one of the disk
            ended, signal_code = _drive(settings, recorder, script, console, paused=paused, speed=speed)
        checks = judge.check([outcome(recorder.history)])
        code = _exit_code(ended, signal_code, all(check.met for check in checks))
        summary = recorder.finish(ended, checks, code)
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror or error}.") from None
    console.done(ended, summary, path)
    return code


def _drive(
    settings: Settings,
    recorder: RunRecorder,
    script: list[ByHand],
    console: Console,
    *,
    paused: bool,
    speed: float,
) -> tuple[Ended, int]:
    """Run the session with signals and the control channel. Returns its end, and 130 or 143 after a signal."""
    import contextlib
    import signal

    from tui_nn.errors import StorageError
    from tui_nn.runs.control import ControlServer
    from tui_nn.runs.session import Session
    from tui_nn.runs.watchdog import Watchdog

    control = None
    try:
        control = ControlServer(recorder.path)
    except (OSError, StorageError) as error:
        if paused:
            raise StorageError(f"{recorder.path}: no control channel, so nobody could start it ({error}).") from None
        console.say(f"without control channel: {error}")
    watchdog = Watchdog(recorder.path)
    session = Session(
        settings.trainer,
        recorder,
        control,
        [watchdog, console.event],
        paused=paused,
        speed=speed,
        settings=settings,
        script=script,
    )
    received: list[int] = []

    def interrupt(number: int, frame: object) -> None:  # noqa: ARG001
        if received:
            os._exit(128 + number)  # asked twice: at once
        received.append(number)
        session.interrupt()

    with contextlib.suppress(ValueError):  # not in the main thread: somebody else has the signals
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, interrupt)
    try:
        with console, watchdog:
            ended = session.run()
    finally:
        if control is not None:
            control.close()
    return ended, 128 + received[0] if received else 0


def _exit_code(ended: Ended, signal_code: int, met: bool) -> int:
    from tui_nn.engine.events import Reason
    from tui_nn.errors import ExitCode

    if ended.reason == Reason.DIVERGED:
        return ExitCode.DIVERGED
    if ended.reason == Reason.INTERRUPTED:
        return signal_code
    return ExitCode.DONE if met else ExitCode.REQUIREMENT
