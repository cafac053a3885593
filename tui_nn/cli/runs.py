"""`tui-nn runs`: the runs of a folder, how each stands and how well it did."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tui_nn.cli.options import json_option
from tui_nn.render.amount import amount

if TYPE_CHECKING:
    from tui_nn.runs.catalogue import RunInfo

SHOWN = ("accuracy", "r2", "rmse", "loss")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("runs"))
@json_option()
def command(folder: Path, as_json: bool) -> None:
    """List the runs in FOLDER (./runs), newest first.

    A run is live or paused while its trainer exists; finished, interrupted, stopped or diverged if its summary says so;
    crashed if the trainer process ended without a summary; unreadable if its files are not those of a run.
    """
    from tui_nn.cli.table import table
    from tui_nn.errors import StorageError
    from tui_nn.runs.catalogue import catalogue

    if not folder.is_dir():
        raise StorageError(f"{folder}: there is no such folder. `tui-nn train digits` creates ./runs.")
    found = catalogue(folder)
    if as_json:
        from tui_nn.runs.summary import to_line

        click.echo(to_line({"runs": [_described(info) for info in found]}))
    elif not found:
        click.echo(f"no run in {folder}", err=True)
    else:
        rows = [_row(info) for info in found]
        click.echo(table(["run", "state", "experiment", "epoch", "last", "trained", "age"], rows))
        for info in found:
            if info.problem:
                click.echo(f"tui-nn: {info.problem}", err=True)


def _described(info: RunInfo) -> dict[str, Any]:
    from tui_nn.runs.summary import name_of

    return {
        "run": name_of(info.path), "state": info.state, "standing": info.standing, "reason": info.reason or None,
        "experiment": info.experiment, "epoch": info.epoch, "epochs": info.epochs, "part": info.part or None,
        "metrics": info.metrics, "seconds": info.seconds, "modified": info.modified,
        "begun": info.begun, "problem": info.problem or None,
    }  # fmt: skip


def _row(info: RunInfo) -> list[str]:
    name = next((name for name in SHOWN if name in info.metrics), None)
    last = f"{name} {amount(info.metrics[name])} ({info.part})" if name is not None else "-"
    epochs = f"{info.epoch}/{info.epochs}" if info.epochs else str(info.epoch)
    age = length_of(time.time() - info.begun)
    return [info.path.name, info.standing, info.experiment, epochs, last, length_of(info.seconds), age]


def length_of(seconds: float) -> str:
    """A length of time in one unit: 12 s, 5 min, 3 h, 2 d."""
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(0.0, seconds):.1f} s" if seconds < 10 else f"{seconds:.0f} s"
