"""The file `summary.json`: how a run ended, in one object that a build server can read.

Its keys are documented in docs/artefacts.md, and a test holds the two together. A key is never renamed or given
another meaning without a new schema number; new keys may come at any time.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec

from tui_nn.engine.events import Divergence
from tui_nn.errors import ExitCode, StorageError
from tui_nn.printable import escaped_file
from tui_nn.runs import layout
from tui_nn.runs.history import History
from tui_nn.runs.schema import Count, Seconds, read_json

SCHEMA = 3  # 3: `run` is the name of the directory, where it was a path
CRASHED = "crashed"  # the reason of a training that broke off with an error, or without a word

Fact = str | int | float | None | dict[str, str | None]  # of the machine and its software
Number = float | None  # JSON has no NaN: null stands for a number that is not finite


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """One requirement, and what was found. `value` is null where it is missing, or NaN."""

    requirement: str
    value: Number
    bound: Number = None
    met: bool


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """Everything in `summary.json`. Units: seconds are of the trainer's clock, pauses left out."""

    schema: int
    run: str
    experiment: str
    started: str = ""  # when: ISO 8601, UTC
    reason: str
    message: str
    divergence: Divergence | None = None
    exit_code: Annotated[int, msgspec.Meta(ge=0, le=255)]  # a process has no other, and 256 would be 0
    epoch: Count
    kept: Count | None = None  # the epoch whose weights were gone back to
    step: Count
    epochs: Count = 0
    seed: int
    parameters: Count
    samples: dict[str, Count] = {}
    measured: dict[str, Count] = {}  # part -> of how many of its samples, the first ones, the metrics are
    metrics: dict[str, dict[str, Number]]
    requirements: list[Checked]
    seconds: Seconds
    samples_per_second: Annotated[float, msgspec.Meta(ge=0)]
    hashes: dict[str, str] = {}
    runs: list[str] = []
    environment: dict[str, Fact]


def samples_per_second(history: History) -> float:
    """Training samples that were learnt from, a second of the trainer's clock; 0 before anything was timed."""
    if history.started is None or history.ended is None or not history.seconds:
        return 0.0
    epochs = history.ended.step / max(history.started.batches, 1)
    return epochs * history.started.samples["train"] / history.seconds


def name_of(path: str | Path) -> str:
    """A path as JSON can hold it: what is not UTF-8 in it is replaced."""
    return os.fsencode(path).decode("utf-8", "replace")


def sha256(content: bytes) -> str:
    """A digest as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def last_values(history: History) -> dict[str, dict[str, Number]]:
    """part -> metric -> its value with the weights that the run ended with; the test part was measured at the end."""
    last: dict[str, dict[str, Number]] = {part: {**values} for part, values in history.newest.items()}
    last["test"] = {**history.ended.test} if history.ended is not None else {}
    return last


def to_json(summary: Mapping[str, Any] | Summary) -> bytes:
    """Indented JSON with a line feed at the end."""
    return msgspec.json.format(escaped_file(msgspec.json.encode(summary)), indent=2) + b"\n"


def to_line(tree: Mapping[str, Any] | Summary) -> str:
    """The same on one line, without a line feed. JSON has no NaN: a number that is not finite is null."""
    return escaped_file(msgspec.json.encode(tree)).decode()


def summary_of(folder: Path) -> Summary | None:
    """The summary of a run, or of several in a folder; None while there is none. Raises StorageError."""
    summary, path = read_json(folder, layout.SUMMARY, Summary, "the summary of a run"), folder / layout.SUMMARY
    if summary is not None and summary.schema > SCHEMA:
        raise StorageError(f"{path}: has schema {summary.schema}; this version reads up to {SCHEMA}.")
    if summary is not None and summary.exit_code not in set(ExitCode):
        raise StorageError(f"{path}: not the summary of a run: there is no exit code {summary.exit_code}.")
    return summary
