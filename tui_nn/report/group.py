"""Several runs of one experiment, of several seeds or of every fold, judged together: their means, and the worst."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tui_nn.engine.events import Reason
from tui_nn.errors import ExitCode, StorageError
from tui_nn.figures import figure
from tui_nn.report.finished import Finished, finished, read_summary
from tui_nn.report.junit import as_junit
from tui_nn.report.markdown import MOST_BYTES, headline, metrics, requirements, table
from tui_nn.report.require import Judge
from tui_nn.report.words import COMPLETE
from tui_nn.report.write import Destinations, write_text
from tui_nn.runs import layout
from tui_nn.runs.summary import Number, Summary, name_of, to_json

DAMAGED = "damaged"  # the reason of a group in which not all runs can be read


@dataclass(frozen=True)
class Group:
    """Several runs below one folder, and the summary of all of them. damaged: those that cannot be read, and why."""

    summary: Summary
    runs: Sequence[Finished]
    damaged: Sequence[tuple[Path, str]] = ()

    @property
    def name(self) -> str:
        """The experiment's."""
        return self.runs[0].name


def called(run: Finished) -> str:
    """A run of a group by what tells it from the others: "seed 4", "fold 3"."""
    return run.reader.path.name.replace("-", " ")


def kind_of(runs: Sequence[Finished]) -> str:
    """What the runs of a group differ in: "seed" or "fold"."""
    return called(runs[0]).split(" ")[0]


def open_group(path: Path) -> Group | None:
    """The group in a folder; None if there is a run in it, or nothing.

    A run that cannot be read is said to be, and the others are told. Raises StorageError where none of them can be.
    """
    if (path / layout.EVENTS).exists() or not (path / layout.SUMMARY).exists():
        return None
    summary = read_summary(path)
    runs, damaged = [], []
    for name in summary.runs:
        run = path / Path(name).name  # the folder may have been moved since: only the last part of a name is sure
        try:
            runs.append(finished(run))
        except StorageError as error:
            damaged.append((run, str(error)))
    if damaged and not runs:
        raise StorageError(damaged[0][1])
    if damaged:
        message = f"{len(damaged)} of {len(summary.runs)} runs cannot be read: {damaged[0][1]}"
        summary = msgspec.structs.replace(summary, reason=DAMAGED, message=message, exit_code=int(ExitCode.STORAGE))
    return Group(summary, runs, damaged) if summary.runs else None


def together(path: Path, runs: Sequence[Finished], judge: Judge, interrupted: int = 0) -> Group:
    """One summary of all: metrics are means over the runs, seconds their sum, requirements as over several seeds.

    interrupted: 130 or 143 if a signal came before all seeds were done.
    """
    first = runs[0].summary
    checks = judge.check([run.outcome for run in runs])
    broken = next((run for run in runs if run.summary.reason not in COMPLETE), None)
    met = all(check.met for check in checks)
    reason, message = first.reason, _spread(runs)
    code = ExitCode.DONE if met else ExitCode.REQUIREMENT
    if interrupted:
        whole = sum(run.summary.reason in COMPLETE for run in runs)
        reason, code = Reason.INTERRUPTED, ExitCode(interrupted)
        message = f"interrupted after {whole} {kind_of(runs)}{'' if whole == 1 else 's'}"
    elif broken is not None:
        reason, code = broken.summary.reason, ExitCode(broken.summary.exit_code)
        message = f"{called(broken)}: {broken.summary.message}"
    seconds = math.fsum(run.summary.seconds for run in runs)
    learnt = math.fsum(run.summary.samples_per_second * run.summary.seconds for run in runs)
    summary = msgspec.structs.replace(
        first,
        run=name_of(path),
        reason=reason,
        message=message,
        exit_code=code,
        metrics=_means([run.summary for run in runs]),
        requirements=checks,
        seconds=seconds,
        samples_per_second=learnt / seconds if seconds else 0.0,
        hashes={},
        runs=[name_of(run.reader.path) for run in runs],
    )
    return Group(summary, runs)


def _means(summaries: Sequence[Summary]) -> dict[str, dict[str, Number]]:
    """part -> metric -> the mean over the runs; null where one of them has no finite number."""
    means: dict[str, dict[str, Number]] = {}
    for part, columns in summaries[0].metrics.items():
        means[part] = {}
        for name in columns:
            values = [summary.metrics.get(part, {}).get(name) for summary in summaries]
            known = [value for value in values if value is not None]
            means[part][name] = math.fsum(known) / len(known) if len(known) == len(values) else None
    return means


def _spread(runs: Sequence[Finished]) -> str:
    """How far they are apart: `5 seeds: accuracy@validation 0.9616 +- 0.0042, from 0.9582 to 0.9694`.

    After +- is the sample standard deviation.
    """
    several = f"{len(runs)} {kind_of(runs)}s"
    for part in ("validation", "train"):
        for name in ("accuracy", "f1_micro", "r2", "loss"):
            values = [run.summary.metrics.get(part, {}).get(name) for run in runs]
            known = [value for value in values if value is not None]
            if known and len(known) == len(runs):
                mean = math.fsum(known) / len(known)
                spread = f" +- {figure(statistics.stdev(known))}" if len(known) > 1 else ""
                ends = f"from {figure(min(known))} to {figure(max(known))}"
                return f"{several}: {name}@{part} {figure(mean)}{spread}, {ends}"
    return several


def as_markdown(group: Group) -> str:
    """Requirements, means, and a line for each run; at most 64 KiB."""
    name, summary, runs, kind = group.name, group.summary, group.runs, kind_of(group.runs)
    parts = [(part, metric) for part in ("train", "validation") for metric in ("loss", "accuracy", "f1_micro", "rmse")]
    known = [(part, metric) for part, metric in parts if metric in runs[0].summary.metrics.get(part, {})]
    rows = [
        [
            called(run).split(" ")[-1],
            *(_number(run.summary.metrics[part].get(metric)) for part, metric in known),
            run.summary.reason,
            f"`{run.reader.path}`",
        ]
        for run in runs
    ]
    rows += [["", *("" for _ in known), DAMAGED, f"`{path}`"] for path, _ in group.damaged]
    text = headline(name, summary) + requirements(summary) + f"### Means over the {kind}s\n\n" + metrics(summary)
    each = table([kind, *(f"{metric}@{part}" for part, metric in known), "ended", "run"], rows)
    return text + f"### {kind.capitalize()}s\n\n{each}" if len((text + each).encode()) + 20 <= MOST_BYTES else text


def write_group(group: Group, to: Destinations) -> list[Path]:
    """Write the artefacts that can be of several runs, and return their names."""
    kinds = (
        (None, layout.SUMMARY, to_json(group.summary).decode()),
        (to.junit, "junit.xml", as_junit(group.summary, group.name)),
        (to.markdown, "summary.md", as_markdown(group)),
    )
    written = []
    for path, name, content in kinds:
        for target in (path, to.folder / name if to.folder is not None else None):
            if target is not None:
                write_text(target, content, followed=target is path)
                written.append(target)
    return written


def _number(value: Number) -> str:
    return "" if value is None else figure(value)
