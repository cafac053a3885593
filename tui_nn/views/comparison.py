"""Runs beside each other: their curves on one plot, the settings in which they differ, and what came of it."""

from __future__ import annotations

import contextlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.text import Text

from tui_nn import render
from tui_nn.errors import StorageError
from tui_nn.render import Look, Series
from tui_nn.render.palette import DIM, DISTINCT, accent
from tui_nn.runs import RunReader
from tui_nn.runs.catalogue import RunInfo

SKIPPED = ("name", "network.weights")
RESULTS = ("loss", "accuracy", "rmse", "r2")


@dataclass(frozen=True)
class Compared:
    """A run that is compared. number: its name on the screen, which also decides its colour."""

    number: int
    info: RunInfo
    reader: RunReader

    @property
    def colour(self) -> str:
        """The same for as long as the screen is open."""
        return DISTINCT[(self.number - 1) % len(DISTINCT)]


def settings(experiment_toml: str) -> dict[str, str]:
    """{"training.batch": "32", "network.layers[0].units": "25", ...} of an experiment file."""
    flat: dict[str, str] = {}
    with contextlib.suppress(tomllib.TOMLDecodeError):
        _flatten("", tomllib.loads(experiment_toml), flat)
    return flat


def _flatten(key: str, value: Any, into: dict[str, str]) -> None:
    if isinstance(value, dict):
        for name, item in value.items():
            _flatten(f"{key}.{name}" if key else name, item, into)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for index, item in enumerate(value):
            _flatten(f"{key}[{index}]", item, into)
    elif key not in SKIPPED:
        into[key] = f"{value}"


def differences(experiments: Sequence[dict[str, str]]) -> list[tuple[str, list[str]]]:
    """(key, value in each) of the settings that are not the same in all; "-" where one has no such key."""
    keys = dict.fromkeys(key for one in experiments for key in one)
    rows = [(key, [one.get(key, "-") for one in experiments]) for key in keys]
    return [(key, values) for key, values in rows if len(set(values)) > 1]


def table(runs: Sequence[Compared]) -> tuple[list[str], list[list[str]], bool]:
    """Header and rows: a row a run, with state, results, samples a second, seconds, then the settings that differ.

    The last value says whether any setting does.
    """
    names = [name for name in RESULTS if any(name in run.info.metrics for run in runs)]
    experiments = []
    for run in runs:
        try:
            experiments.append(settings(run.reader.experiment_toml()))
        except StorageError:  # a run whose file is gone still has results
            experiments.append({})
    different = differences(experiments)
    header = ["run", "state", "epoch", *names, "samples/s", "seconds", *(_short(key) for key, _ in different)]
    rows = []
    for index, run in enumerate(runs):
        info = run.info
        speed = f"{info.samples_per_second:.0f}" if info.samples_per_second else "-"
        rows.append(
            [
                str(run.number),
                info.state,
                str(info.epoch),
                *(f"{info.metrics[name]:.4f}" if name in info.metrics else "-" for name in names),
                speed,
                f"{info.seconds:.1f}",
                *(values[index] for _, values in different),
            ]
        )
    return header, rows, bool(different)


def _short(key: str) -> str:
    """training.optimizer.rate -> optimizer.rate."""
    return key.removeprefix("training.").removeprefix("network.").removeprefix("data.")


def draw_table(runs: Sequence[Compared], width: int, look: Look) -> Text:
    """The table as text, each run in its colour; columns that have no room are left out and counted."""
    header, rows, differ = table(runs)
    widths = [max(len(header[column]), *(len(row[column]) for row in rows)) for column in range(len(header))]
    shown = len(widths)
    while shown > 1 and sum(widths[:shown]) + 2 * (shown - 1) > width:
        shown -= 1
    lines = [Text("  ".join(name.ljust(widths[i]) for i, name in enumerate(header[:shown])), accent(DIM, look))]
    for run, row in zip(runs, rows, strict=True):
        cells = [cell.ljust(widths[index]) for index, cell in enumerate(row[:shown])]
        lines.append(Text("  ".join(cells), accent(run.colour, look)))
    if shown < len(widths):
        lines.append(Text(f"{len(widths) - shown} more in a wider terminal", accent(DIM, look)))
    if len(runs) > 1 and not differ:
        lines.append(Text("Their settings are the same.", accent(DIM, look)))
    return Text("\n", no_wrap=True).join(lines)


def draw_curves(runs: Sequence[Compared], metric: str, width: int, height: int, look: Look, log: bool = False) -> Text:
    """One line a run: on validation data where there is any."""
    series = []
    for run in runs:
        history = run.reader.history
        column = history.validation.get(metric) or history.train.get(metric)
        if column:
            x = np.array(history.epochs[: len(column)])
            series.append(Series(str(run.number), x, np.array(column), run.colour, "●", str(run.number % 10)))
    return render.curve(series, width, height, look, y_label=metric, log_y=log)
