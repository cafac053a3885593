"""`tui-nn doctor`: why a run does not learn, each verdict with its number, its threshold and what to try next."""

from __future__ import annotations

import json
import os
import shutil
import sys
from typing import TYPE_CHECKING

import click

from tui_nn.cli.completing import complete_run
from tui_nn.cli.options import json_option

if TYPE_CHECKING:
    from tui_nn.diagnosis import Verdict
    from tui_nn.runs import RunReader


@click.command()
@click.argument("run", required=False, shell_complete=complete_run)
@click.option("--strict", is_flag=True, help="Exit 5 if anything is wrong.")
@click.option("--rules", "rules", is_flag=True, help="List every rule with its threshold instead.")
@click.option("--plain", is_flag=True, help="No colours.")
@json_option()
def command(run: str | None, strict: bool, rules: bool, plain: bool, as_json: bool) -> None:
    """Diagnose RUN, a run directory or `latest`, live or finished.

    `next` lists settings that may help, and a command to try them.
    """
    from dataclasses import asdict

    from tui_nn import render
    from tui_nn.cli.drawing import draw
    from tui_nn.errors import ExitCode, ExperimentError
    from tui_nn.render import Look
    from tui_nn.runs import open_run
    from tui_nn.views.verdicts import all_well, verdicts_of

    if rules:
        _rules()
        return
    if run is None:
        raise ExperimentError("doctor needs a run: a run directory or `latest`.")
    reader = open_run(run)
    found = verdicts_of(reader)
    if as_json:
        click.echo(json.dumps({"run": str(reader.path), "verdicts": [asdict(one) for one in found]}, indent=2))
    else:
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 100
        look = Look.detect(os.environ, sys.stdout.isatty() and not plain)
        text = render.verdicts(found, all_well(reader), width, 1000, look)
        draw(text, look, width)
        if found and any(one.remedy for one in found):
            click.echo(f"\n{_try(reader, found)}")
        for line in filter(None, _compiled(reader)):
            click.echo(f"\n{line}")
    sys.exit(ExitCode.REQUIREMENT if found and strict else ExitCode.DONE)


def _compiled(reader: RunReader) -> tuple[str, ...]:
    """That an accelerator waits to be named, and by what a large table is read."""
    from tui_nn.experiment.unused import reader_of_tables, unused_accelerator
    from tui_nn.plugin.registry import load_registry
    from tui_nn.views.verdicts import experiment_of

    started, experiment = reader.history.started, experiment_of(reader)
    if started is None:
        return ()
    samples, parameters = started.samples["train"], started.parameters
    return unused_accelerator(experiment, load_registry(), samples, parameters), reader_of_tables(experiment)


def _try(reader: RunReader, found: list[Verdict]) -> str:
    """The command that applies what the first verdict suggests: its cause comes before the others."""
    from tui_nn.training.provenance import command_anew

    first = next(one for one in found if one.remedy)
    return f"try: {command_anew(reader.path, first.remedy)}"


def _rules() -> None:
    from tui_nn.cli.table import table
    from tui_nn.diagnosis import RULES

    click.echo(table(["verdict", "should be", "source"], [[rule.name, rule.limit, rule.source] for rule in RULES]))
