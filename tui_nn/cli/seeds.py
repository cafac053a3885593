"""What `tui-nn train --seeds N` prints and writes: a line a seed, and all of them judged together."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tui_nn.cli.output import pairs, tell
from tui_nn.errors import ExperimentError

if TYPE_CHECKING:
    from tui_nn.cli.report import GitHub
    from tui_nn.report.finished import Finished
    from tui_nn.report.require import Judge
    from tui_nn.report.write import Destinations
    from tui_nn.runs.summary import Summary
    from tui_nn.training.seeds import Seeds


def child_options(to: Destinations, folder: Path, run: Path) -> list[str]:
    """What the child that trains `run` of this group writes beside its run directory."""
    words = []
    if to.folder is not None:
        words += ["--report", str(to.folder / run.name)]
    if to.tensorboard is not None:
        words += ["--tensorboard", str(to.tensorboard / folder.name)]
    return words


def check_options(count: int, to: Destinations, *, paused: bool, speed: float, every_epoch: bool) -> None:
    """Raise ExperimentError for what can be of one run only."""
    single = {"paused": paused, "speed": speed, "every-epoch": every_epoch, "csv": to.csv, "jsonl": to.jsonl}
    for name, given in single.items():
        if given:
            raise ExperimentError(f"--{name} works for a single run; remove it, or --seeds {count}.")


def train_seeds(seeds: Seeds, judge: Judge, github: GitHub, to: Destinations, *, quiet: bool, as_json: bool) -> int:
    """Train, print a line a seed, write what was asked for. Returns the exit code of all together."""
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
                tell(to_line(run.summary) if as_json else seed_line(run.summary))
            if run.summary.reason not in COMPLETE or run.summary.reason == Reason.STOPPED:
                break
    except Broken as broken:
        if broken.said:
            print(broken.said, file=sys.stderr, flush=True)
        raise
    if not runs:
        return seeds.interrupted
    group = together(seeds.folder, runs, judge, seeds.interrupted)
    for problem in problems(group.summary):
        print(f"tui-nn: {problem.message}", file=sys.stderr, flush=True)
    github.tell(group.summary, as_markdown(group))
    write_atomically(seeds.folder / layout.SUMMARY, to_json(group.summary))
    write_group(group, to)
    tell(to_line(group.summary) if as_json else str(seeds.folder))
    return group.summary.exit_code


def seed_line(summary: Summary) -> str:
    """One plain line: what people follow, of both parts."""
    last = {
        part: {name: value for name, value in values.items() if value is not None}
        for part, values in summary.metrics.items()
    }
    line = f"seed {summary.seed}  {pairs(last['train'])}"
    if last["validation"]:
        line += f"  validation {pairs(last['validation'])}"
    return f"{line}  {summary.seconds:.2f} s"
