"""What a listener must keep to: it takes every event of any run, and moves nothing in it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tui_nn.plugin.listener import Listened, Listener
from tui_nn.runs import layout
from tui_nn.runs.codec import decode
from tui_nn.testing.report import CheckResult, failed, passed
from tui_nn.testing.small_runs import SmallRun, small_runs

RUNS = "all events of small runs of classes, numbers, labels and one sample"


@contextmanager
def _elsewhere() -> Iterator[None]:
    """In a folder that goes away: what a listener writes by default lands there."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="tui-nn-listener-") as folder:
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


def _told(listener: Listener, run: SmallRun) -> None:
    settings = {"training.epochs": 2, "training.loss": "one_vs_all", "network.layers": [{"kind": "dense", "units": 5}]}
    take = listener.begin(Listened(run.path, run.about, settings))
    for line in (run.path / layout.EVENTS).read_bytes().splitlines():
        event = decode(line)
        if event is not None:
            take(event)


def takes_every_event(listener: Listener) -> CheckResult:
    """It raises for none of them."""
    with _elsewhere():
        for run in small_runs():
            try:
                _told(listener, run)
            except Exception as error:
                worst = f"{run.about}: {type(error).__name__}: {error}"
                return failed(RUNS, worst, "pass over events that mean nothing to it")
    return passed(RUNS)


def leaves_the_run(listener: Listener) -> CheckResult:
    """Nothing in the run directory is changed: what it writes goes elsewhere."""
    with _elsewhere():
        for run in small_runs():
            before = {path: path.stat().st_mtime_ns for path in run.path.rglob("*") if path.is_file()}
            _told(listener, run)
            if before != {path: path.stat().st_mtime_ns for path in run.path.rglob("*") if path.is_file()}:
                return failed(RUNS, f"{run.about}: a file of the run changed", "write somewhere else")
    return passed(RUNS)


CHECKS = (takes_every_event, leaves_the_run)
