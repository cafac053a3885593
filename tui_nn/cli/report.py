"""`tui-nn report`: the artefacts of a run that is over, the same as `tui-nn train` writes on request."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tui_nn.cli.completing import complete_run
from tui_nn.cli.options import plugin_option

if TYPE_CHECKING:
    from tui_nn.report.finished import Finished
    from tui_nn.report.write import Destinations
    from tui_nn.runs.summary import Checked, Summary

FILE = click.Path(path_type=Path)
OPTIONS = (
    click.option(
        "--report",
        "folder",
        type=FILE,
        metavar="DIR",
        help="Summary, metrics, JUnit, Markdown and pictures.",
    ),
    click.option("--junit", type=FILE, metavar="FILE", help="JUnit XML: each requirement is a test case."),
    click.option("--markdown", type=FILE, metavar="FILE", help="A summary with curve and confusion matrix as text."),
    click.option("--csv", type=FILE, metavar="FILE", help="Metrics by epoch, as a table."),
    click.option("--jsonl", type=FILE, metavar="FILE", help="Metrics by epoch, one JSON object a line."),
    click.option("--tensorboard", type=FILE, metavar="DIR", help="Event files; needs the extra 'tensorboard'."),
)
NAMES = ("folder", "junit", "markdown", "csv", "jsonl", "tensorboard")


def report_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where artefacts go."""
    for option in reversed(OPTIONS):
        function = option(function)
    return function


def destinations(options: dict[str, Path | None]) -> Destinations:
    """What the options ask for, checked as far as it can be before anything is trained."""
    from tui_nn.report.write import Destinations

    wanted = Destinations(**{name: options.get(name) for name in NAMES})
    wanted.check()
    return wanted


def publish(run: Finished, to: Destinations, github: GitHub) -> None:
    """Write the artefacts of a run that has ended; within GitHub Actions say there what is wrong."""
    from tui_nn.report.markdown import as_markdown
    from tui_nn.report.write import write

    if github.here:
        github.tell(run.summary, as_markdown(run))
    write(run, to)


@dataclass(frozen=True)
class GitHub:
    """The job that this process may be part of. place: line and column of a requirement in the experiment `file`."""

    file: str
    place: Callable[[Checked], tuple[int, int] | None]

    @property
    def here(self) -> bool:
        """Whether this is a step of GitHub Actions."""
        return os.environ.get("GITHUB_ACTIONS") == "true"

    def tell(self, summary: Summary, markdown: str) -> None:
        """Annotations for what is wrong, and the summary for the page; nothing elsewhere."""
        if not self.here:
            return
        from tui_nn.report.github import annotate, append_summary
        from tui_nn.report.words import problems

        annotate(problems(summary, self.place, self.file))
        append_summary(os.environ, markdown)


@click.command()
@click.argument("run", shell_complete=complete_run)
@report_options
@click.option("--to", "kind", metavar="NAME", help="Write what this reporter makes: junit, markdown, ..., a plugin's.")
@click.option("--out", type=FILE, metavar="PATH", help="Where --to writes: a file, or a folder.")
@plugin_option()
@click.option("--require", multiple=True, metavar="'METRIC OP VALUE'", help="Exit 5 unless this is met.")
@click.option(
    "--baseline", metavar="RUN", shell_complete=complete_run, help="The run that 'base' refers to in requirements."
)
def command(
    run: str,
    kind: str | None,
    out: Path | None,
    plugins: tuple[str, ...],
    require: tuple[str, ...],
    baseline: str | None,
    **options: Path | None,
) -> None:
    """Write reports of RUN, a run directory or `latest`; without options, print its Markdown summary.

    RUN may also be the folder of several seeds. The exit code is that of the run, or 5 if a requirement is not met.
    """
    from tui_nn.errors import ExperimentError
    from tui_nn.report import group as groups
    from tui_nn.report.finished import Finished, exit_code, finished
    from tui_nn.report.markdown import as_markdown
    from tui_nn.report.require import with_requirements
    from tui_nn.report.words import problems
    from tui_nn.report.write import write

    if out is not None and kind is None:
        raise click.UsageError("--out says where --to NAME writes; name a reporter.")
    to = destinations(options)
    group = groups.open_group(Path(run))
    if group is not None and kind is not None:
        raise ExperimentError(f"--to {kind}: {run} is a folder of several runs; name one of them.")
    if group is not None:
        summary = with_requirements(group.summary, group.runs, require, baseline)
        group = replace(group, summary=summary)
        lines = list(map(str, groups.write_group(group, to))) if to else [groups.as_markdown(group).rstrip()]
    else:
        one = finished(run)
        summary = with_requirements(one.summary, [one], require, baseline)
        one = Finished(one.reader, summary)
        lines = list(map(str, write(one, to))) if to else []
        if kind is not None:
            lines.append(str(_reported(one, kind, out, plugins)))
        lines = lines or [as_markdown(one).rstrip()]
    for line in lines:
        click.echo(line)
    for finding in problems(summary):
        click.echo(f"tui-nn: {finding.message}", err=True)
    sys.exit(exit_code(summary))


def _reported(run: Finished, kind: str, out: Path | None, plugins: tuple[str, ...]) -> Path:
    """Write what a reporter makes of a run; beside this directory, called after both, where nobody says."""
    from tui_nn.runs.artefact import write_files
    from tui_nn.training.opening import plugins_opened

    with plugins_opened(plugins) as (registry, _):
        reporter = registry.get("reporter", kind)
        files = reporter.files(run)
    target = out or Path(f"{run.reader.path.name}-{kind}{reporter.suffix}")
    write_files(target, files)
    return target
