"""`tui-nn data`: which data sets there are, what is in one, and those that are fetched."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tui_nn.cli.options import plugin_option
from tui_nn.errors import brief
from tui_nn.plurals import plural
from tui_nn.printable import printable

if TYPE_CHECKING:
    import numpy as np

    from tui_nn.datasets.report import DataReport
    from tui_nn.experiment.schema import DataSection

MOST_LISTED = 1000  # names of inputs, or of classes


@click.group()
def command() -> None:
    """List data sets, describe one, fetch one that is not bundled, or show the cache of tables."""


@command.command(name="list")
@plugin_option()
def list_data(plugins: tuple[str, ...]) -> None:
    """List the registered data sets."""
    from tui_nn.cli.table import table
    from tui_nn.datasets.fetch import is_here
    from tui_nn.datasets.remotes import REMOTES
    from tui_nn.errors import TuiNNError
    from tui_nn.plugin.blame import blaming
    from tui_nn.training import plugins_opened

    rows = []
    with plugins_opened(plugins) as (registry, _):
        for source in registry.all("dataset"):
            try:
                with blaming(registry.plugins):
                    data = source.load()
            except TuiNNError as error:  # the others can be listed all the same
                rows.append([source.name, "-", "-", "failed", str(error)])
                continue
            kind = f"{len(data.classes)} classes" if data.classes else "labels" if data.multi_label else "numbers"
            rows.append([source.name, str(len(data.x)), str(data.x.shape[1]), kind, source.description])
    click.echo(table(["name", "samples", "inputs", "target", "description"], rows))
    click.echo()
    for remote in REMOTES.values():
        how = "fetched" if is_here(remote) else f"`tui-nn data fetch {remote.name}`, {remote.size / 1e6:.1f} MB"
        click.echo(f"{remote.name}: {remote.about}; {how}")
    click.echo(
        "A path works too: a table as text, .npy, .npz, or a folder of IDX files (MNIST); docs/tables.md lists all."
    )


@command.command()
@click.argument("source")
@click.option("--target", help="The target column, for tables.")
@click.option(
    "--missing",
    type=click.Choice(["error", "drop", "mean", "median", "most_frequent", "indicator"]),
    help="How to treat missing values.",
)
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Set any key of [data].")
@plugin_option()
def describe(
    source: str, target: str | None, missing: str | None, overrides: tuple[str, ...], plugins: tuple[str, ...]
) -> None:
    """Describe SOURCE, a data set, a formula or a path: of a table also what is made of each column, and why."""
    from tui_nn.datasets.remotes import REMOTES
    from tui_nn.experiment.data import data_of
    from tui_nn.experiment.schema import Experiment
    from tui_nn.experiment.values import is_formula
    from tui_nn.training import plugins_opened
    from tui_nn.training.data_report import report_of
    from tui_nn.training.for_data import looked_at

    section = _section(source, target, missing, overrides)
    with plugins_opened(plugins) as (registry, _):
        if source in registry.names("dataset") or is_formula(source) or source in REMOTES:
            data = data_of(section, registry)
        else:
            if not (Path(source).exists() or "/" in source or source == "-"):
                registry.get("dataset", source)  # raises, with the nearest name
            data = looked_at(Path(source), section, registry, strict=missing is not None)[0]
    click.echo(_description(report_of(data, Experiment(data=section))))


def _section(source: str, target: str | None, missing: str | None, overrides: tuple[str, ...]) -> DataSection:
    """The section of an experiment that these options are."""
    from tui_nn.experiment.load import apply_override, decode

    tree: dict[str, Any] = {"data": {"source": source}}
    named = {"target": target, "missing": missing}
    tree["data"] |= {key: value for key, value in named.items() if value is not None}
    for override in overrides:
        apply_override(tree, override if override.startswith("data.") else f"data.{override}")
    return decode(tree, "--set").data


@command.command()
@click.argument("name")
@click.option("--mirror", "mirrors", multiple=True, metavar="URL", help="Mirror to fetch from; can be repeated.")
def fetch(name: str, mirrors: tuple[str, ...]) -> None:
    """Fetch NAME, such as mnist, into your cache and check its sha256; from then on it is a data set like any other.

    A fetch that was cut off, or interrupted, is gone on with by the same command. The last line on stdout is its
    folder. TUI_NN_CACHE sets another cache.
    """
    from tui_nn.cli.progress import Received
    from tui_nn.datasets import fetch as fetching
    from tui_nn.errors import refused_by_disk

    remote = fetching.remote_of(name)
    slashed = [mirror if mirror.endswith("/") else f"{mirror}/" for mirror in mirrors]
    with refused_by_disk(fetching.cache_of(remote)), Received() as received:
        folder = fetching.fetch(remote, received.say, slashed, received.progress)
    click.echo(str(folder))


def _description(report: DataReport) -> str:
    import numpy as np

    data = report.data
    lines = [f"{data.name}: {plural(len(data.x), 'sample')}, {plural(data.x.shape[1], 'input')}"]
    if data.picture:
        lines.append(f"pictures of {data.picture[0]} x {data.picture[1]} pixels")
    lines.append(f"values {_ends(data.x)}")
    gone = int(np.isnan(data.x).sum())
    if gone:
        lines.append(f"{gone} missing values, filled from the training part")
    if data.test is not None:
        lines.append(f"a separate test part: {plural(len(data.test[0]), 'sample')}")
    if data.classes:
        counts = zip(data.classes, report.class_counts, strict=True)
        lines.append(f"classes: {_listed([f'{brief(name)} ({count})' for name, count in counts])}")
    elif data.multi_label:
        yes = [f"{brief(n)} ({m:g})" for n, m in zip(data.targets, data.y.sum(axis=0), strict=True)]
        lines.append(f"labels: {_listed(yes)} of {len(data.y)}")
    else:
        lines.append(f"target {_ends(data.y)}")
    if not data.picture:
        lines.append(f"inputs: {_listed(list(map(brief, data.features)))}")
    parts = ", ".join(f"{part.name} {part.rows}" for part in report.parts if part.rows)
    lines.append(f"split: {parts} ({report.how})")
    if report.why_target:
        targets = ", ".join(f"'{role.column.name}'" for role in report.targets)
        lines.append(f"target {targets}: {report.why_target}")
    return "\n".join([*map(printable, [*lines, *report.warnings]), "", *_columns(report)])


def _columns(report: DataReport) -> list[str]:
    """What is in each column, and what was made of it."""
    from tui_nn.cli.table import table
    from tui_nn.render.histogram import spark

    rows = []
    for place, role in enumerate(report.roles[:MOST_LISTED]):
        one, column = report.summary(place), role.column
        bars = spark(one.counts, ascii_only=not (sys.stdout.encoding or "").lower().startswith("utf"))
        rows.append([brief(column.name), report.kind(place), one.values, bars, str(one.missing), report.use(place)])
    more = len(report.roles) - MOST_LISTED
    shown = table(["column", "kind", "values", "", "missing", "use"], rows)
    return [shown, *([f"and {plural(more, 'column')} more"] if more > 0 else [])]


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - MOST_LISTED:,} more" if len(names) > MOST_LISTED else ""
    return ", ".join(names[:MOST_LISTED]) + more


def _ends(values: np.ndarray[Any, np.dtype[Any]]) -> str:
    """The range, to as many digits as numbers have in their own type: time stamps differ in the last ones."""
    import numpy as np

    low, high = (str(end).removesuffix(".0") for end in (np.nanmin(values), np.nanmax(values)))
    return f"from {low} to {high}"


@command.command()
@click.option("--clear", is_flag=True, help="Remove them all.")
def cache(clear: bool) -> None:
    """Large tables that were read are kept, so that a second start need not read them again: how many, and where.

    TUI_NN_TABLE_CACHE=off keeps none.
    """
    from tui_nn.datasets import table_cache
    from tui_nn.errors import refused_by_disk

    folder, found = table_cache.folder(), table_cache.entries()
    size = sum(facts.st_size for _, facts in found)
    if clear:
        with refused_by_disk(folder):
            table_cache.clear()
    said = f"{plural(len(found), 'table')}, {size / 1e6:,.1f} MB"
    click.echo(f"{folder}: {said}, removed" if clear else f"{folder}: {said} of {table_cache.MOST / 1e6:,.0f} at most")
