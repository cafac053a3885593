"""What `tui-nn train --seeds N`, or `--folds N`, prints and writes: a line each, and all of them judged together."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tui_nn.cli.output import tell
from tui_nn.errors import ExperimentError
from tui_nn.report.lines import pairs

if TYPE_CHECKING:
    from tui_nn.cli.report import GitHub
    from tui_nn.experiment import Experiment
    from tui_nn.report.finished import Finished
    from tui_nn.report.require import Judge
    from tui_nn.report.write import Destinations
    from tui_nn.sweep.several import Member


@dataclass(frozen=True)
class Several:
    """How many runs one call of `train` makes, and where. kind: "seeds" or "folds"; count 1 is a single run.

    experiment: that of all of them; `first` is the one by which they are checked before anything is trained.
    """

    experiment: Experiment
    first: Experiment
    kind: str = ""
    count: int = 1
    workers: int | None = None
    executor: str = "local"

    def __bool__(self) -> bool:
        return self.count > 1

    @property
    def option(self) -> str:
        """As the command line has it: `--seeds 5`."""
        return f"--{self.kind} {self.count}"

    def members(self, plugins: tuple[str, ...]) -> list[Member]:
        """The runs, by name. Raises DataError for data that can be read only once."""
        from tui_nn.sweep.several import fold_by_fold, with_seeds

        if self.kind == "folds":
            return fold_by_fold(self.experiment, plugins)
        return with_seeds(self.experiment, self.count, plugins)


def several_of(experiment: Experiment, seeds: int, folds: int | None, workers: int | None, executor: str) -> Several:
    """What --seeds, --folds and `[validation] folds` ask for. Raises ExperimentError for what excludes each other."""
    from tui_nn.experiment.folds import folds_of, one_fold, with_folds
    from tui_nn.sweep.executors import LOCAL

    if folds is not None and experiment.data.fold is not None:
        raise ExperimentError(f'--folds {folds}: trains every fold; remove data.fold = "{experiment.data.fold}".')
    if folds is not None:
        experiment = with_folds(experiment, folds)
    count = folds_of(experiment)
    said = f"--folds {folds}" if folds else f"validation.folds = {count}"
    if count and seeds > 1:
        raise ExperimentError(f"{said}: trains with one seed; remove --seeds {seeds}.")
    if count:
        return Several(experiment, one_fold(experiment), "folds", count, workers, executor)
    if seeds > 1:
        return Several(experiment, experiment, "seeds", seeds, workers, executor)
    for option, given in (("workers", workers is not None), ("executor", executor != LOCAL)):
        if given:
            raise ExperimentError(f"--{option} is for several runs; remove it, or add --seeds N or --folds N.")
    return Several(experiment, experiment)


def check_options(
    option: str, to: Destinations, *, paused: bool, speed: float, every_epoch: bool, listen: bool = False
) -> None:
    """Raise ExperimentError for what can be of one run only."""
    single = {
        "paused": paused,
        "speed": speed,
        "every-epoch": every_epoch,
        "listen": listen,
        "csv": to.csv,
        "jsonl": to.jsonl,
    }
    for name, given in single.items():
        if given:
            raise ExperimentError(f"--{name} works for a single run; remove it, or {option}.")


def train_several(
    several: Several, members: list[Member], folder: Path, judge: Judge, github: GitHub, to: Destinations,
    *, quiet: bool, as_json: bool,
) -> int:  # fmt: skip
    """Train, print a line each, write what was asked for. Returns the exit code of all together."""
    from tui_nn.engine.events import Reason
    from tui_nn.report.finished import finished
    from tui_nn.report.group import as_markdown, together, write_group
    from tui_nn.report.words import COMPLETE, problems
    from tui_nn.report.write import write
    from tui_nn.runs import layout
    from tui_nn.runs.atomic import write_atomically
    from tui_nn.runs.summary import to_json, to_line
    from tui_nn.sweep.executors import LOCAL, default_workers, executor_of
    from tui_nn.sweep.several import train_members
    from tui_nn.training.asked import Asked, AskedToEnd

    runs: list[Finished] = []
    interrupted = 0

    def told(path: Path) -> bool:
        run = finished(path)
        runs.append(run)
        write(run, _of_one(to, folder, path))
        if not quiet:
            tell(to_line(run.summary) if as_json else member_line(run))
        return run.summary.reason in COMPLETE and run.summary.reason != Reason.STOPPED

    threads = int(members[0].trial.experiment["training"]["threads"])
    workers = several.workers or default_workers(len(members), threads)
    executor = executor_of(several.executor, workers)
    try:
        with Asked() as asked, executor:
            train_members(members, folder, executor, told, in_place=several.executor == LOCAL, tick=asked.check)
    except AskedToEnd:
        interrupted = asked.code
    if not runs:
        return interrupted
    group = together(folder, runs, judge, interrupted)
    if group.summary.reason in COMPLETE and not quiet:
        print(f"tui-nn: {group.summary.message}", file=sys.stderr, flush=True)
    for problem in problems(group.summary):
        print(f"tui-nn: {problem.message}", file=sys.stderr, flush=True)
    github.tell(group.summary, as_markdown(group))
    write_atomically(folder / layout.SUMMARY, to_json(group.summary))
    write_group(group, to)
    tell(to_line(group.summary) if as_json else str(folder))
    return group.summary.exit_code


def _of_one(to: Destinations, folder: Path, run: Path) -> Destinations:
    """What is written of one run of the group beside its run directory."""
    from tui_nn.report.write import Destinations

    return Destinations(
        folder=to.folder / run.name if to.folder is not None else None,
        tensorboard=to.tensorboard / folder.name if to.tensorboard is not None else None,
    )


def member_line(run: Finished) -> str:
    """One plain line: what people follow, of both parts."""
    from tui_nn.report.group import called

    summary = run.summary
    last = {
        part: {name: value for name, value in values.items() if value is not None}
        for part, values in summary.metrics.items()
    }
    line = f"{called(run)}  {pairs(last['train'])}"
    if last["validation"]:
        line += f"  validation {pairs(last['validation'])}"
    return f"{line}  {summary.seconds:.2f} s"
