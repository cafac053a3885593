"""`tui-nn train`: the trainer. Headless for people and build servers, and the child process of the workbench."""

from __future__ import annotations

import math
import sys
from functools import partial
from pathlib import Path

import click

from tui_nn.cli.completing import complete_experiment, complete_run
from tui_nn.cli.duration import Duration
from tui_nn.cli.failures import Failures, failures_reported
from tui_nn.cli.options import json_option, plugin_option, set_option
from tui_nn.cli.report import GitHub, destinations, publish, report_options
from tui_nn.cli.threads import set_threads
from tui_nn.cli.train_run import judge_again, train_run
from tui_nn.cli.train_tells import made_for, tell_of_columns, unused


@click.command()
@click.argument("experiment", required=False, shell_complete=complete_experiment)
@set_option("Set any key of the experiment.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("runs"), help="Folder for runs (./runs).")
@click.option("--run-dir", type=click.Path(path_type=Path), help="The run directory, instead of a new one in --out.")
@click.option("--seed", type=click.IntRange(0), help="Short for --set training.seed=N.")
@click.option(
    "--seeds", type=click.IntRange(1, 10_000), default=1, help="Train with so many seeds, judge them together."
)
@click.option("--folds", type=click.IntRange(2, 1000), help="Train so many times, each fold validating once.")
@click.option("--workers", type=click.IntRange(1), help="Seeds or folds in parallel; by default one per processor.")
@click.option("--executor", default="local", metavar="local|dask://HOST:PORT", help="Where these run (local).")
@click.option("--max-time", type=Duration(), metavar="TIME", help="Stop after this much training: 90s, 10m, 1.5h.")
@click.option("--max-steps", type=click.IntRange(1), help="Stop after this many steps.")
@click.option("--dry-run", is_flag=True, help="Try one batch: shapes, memory, estimated time; write nothing.")
@click.option("--overfit", type=click.IntRange(1), metavar="N", help="Memorize N samples, or say why not and exit 5.")
@click.option("--require", "require", multiple=True, metavar="'METRIC OP VALUE'", help="Exit 5 unless this is met.")
@click.option(
    "--baseline", metavar="RUN", shell_complete=complete_run, help="The run that 'base' refers to in requirements."
)
@click.option("--resume", default="never", metavar="auto|never|RUN", help="Resume a run; --set changes it from there.")
@click.option("--exact", is_flag=True, help="Refuse to resume unless the result is guaranteed bit-identical.")
@click.option(
    "--checkpoint-every", "saving", default="10s", metavar="N", help="How often to save: 1epoch, 200steps, 30s (10s)."
)
@click.option("--keep", type=click.IntRange(1, 100), default=3, help="Checkpoints to keep (3).")
@click.option("--every-epoch", is_flag=True, help="Record every epoch; by default beyond 8,192 only some.")
@plugin_option()
@click.option("--paused", is_flag=True, help="Start paused; `tui-nn control RUN play` starts it.")
@click.option("--speed", type=click.FloatRange(0), default=0.0, help="Epochs per second, for watching; 0: no limit.")
@click.option("--speed-for", type=Duration(), metavar="TIME", help="How long --speed holds unless renewed.")
@click.option(
    "--save-experiment", type=click.Path(path_type=Path), metavar="FILE", help="Write what a data file is trained with."
)
@click.option("--listen", "listeners", multiple=True, metavar="NAME", help="Tell this listener of every event.")
@click.option("--quiet", is_flag=True, help="Print only the run directory.")
@json_option("Print one JSON object per epoch, and the summary.")
@report_options
@failures_reported
def command(
    experiment: str | None,
    overrides: tuple[str, ...],
    out: Path,
    run_dir: Path | None,
    seed: int | None,
    seeds: int,
    folds: int | None,
    workers: int | None,
    executor: str,
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
    every_epoch: bool,
    plugins: tuple[str, ...],
    paused: bool,
    speed: float,
    speed_for: float | None,
    save_experiment: Path | None,
    listeners: tuple[str, ...],
    quiet: bool,
    as_json: bool,
    failures: Failures,
    **artefacts: Path | None,
) -> None:
    """Train EXPERIMENT, a file or the name of a bundled example; or a data file, for which an experiment is made.

    The last line on stdout is the run directory.
    """
    from tui_nn.cli.seeds import several_of
    from tui_nn.experiment import load_experiment
    from tui_nn.experiment.load import split_override
    from tui_nn.experiment.places import located
    from tui_nn.runs.saving import parse_saving
    from tui_nn.runs.thinning import ALL, DENSITY
    from tui_nn.training.for_data import is_data
    from tui_nn.training.resume import begin_run
    from tui_nn.training.unfinished import AUTO, NEVER, experiment_file, is_done, run_to_resume

    own = experiment is None  # the experiment is the one that the run was begun with
    if experiment is None:
        if resume in (AUTO, NEVER):
            raise click.UsageError("Missing argument 'EXPERIMENT'.")
        experiment = str(experiment_file(Path(resume)))
        if seed is not None:
            raise click.UsageError("--resume keeps the run's original seed; remove --seed.")
    for key, value in (("seed", seed), ("max_seconds", max_time), ("max_steps", max_steps)):
        if value is not None:
            overrides = (*overrides, f"training.{key}={value}")
    changes = [split_override(override) for override in overrides] if own else []
    data = None
    if is_data(experiment):
        set_threads(1, unless_set=True)
        made = made_for(experiment, overrides, plugins, save_experiment, quiet=quiet)
        decoded, data = made.experiment, made.data
    elif save_experiment is not None:
        raise click.UsageError("--save-experiment is for a data file; EXPERIMENT is an experiment already.")
    else:
        decoded = load_experiment(
            experiment, () if own else overrides
        )  # changed later, it is not what it was begun with
    several = several_of(decoded, seeds, folds, workers, executor)
    decoded = several.first
    set_threads(decoded.training.threads)
    from tui_nn.training.provenance import files_beside

    if not own:
        plugins = files_beside(experiment, plugins)
    if dry_run or overfit is not None:
        from tui_nn.cli.smoke import look

        with located(experiment, overrides):
            said, code = look(decoded, plugins, overfit, as_json=as_json)
        click.echo(said)
        sys.exit(code)

    from tui_nn.cli.output import Console, misgivings
    from tui_nn.cli.seeds import check_options, train_several
    from tui_nn.experiment import dump_experiment
    from tui_nn.experiment.build import measuring
    from tui_nn.experiment.change import Settings
    from tui_nn.experiment.places import place_of
    from tui_nn.report.finished import finished
    from tui_nn.report.require import judge_of
    from tui_nn.runs import layout, open_run
    from tui_nn.training import opened, opened_run
    from tui_nn.training.listening import begun, listened, listeners_of
    from tui_nn.training.whole import whole_of

    to = destinations(artefacts)

    found = run_to_resume(resume, decoded, out, run_dir) if not several else None
    former = None
    if found is not None:
        former, decoded, limits = found
        changes = changes or list(limits)
    opening = opened(decoded, plugins, data) if former is None else opened_run(open_run(former), plugins)
    with located(experiment, overrides), opening as session:
        registry = session.registry
        for plugin in registry.plugins:
            for replaced in plugin.replaces:
                click.echo(f"tui-nn: {plugin.origin} replaces {replaced}", err=True)
        setup = session.setup()
        if not quiet and not is_data(experiment):
            tell_of_columns(setup)
        if not quiet and (waiting := unused(setup, registry)):
            click.echo(f"tui-nn: {waiting}", err=True)
        judge = judge_of(setup, require, baseline, None if former is None else open_run(former).history)
        setup = measuring(setup, judge.names)
        heard = listeners_of(listeners, registry)
        github = GitHub(experiment, lambda check: place_of(experiment, judge.key(check), overrides))
        if several:
            check_options(
                several.option, to, paused=paused, speed=speed, every_epoch=every_epoch, listen=bool(listeners)
            )
            members = several.members(registry.files)
            name = f"{decoded.name}-{several.count}-{several.kind}"
            folder = run_dir or layout.make_new_run(name, dump_experiment(decoded), out)
            for sentence in () if quiet else misgivings(setup.trainer.started(), setup.experiment):
                click.echo(f"tui-nn: {sentence}", err=True)
            sys.exit(train_several(several, members, folder, judge, github, to, quiet=quiet, as_json=as_json))
        text, cadence = dump_experiment(decoded), parse_saving(saving, keep)
        console = Console.for_caller(setup, quiet=quiet, as_json=as_json)
        if former is not None and resume == AUTO and is_done(former, changes):
            sys.exit(judge_again(former, judge, to, github, console))
        path = former or run_dir or layout.make_new_run(decoded.name, text, out)
        settings = Settings(setup.experiment, registry, setup.trainer)
        whole = whole_of(setup, registry, path)
        begin = partial(
            begin_run, path, former is not None, settings, whole, cadence, console.say, exact=exact, changes=changes,
            density=ALL if every_epoch else DENSITY,
        )  # fmt: skip
        pace = (speed, math.inf if speed_for is None else speed_for)
        told = begun(heard, listened(path, setup.experiment, changes, former is not None), console.say)
        code = train_run(begin, settings, judge, path, session, console, failures, told, paused=paused, pace=pace)
    if to or github.here:
        publish(finished(path), to, github)
    sys.exit(code)
