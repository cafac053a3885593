"""One experiment with several seeds, each in a process of its own, one after another."""

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


@dataclass
class Seeds:
    """The trainings of seeds first, first + 1, ...: `count` of them, one after another, below `folder`.

    experiment, overrides and plugins are words of the command line, for the children; options gives more of them for a
    run directory.
    """

    experiment: str
    overrides: Sequence[str]
    plugins: Sequence[str]
    first: int
    count: int
    folder: Path
    options: Callable[[Path], Sequence[str]] = lambda run: ()
    interrupted: int = field(default=0, init=False)  # 130 or 143 after a signal
    _child: subprocess.Popen[str] | None = field(default=None, init=False)

    def train(self) -> Iterator[Path]:
        """Each run directory as its training ends. Raises Broken if a child has no run to show."""
        with self._forwarding():
            for seed in range(self.first, self.first + self.count):
                run = self.folder / f"seed-{seed}"
                code, said = self._one(seed, run)
                if self.interrupted and not (run / layout.SUMMARY).exists():
                    return  # it had not begun yet
                if code not in REPORTED:
                    raise Broken(code, said)
                yield run
                if self.interrupted:
                    return

    def _one(self, seed: int, run: Path) -> tuple[int, str]:
        # A child says nothing to GitHub: all seeds together do.
        environment = {key: value for key, value in os.environ.items() if key != "GITHUB_ACTIONS"}
        self._child = subprocess.Popen(
            child_command(
                self.experiment, run, "--seed", str(seed), *self.options(run),
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
