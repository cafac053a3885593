"""What `tui-nn train --seeds N`, or `--folds N`, prints and writes: a line each, and all of them judged together."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tui_nn.cli.output import pairs, tell
from tui_nn.errors import ExperimentError

if TYPE_CHECKING:
    from tui_nn.cli.report import GitHub
    from tui_nn.experiment import Experiment
    from tui_nn.report.finished import Finished
    from tui_nn.report.require import Judge
    from tui_nn.report.write import Destinations
    from tui_nn.training.seeds import Seeds


def child_options(to: Destinations, folder: Path, run: Path) -> list[str]:
    """What the child that trains `run` of this group writes beside its run directory."""
    words = []
    if to.folder is not None:
        words += ["--report", str(to.folder / run.name)]
    if to.tensorboard is not None:
        words += ["--tensorboard", str(to.tensorboard / folder.name)]
    return words


def check_options(option: str, to: Destinations, *, paused: bool, speed: float, every_epoch: bool) -> None:
    """Raise ExperimentError for what can be of one run only."""
    single = {"paused": paused, "speed": speed, "every-epoch": every_epoch, "csv": to.csv, "jsonl": to.jsonl}
    for name, given in single.items():
        if given:
            raise ExperimentError(f"--{name} works for a single run; remove it, or {option}.")


def first_fold(decoded: Experiment, folds: int, seeds: int) -> Experiment:
    """The experiment of the first fold, by which all are checked. Raises ExperimentError for what folds exclude."""
    from tui_nn.experiment.load import with_overrides

    if seeds > 1:
        raise ExperimentError(f"--folds {folds}: trains with one seed; remove --seeds {seeds}.")
    if decoded.data.fold is not None:
        raise ExperimentError(f'--folds {folds}: trains every fold; remove data.fold = "{decoded.data.fold}".')
    return with_overrides(decoded, [f"data.fold=1/{folds}"])


def train_seeds(seeds: Seeds, judge: Judge, github: GitHub, to: Destinations, *, quiet: bool, as_json: bool) -> int:
    """Train, print a line each, write what was asked for. Returns the exit code of all together."""
    from tui_nn.engine.events import Reason
    from tui_nn.report.finished import finished
    from tui_nn.report.group import as_markdown, together, write_group
    from tui_nn.report.words import COMPLETE, problems
    from tui_nn.runs import layout
    from tui_nn.runs.atomic import write_atomically
    from tui_nn.runs.summary import to_json, to_line
    from tui_nn.training.seeds import Broken

    runs: list[Finished] = []
    try:
        for path in seeds.train():
            run = finished(path)
            runs.append(run)
            if not quiet:
                tell(to_line(run.summary) if as_json else member_line(run))
            if run.summary.reason not in COMPLETE or run.summary.reason == Reason.STOPPED:
                break
    except Broken as broken:
        if broken.said:
            print(broken.said, file=sys.stderr, flush=True)
        raise
    if not runs:
        return seeds.interrupted
    group = together(seeds.folder, runs, judge, seeds.interrupted)
    if group.summary.reason in COMPLETE and not quiet:
        print(f"tui-nn: {group.summary.message}", file=sys.stderr, flush=True)
    for problem in problems(group.summary):
        print(f"tui-nn: {problem.message}", file=sys.stderr, flush=True)
    github.tell(group.summary, as_markdown(group))
    write_atomically(seeds.folder / layout.SUMMARY, to_json(group.summary))
    write_group(group, to)
    tell(to_line(group.summary) if as_json else str(seeds.folder))
    return group.summary.exit_code


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
