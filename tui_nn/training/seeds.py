"""One experiment with several seeds, or fold by fold, each in a process of its own, one after another."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tui_nn.errors import ExitCode, TuiNNError
from tui_nn.runs import layout
from tui_nn.training.child import child_command

# After these there is a run to report; after the others the child's words are all there is.
REPORTED = (ExitCode.DONE, ExitCode.REQUIREMENT, ExitCode.DIVERGED, ExitCode.INTERRUPTED, ExitCode.TERMINATED)


Member = tuple[str, Sequence[str]]
MARK = "tui-nn: error: "  # before a child's last word


class Broken(TuiNNError):
    """A child ended without a run to judge: its error, with its exit code; `said` is what else it said on stderr."""

    def __init__(self, code: int, said: str) -> None:
        lines = said.splitlines()
        last = next((line for line in reversed(lines) if line.startswith(MARK)), "")
        words = last.removeprefix(MARK) or (lines[-1] if lines else f"the training ended with exit code {code}")
        super().__init__(words)
        self.exit_code = code  # type: ignore[assignment]
        self.said = "\n".join(line for line in lines if line != last)


def with_seeds(first: int, count: int) -> list[Member]:
    """The seeds first, first + 1, ...: `count` of them."""
    return [(f"seed-{seed}", ("--seed", str(seed))) for seed in range(first, first + count)]


def fold_by_fold(folds: int) -> list[Member]:
    """Every one of so many folds."""
    return [(f"fold-{fold}", ("--set", f"data.fold={fold}/{folds}")) for fold in range(1, folds + 1)]


@dataclass
class Seeds:
    """The trainings of a group, one after another, below `folder`. members: the name of each, and its own words.

    experiment, overrides and plugins are words of the command line, for the children; options gives more of them for a
    run directory.
    """

    experiment: str
    overrides: Sequence[str]
    plugins: Sequence[str]
    members: Sequence[Member]
    folder: Path
    options: Callable[[Path], Sequence[str]] = lambda run: ()
    interrupted: int = field(default=0, init=False)  # 130 or 143 after a signal
    _child: subprocess.Popen[str] | None = field(default=None, init=False)

    def train(self) -> Iterator[Path]:
        """Each run directory as its training ends. Raises Broken if a child has no run to show."""
        with self._forwarding():
            for name, words in self.members:
                run = self.folder / name
                code, said = self._one(run, words)
                if self.interrupted and not (run / layout.SUMMARY).exists():
                    return  # it had not begun yet
                if code not in REPORTED:
                    raise Broken(code, said)
                yield run
                if self.interrupted:
                    return

    def _one(self, run: Path, words: Sequence[str]) -> tuple[int, str]:
        # A child says nothing to GitHub: all seeds together do.
        environment = {key: value for key, value in os.environ.items() if key != "GITHUB_ACTIONS"}
        self._child = subprocess.Popen(
            child_command(
                self.experiment, run, *words, *self.options(run),
                plugins=self.plugins, overrides=self.overrides,
            ),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment,
        )  # fmt: skip
        _, said = self._child.communicate()
        code = self._child.returncode
        return (code if code >= 0 else 128 - code), said

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
