"""`tui-nn train --seeds N`: one experiment with several seeds, each in a process of its own, judged together."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tui_nn.cli.output import pairs, tell
from tui_nn.errors import ExitCode, ExperimentError

if TYPE_CHECKING:
    from tui_nn.cli.report import GitHub
    from tui_nn.report.finished import Finished
    from tui_nn.report.require import Judge
    from tui_nn.report.write import Destinations
    from tui_nn.runs.summary import Summary

# After these there is a run to report; after the others the child's words are all there is.
REPORTED = (ExitCode.DONE, ExitCode.REQUIREMENT, ExitCode.DIVERGED, ExitCode.INTERRUPTED, ExitCode.TERMINATED)


class Broken(Exception):
    """A child ended before it had trained: its exit code, and what it said on stderr."""

    def __init__(self, code: int, said: str) -> None:
        super().__init__(said)
        self.code = code
        self.said = said


@dataclass
class Seeds:
    """The trainings of seeds first, first + 1, ...: `count` of them, one after another, below `folder`.

    experiment, overrides and plugins are words of the command line, for the children.
    """

    experiment: str
    overrides: Sequence[str]
    plugins: Sequence[str]
    first: int
    count: int
    folder: Path
    to: Destinations
    _child: subprocess.Popen[str] | None = field(default=None, init=False)
    interrupted: int = field(default=0, init=False)  # 130 or 143 after a signal

    def check(self, paused: bool, speed: float) -> None:
        """Raises ExperimentError for what can be of one run only."""
        for name, given in (("paused", paused), ("speed", speed), ("csv", self.to.csv), ("jsonl", self.to.jsonl)):
            if given:
                raise ExperimentError(f"--{name} is of one run, and --seeds {self.count} makes several.")

    def train(self) -> Iterator[Finished]:
        """Each run as it ends; none after one that broke off. Raises Broken if a child has no run to show."""
        from tui_nn.engine.events import Reason
        from tui_nn.report.finished import finished
        from tui_nn.report.words import COMPLETE
        from tui_nn.runs import layout

        with self._forwarding():
            for seed in range(self.first, self.first + self.count):
                path = self.folder / f"seed-{seed}"
                code, said = self._one(seed, path)
                if self.interrupted and not (path / layout.SUMMARY).exists():
                    return  # it had not begun yet
                if code not in REPORTED:
                    raise Broken(code, said)
                run = finished(path)
                yield run
                if run.summary.reason not in COMPLETE or run.summary.reason == Reason.STOPPED or self.interrupted:
                    return

    def _one(self, seed: int, run: Path) -> tuple[int, str]:
        # A child says nothing to GitHub: all seeds together do.
        environment = {key: value for key, value in os.environ.items() if key != "GITHUB_ACTIONS"}
        self._child = subprocess.Popen(
            self._command(seed, run),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        _, said = self._child.communicate()
        code = self._child.returncode
        return (code if code >= 0 else 128 - code), said

    def _command(self, seed: int, run: Path) -> list[str]:
        # -P: nothing is imported from the working directory.
        words = [sys.executable, "-P", "-m", "tui_nn", "train", self.experiment, "--run-dir", str(run), "--quiet"]
        for name, values in (("--set", self.overrides), ("--plugin", self.plugins)):
            words += [word for value in values for word in (name, value)]
        if self.to.folder is not None:
            words += ["--report", str(self.to.folder / run.name)]
        if self.to.tensorboard is not None:
            words += ["--tensorboard", str(self.to.tensorboard / self.folder.name)]
        return [*words, "--seed", str(seed)]

    @contextlib.contextmanager
    def _forwarding(self) -> Iterator[None]:
        """Hand SIGINT and SIGTERM on to the child, which saves and ends."""

        def forward(number: int, frame: object) -> None:  # noqa: ARG001
            self.interrupted = 128 + number
            if self._child is not None and self._child.poll() is None:
                self._child.send_signal(number)

        before = {number: signal.signal(number, forward) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def train_seeds(seeds: Seeds, judge: Judge, github: GitHub, *, quiet: bool, as_json: bool) -> int:
    """Train, print a line a seed, write what was asked for. Returns the exit code of all together."""
    from tui_nn.report.group import as_markdown, together, write_group
    from tui_nn.report.words import problems
    from tui_nn.report.write import write_text
    from tui_nn.runs import layout
    from tui_nn.runs.summary import to_json, to_line

    runs: list[Finished] = []
    try:
        for run in seeds.train():
            runs.append(run)
            if not quiet:
                tell(to_line(run.summary) if as_json else seed_line(run.summary))
    except Broken as broken:
        print(broken.said, end="", file=sys.stderr, flush=True)
        return broken.code
    if not runs:
        return seeds.interrupted
    group = together(seeds.folder, runs, judge, seeds.interrupted)
    for problem in problems(group.summary):
        print(f"tui-nn: {problem.message}", file=sys.stderr, flush=True)
    github.tell(group.summary, as_markdown(group))
    write_text(seeds.folder / layout.SUMMARY, to_json(group.summary).decode())
    write_group(group, seeds.to)
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
