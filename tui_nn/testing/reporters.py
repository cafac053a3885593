"""What a reporter must keep to: it writes of any run that has ended, alike each time, and leaves the run alone."""

from __future__ import annotations

from functools import cache

from tui_nn.plugin.reporter import Reporter
from tui_nn.report.finished import Finished, finished
from tui_nn.testing import artefacts
from tui_nn.testing.report import CheckResult
from tui_nn.testing.small_runs import small_runs

RUNS = "small runs of classes, numbers, labels, one sample; untrained, and without a validation part"


@cache
def _runs() -> tuple[tuple[str, Finished], ...]:
    return tuple((run.about, finished(run.path)) for run in small_runs())


def _files(run: Finished) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in run.reader.path.rglob("*") if path.is_file()}


def writes_or_refuses(reporter: Reporter) -> CheckResult:
    """A file or a folder, as declared, of every run; a TuiNNError where it cannot."""
    return artefacts.writes_or_refuses(reporter, _runs(), RUNS)


def writes_the_same(reporter: Reporter) -> CheckResult:
    """The same bytes for the same run."""
    return artefacts.writes_the_same(reporter, _runs())


def leaves_the_run(reporter: Reporter) -> CheckResult:
    """Nothing in the run directory is changed: a report goes where it was asked for."""
    return artefacts.leaves_alone(reporter, _runs(), _files, RUNS, "a file of the run")


CHECKS = (writes_or_refuses, writes_the_same, leaves_the_run)
