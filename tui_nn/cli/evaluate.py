"""`tui-nn evaluate`: every metric of a recorded network, on its own data or on others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui_nn.cli.completing import complete_run
from tui_nn.cli.moving import movable, move_of
from tui_nn.cli.options import json_option, plugin_option

if TYPE_CHECKING:
    from tui_nn.engine.data import Dataset
    from tui_nn.experiment.schema import Task
    from tui_nn.experiment.study import Measurement
    from tui_nn.training import OpenedRun


@click.command()
@click.argument("run", shell_complete=complete_run)
@click.argument("data", type=click.Path(path_type=Path), required=False)
@click.option("--epoch", type=click.IntRange(min=0), help="Use the weights last recorded by this epoch.")
@movable
@click.option(
    "--without",
    multiple=True,
    metavar="LAYER.UNIT",
    help="Switch a hidden unit off, such as 1.13: its activation is 0. Metrics and accuracy by class stand beside what "
    "they are with it.",
)
@plugin_option("A plugin file of the run.")
@json_option()
def command(
    run: str,
    data: Path | None,
    epoch: int | None,
    rotate: float,
    scale: float,
    shift: tuple[float, float],
    noise: float,
    without: tuple[str, ...],
    plugins: tuple[str, ...],
    as_json: bool,
) -> None:
    """Evaluate the network of RUN, a run directory or `latest`, on its own data or on DATA, a path.

    DATA is scaled with the statistics of the training part. The run's own data must be unchanged since RUN was
    trained.

    Pictures can be moved first: turned and scaled about their centre, then shifted, then with noise. That is done in
    the data's own units, before they are scaled for the network; pixels are interpolated bilinearly, and outside of a
    picture is 0.
    """
    from tui_nn.cli.recorded import moment

    found = moment(run, epoch)
    from tui_nn.experiment.hidden_units import hidden_units, named
    from tui_nn.training import opened_run

    move = move_of(rotate, scale, shift, noise)
    started = found.reader.history.started
    off = hidden_units(without, started.layers if started is not None else ())
    before = None
    with opened_run(found.reader, plugins) as session:
        others = None if data is None else _data(data, session)
        if off:
            before = session.recorded.measured(found.weights.thetas, others, move)
            session.recorded.off = off
        measured = session.recorded.measured(found.weights.thetas, others, move)
        classes = session.recorded.net.head.classes
    if as_json:
        how = {} if move.is_rest else {"move": asdict(move)}
        metrics = {part: one[0] for part, one in measured.items()}
        told = {"run": str(found.path), "step": found.weights.step, **how, "metrics": metrics}
        if before is not None:
            told["without"] = named(off).split(", ")
            told["before"] = {part: one[0] for part, one in before.items()}
            told["by_class"] = _by_class(before, measured, classes)
        click.echo(json.dumps(told))
        return
    if not move.is_rest:
        click.echo(f"tui-nn: pictures {move.words}", err=True)
    labels = {part: part if data is not None or started is None else started.label(part) for part in measured}
    _print_metrics(before, measured, labels)
    if before is not None and classes:
        click.echo(f"\naccuracy by class, and without {named(off)}")
        _print_classes(before, measured, classes, labels)


Parts = Mapping[str, "Measurement"]


def _print_metrics(before: Parts | None, measured: Parts, labels: Mapping[str, str]) -> None:
    """A row a metric; where units are off, what it was stands before it."""
    from tui_nn.cli.table import table

    heads, columns = [], []
    for part, one in measured.items():
        if before is not None:
            heads.append(labels[part])
            columns.append(before[part][0])
        heads.append("without" if before is not None else labels[part])
        columns.append(one[0])
    names = list(dict.fromkeys(name for column in columns for name in column))
    rows = [[name, *(_number(column.get(name)) for column in columns)] for name in names]
    click.echo(table(["metric", *heads], rows))


def _print_classes(before: Parts, measured: Parts, classes: tuple[str, ...], labels: Mapping[str, str]) -> None:
    """A row a class: how many samples a part has of it, and the shares that are right, before and without."""
    from tui_nn.cli.table import table

    found = _by_class(before, measured, classes)
    rows = []
    for name in classes:
        row = [name]
        for part in found:
            one = found[part][name]
            row += [f"{one['samples']}", _number(one["before"]), _number(one["accuracy"])]
        rows.append(row)
    click.echo(table(["class", *(text for part in found for text in (labels[part], "accuracy", "without"))], rows))


def _by_class(
    before: Parts, measured: Parts, classes: tuple[str, ...]
) -> dict[str, dict[str, dict[str, float | None]]]:
    """part -> class -> its samples, and the share of them that is right, before and now; None where there are none."""
    found: dict[str, dict[str, dict[str, float | None]]] = {}
    for part in measured:
        then, now = before[part][1], measured[part][1]
        if then is None or now is None:
            continue
        found[part] = {}
        for place, name in enumerate(classes):
            samples = sum(now[place])
            shares = [matrix[place][place] / samples if samples else None for matrix in (then, now)]
            found[part][name] = {"samples": samples, "before": shares[0], "accuracy": shares[1]}
    return found


def _data(path: Path, session: OpenedRun) -> Dataset:
    """Other data, read as the run's own were: the same columns, the same answers."""
    from dataclasses import replace

    from tui_nn.datasets import load_path
    from tui_nn.experiment.data import table_settings
    from tui_nn.experiment.portable import is_file

    net, settings = session.recorded.net, table_settings(session.experiment.data)
    names = net.head.names
    target = settings.target if settings.target is not None or not names else names[0] if len(names) == 1 else names
    if net.preparation.columns:
        several = net.head.targets.multi_label
        task: Task = "multi-label" if several else "classification" if net.head.classes else "regression"
        settings = replace(settings, target=target, task=task)
    elif net.preparation.features and is_file(session.experiment.data.source):  # a run that left no column out
        settings = replace(settings, inputs=net.preparation.features)
    readers = session.registry.in_order("reader")
    return load_path(path, settings=settings, readers=readers, inputs=net.preparation.columns or None)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.6g}"
