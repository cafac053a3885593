"""`tui-nn compare`: activations over several seeds, or runs beside each other."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui_nn.cli.completing import complete_experiment, complete_run
from tui_nn.cli.options import json_option, plugin_option, set_option
from tui_nn.cli.threads import set_threads
from tui_nn.figures import figure

if TYPE_CHECKING:
    from tui_nn.sweep.ranking import Criterion, Ranked


@click.command()
@click.argument("runs", nargs=-1, metavar="[RUN RUN...]", shell_complete=complete_run)
@click.option("--activations", metavar="A,B,...", help="Activations to try, in every hidden layer.")
@click.option(
    "--on",
    "experiment",
    metavar="EXPERIMENT",
    shell_complete=complete_experiment,
    help="Experiment to train with each activation.",
)
@click.option("--seeds", type=click.IntRange(1, 10_000), default=10, help="Seeds per activation (10).")
@click.option(
    "--metric", metavar="METRIC[@PART][:low|high]", help="Compare by it (accuracy@validation, or what there is)."
)
@click.option("--folds", type=click.IntRange(2, 1000), help="Folds per activation and seed: each validates once.")
@click.option("--workers", type=click.IntRange(1), help="Trainings in parallel; by default one per processor.")
@click.option("--executor", default="local", metavar="local|dask://HOST:PORT", help="Where they run (local).")
@plugin_option()
@set_option("Set any key in all trainings.")
@json_option("Print everything as one JSON object.")
@click.option("--out", type=click.Path(path_type=Path), help="Directory for the results (./sweeps/NAME-activations).")
def command(
    runs: tuple[str, ...],
    activations: str | None,
    experiment: str | None,
    seeds: int,
    folds: int | None,
    metric: str | None,
    workers: int | None,
    executor: str,
    plugins: tuple[str, ...],
    overrides: tuple[str, ...],
    as_json: bool,
    out: Path | None,
) -> None:
    """Compare activations on an experiment, or finished runs.

    Trainings that already have a result are not repeated.
    """
    from tui_nn.cli.sweep import with_folds
    from tui_nn.errors import ExperimentError

    set_threads(1)
    if activations is not None and experiment is not None and not runs:
        overrides = with_folds(overrides, folds)
        sys.exit(
            _activations(activations, experiment, seeds, metric, workers, executor, plugins, overrides, as_json, out)
        )
    if activations is None and experiment is None and len(runs) > 1:
        _runs(runs, as_json)
        return
    raise ExperimentError("expected --activations A,B,... --on EXPERIMENT, or at least two runs.")


def _activations(
    activations: str,
    experiment: str,
    seeds: int,
    metric: str | None,
    workers: int | None,
    executor: str,
    plugins: tuple[str, ...],
    overrides: tuple[str, ...],
    as_json: bool,
    out: Path | None,
) -> int:
    from tui_nn.cli.sweep import as_tree, carry_out, checked_plan
    from tui_nn.runs.layout import folder_name
    from tui_nn.sweep.duels import against_all
    from tui_nn.sweep.plan import ACTIVATION, Axis
    from tui_nn.sweep.ranking import criterion_of, exit_code, ranked
    from tui_nn.sweep.results import SweepDirectory

    plan = checked_plan(experiment, [Axis.parse(f"{ACTIVATION}={activations}")], seeds, overrides, plugins, ())
    criterion_of(metric, plan)
    directory = SweepDirectory(out or Path("sweeps") / folder_name(f"{plan.name}-activations"))
    results = carry_out(plan, directory, workers, executor)
    chosen = criterion_of(metric, plan, results)
    order = ranked(results, chosen)
    met = against_all([one.values for one in order], chosen.better == "low")
    if as_json:
        tree = as_tree(plan, directory, results, chosen)
        for entry, duels in zip(tree["ranking"], met, strict=True):
            entry["duels"] = asdict(duels)
        click.echo(json.dumps(tree))
    else:
        _print(order, [str(duels) for duels in met], chosen)
        click.echo(str(directory.path))
    return exit_code(plan, results)


def _print(order: list[Ranked], duels: list[str], criterion: Criterion) -> None:
    """The table, then the plot."""
    from tui_nn.cli.drawing import draw
    from tui_nn.cli.table import table
    from tui_nn.render import Interval, Look, intervals
    from tui_nn.sweep.plan import ACTIVATION

    header = [ACTIVATION, criterion.text, "deviation", "+- 95 %", "runs", "won-tied-lost", "seconds", ""]
    rows, bars = [], []
    for one, met in zip(order, duels, strict=True):
        name, found = str(one.settings[ACTIVATION]), one.estimate
        numbers = ["-" if n is None else figure(n) for n in (found.mean, found.deviation, found.half_width)]
        rows.append([name, *numbers, f"{found.n} of {len(one.results)}", met, f"{one.seconds:.2f}", one.states])
        bars.append(Interval(name, [v for v in one.values if v is not None], found.mean, found.half_width))
    click.echo(table(header, rows))
    click.echo()
    look = Look.detect(os.environ, sys.stdout.isatty())
    width = min(shutil.get_terminal_size().columns, 100) if sys.stdout.isatty() else 80
    title = f"{criterion.text}: each run, the mean, and its 95 % interval"
    plot = intervals(bars, title, width, 2 * len(bars) + 3, look)
    draw(plot, look)


def _runs(names: tuple[str, ...], as_json: bool) -> None:
    from tui_nn.cli.table import table
    from tui_nn.runs.catalogue import inspected
    from tui_nn.runs.reader import run_directory
    from tui_nn.views import comparison

    compared = [
        comparison.Compared(number, *inspected(run_directory(name))) for number, name in enumerate(names, start=1)
    ]
    for one in compared:
        if one.info.problem:
            click.echo(f"tui-nn: {one.info.problem}", err=True)
    different = comparison.differences(compared)
    if as_json:
        facts = [
            {**asdict(one.info), "path": str(one.info.path), "differs": {key: values[i] for key, values in different}}
            for i, one in enumerate(compared)
        ]
        click.echo(json.dumps(facts))
        return
    header, rows = comparison.results(compared)
    rows = [[row[0], *row[2:], one.reader.path.name] for row, one in zip(rows, compared, strict=True)]
    click.echo(table([header[0], *header[2:], "directory"], rows))
    click.echo()
    if not different:
        click.echo(comparison.NO_DIFFERENCE)
        return
    rows = [[comparison.short(key), *values] for key, values in different]
    click.echo(table(["differ in", *(str(one.number) for one in compared)], rows))
