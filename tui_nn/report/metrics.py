"""Metrics over the epochs as JSON lines and as CSV: a line a recorded epoch, columns named as in requirements."""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec

from tui_nn.csvtext import to_csv
from tui_nn.printable import escaped_file
from tui_nn.runs.history import History


def rows(history: History) -> Iterator[dict[str, float]]:
    """epoch, step, seconds, then `metric@part`; a metric that an epoch lacks is NaN."""
    columns = {
        f"{name}@{part}": values
        for part, metrics in (("train", history.train), ("validation", history.validation))
        for name, values in metrics.items()
    }
    for index, epoch in enumerate(history.epochs):
        row: dict[str, float] = {
            "epoch": epoch,
            "step": history.epoch_steps[index],
            "seconds": history.epoch_seconds[index],
        }
        yield row | {name: values[index] if index < len(values) else math.nan for name, values in columns.items()}


def as_jsonl(history: History) -> str:
    """One JSON object a line. JSON has no NaN: a number that is not finite is null."""
    return "".join(escaped_file(msgspec.json.encode(row)).decode() + "\n" for row in rows(history))


def as_csv(history: History) -> str:
    """A table with a header, in full precision; NaN is `nan`, as spreadsheets and pandas read it."""
    table = list(rows(history))
    names = list(table[0]) if table else ["epoch", "step", "seconds"]
    return to_csv([names, *([row[name] for name in names] for row in table)])
