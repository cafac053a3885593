"""`tui-nn sweep`: an experiment with every combination of some settings, with several seeds, on several workers."""

from __future__ import annotations

import contextlib
import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tui_nn.cli.completing import complete_experiment
from tui_nn.cli.options import json_option, plugin_option, set_option
from tui_nn.cli.threads import set_threads
from tui_nn.figures import figure

if TYPE_CHECKING:
    from tui_nn.sweep.plan import Plan
    from tui_nn.sweep.ranking import Criterion, Ranked
    from tui_nn.sweep.results import Result, SweepDirectory


@click.command()
@click.argument("experiment", shell_complete=complete_experiment)
@click.option("--grid", multiple=True, metavar="KEY=V,V,...", help="Vary a key; repeat it for every combination.")
@click.option("--seeds", type=click.IntRange(1, 10_000), default=1, help="Seeds per setting (1).")
@click.option("--folds", type=click.IntRange(2, 1000), help="Folds per setting and seed: each validates once.")
@click.option("--workers", type=click.IntRange(1), help="Trials in parallel; by default one per processor.")
@click.option("--executor", default="local", metavar="local|dask://HOST:PORT", help="Where trials run (local).")
@click.option("--out", type=click.Path(path_type=Path), help="The sweep's directory (./sweeps/NAME).")
@set_option("Set any key in all trials.")
@click.option("--require", multiple=True, metavar="'METRIC OP VALUE'", help="Exit 5 unless some setting meets this.")
@plugin_option()
@click.option(
    "--metric", metavar="METRIC[@PART][:low|high]", help="Rank by this metric (accuracy@validation, or loss)."
)
@json_option("Print everything as one JSON object.")
@click.option("--csv", "csv_file", type=click.Path(path_type=Path), help="Write one row per trial to this file.")
def command(
    experiment: str,
    grid: tuple[str, ...],
    seeds: int,
    folds: int | None,
    workers: int | None,
    executor: str,
    out: Path | None,
    overrides: tuple[str, ...],
    require: tuple[str, ...],
    plugins: tuple[str, ...],
    metric: str | None,
    as_json: bool,
    csv_file: Path | None,
) -> None:
    """Train EXPERIMENT with every combination of settings and seeds, and rank the settings.

    Trials with a result in the sweep's directory are not repeated, so the same command resumes a stopped sweep, and a
    larger grid extends a smaller one. The last line on stdout is the directory.
    """
    set_threads(1)  # trials are processes of their own, with their own threads
    from tui_nn.runs.layout import folder_name
    from tui_nn.sweep.plan import Axis
    from tui_nn.sweep.ranking import criterion_of, exit_code
    from tui_nn.sweep.results import SweepDirectory

    axes = [Axis.parse(text) for text in grid]
    plan = checked_plan(experiment, axes, seeds, with_folds(overrides, folds), plugins, require)
    criterion_of(metric, plan)
    directory = SweepDirectory(out or Path("sweeps") / folder_name(plan.name))
    results = carry_out(plan, directory, workers, executor)
    chosen = criterion_of(metric, plan, results)
    if csv_file is not None:
        write_csv(csv_file, plan, results)
    if as_json:
        click.echo(json.dumps(as_tree(plan, directory, results, chosen)))
    else:
        click.echo(ranking(plan, results, chosen))
        click.echo(str(directory.path))
    sys.exit(exit_code(plan, results))


def with_folds(overrides: tuple[str, ...], folds: int | None) -> tuple[str, ...]:
    """The KEY=VALUE words with what --folds says."""
    return overrides if folds is None else (*overrides, f"validation.folds={folds}")


def checked_plan(
    experiment: str, axes: list[Any], seeds: int, overrides: tuple[str, ...], plugins: tuple[str, ...],
    require: tuple[str, ...],
) -> Plan:  # fmt: skip
    """The plan, every trial of which could be built. Raises ExperimentError before anything is trained."""
    from tui_nn.errors import DataError, PluginError
    from tui_nn.experiment import load_experiment
    from tui_nn.experiment.build import build, check
    from tui_nn.experiment.load import decode
    from tui_nn.report.require import judge_of
    from tui_nn.sweep.plan import make_plan
    from tui_nn.training import opened
    from tui_nn.training.provenance import files_beside

    with opened(load_experiment(experiment, overrides), files_beside(experiment, plugins)) as session:
        plan = make_plan(experiment, axes, seeds, overrides, session.registry.files, require)
        registry = session.registry
        measured = {one.name: one.better for one in registry.all("metric") if one.returns == "number"}
        plan = replace(plan, metrics={**measured, "cost": "low"})
        for trial in {repr(trial.settings): trial for trial in plan.trials}.values():
            # Broken data and a plugin that raises are for the trial to report: the others may do without.
            with contextlib.suppress(DataError, PluginError):
                check(decode(trial.experiment, plan.name), registry)
        with contextlib.suppress(DataError, PluginError):
            judge_of(build(decode(plan.trials[0].experiment, plan.name), registry), require, None)
    return plan


def carry_out(plan: Plan, directory: SweepDirectory, workers: int | None, address: str = "local") -> list[Result]:
    """Run what has no result yet, and say on stderr how it goes. Raises AskedToEnd after a signal."""
    from tui_nn.cli.trials import SweepProgress
    from tui_nn.sweep.executors import LOCAL, default_workers, executor_of
    from tui_nn.sweep.run import run_plan
    from tui_nn.training.asked import Asked

    threads = int(plan.trials[0].experiment["training"]["threads"])
    executor = executor_of(address, workers or default_workers(len(plan.trials), threads))
    local = address == LOCAL
    with Asked() as asked, executor, SweepProgress(plan, directory) as progress:

        def tick() -> None:
            progress.tick()
            asked.check()

        return run_plan(plan, directory, executor, in_place=local, observe=progress.finished, tick=tick)


def ranking(plan: Plan, results: list[Result], criterion: Criterion) -> str:
    """The settings as a plain table, best first."""
    from tui_nn.cli.table import table
    from tui_nn.sweep.plan import shown
    from tui_nn.sweep.ranking import ranked

    order = ranked(results, criterion)
    several = any(len(one.results) > 1 for one in order)
    runs = "runs" if any(result.fold for result in results) else "seeds"
    header = ["rank", *plan.labels, criterion.text, *(["+- 95 %", runs] if several else []), "seconds", ""]
    rows = []
    for place, one in enumerate(order, start=1):
        spread = [_number(one.estimate.half_width), f"{one.estimate.n} of {len(one.results)}"] if several else []
        words = [shown(one.settings[label]) for label in plan.labels]
        rows.append([str(place), *words, _number(one.estimate.mean), *spread, f"{one.seconds:.2f}", _remarks(one)])
    return table(header, rows)


def _remarks(one: Ranked) -> str:
    from tui_nn.errors import ExitCode

    missed = sum(result.exit_code == ExitCode.REQUIREMENT for result in one.results)
    return ", ".join(filter(None, [one.states, f"{missed} below requirement" if missed else ""]))


def _number(value: float | None) -> str:
    return "-" if value is None else figure(value)


def as_tree(plan: Plan, directory: SweepDirectory, results: list[Result], criterion: Criterion) -> dict[str, Any]:
    """The sweep as JSON: settings ranked, then every trial."""
    from tui_nn.sweep.ranking import ranked

    return {
        "schema": 1,
        "sweep": str(directory.path),
        "experiment": plan.name,
        "axes": {axis.key: list(axis.values) for axis in plan.axes},
        "seeds": list(plan.seeds),
        "metric": criterion.text,
        "ranking": [
            {"settings": one.settings, "values": one.values, **asdict(one.estimate), "seconds": one.seconds}
            for one in ranked(results, criterion)
        ],
        "trials": [asdict(result) for result in results],
    }


def write_csv(path: Path, plan: Plan, results: list[Result]) -> None:
    """A row a trial."""
    from tui_nn.errors import refused_by_disk
    from tui_nn.sweep.results import results_as_csv

    with refused_by_disk(path):
        path.write_text(results_as_csv(plan.labels, results), "utf-8")
