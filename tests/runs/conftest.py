"""Trainers that are there at once: a process that has imported everything forks one for each run."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys

import pytest

# Reads an order a line; forks a child that is `tui-nn ARGUMENTS`; writes its process number, then how it ended.
MOTHER = """
import json, os, resource, sys
from tui_nn.cli.main import entry
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.plugin.registry import load_registry
import tui_nn.cli.output, tui_nn.cli.seeds, tui_nn.cli.train, tui_nn.experiment.change
import tui_nn.sweep.several, tui_nn.training.resume
import tui_nn.report.outcome, tui_nn.report.require, tui_nn.runs.control, tui_nn.runs.session, tui_nn.runs.watchdog
build(load_experiment("iris"), load_registry())
for line in sys.stdin:
    order = json.loads(line)
    pid = os.fork()
    if pid == 0:
        os.chdir(order["cwd"])
        for number, path in enumerate((os.devnull, os.devnull, order["stderr"])):
            os.dup2(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), number)
        if order["largest"] is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (order["largest"], order["largest"]))
        sys.argv = ["tui-nn", *order["arguments"]]
        entry()
    print(pid, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


class Trainers:
    """Runs one trainer after the other. A start takes a hundredth of a second instead of half of one."""

    def __init__(self, folder):
        self._stderr = folder / "stderr"
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        self._mother = subprocess.Popen(
            [sys.executable, "-P", "-c", MOTHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment,
            text=True, bufsize=1, cwd=folder,
        )  # fmt: skip

    def start(self, *arguments, cwd, largest=None):
        """Returns the process number. A file that the trainer writes can grow to `largest` bytes."""
        order = {"arguments": arguments, "cwd": str(cwd), "stderr": str(self._stderr), "largest": largest}
        self._mother.stdin.write(json.dumps(order) + "\n")
        return int(self._mother.stdout.readline())

    def wait(self, seconds=60):
        """The exit code, negative for a signal; None if the trainer has not ended in time."""
        if select.select([self._mother.stdout], [], [], seconds)[0]:
            return int(self._mother.stdout.readline())
        return None

    def run(self, *arguments, **options):
        self.start(*arguments, **options)
        return self.wait()

    def said(self):
        return self._stderr.read_text()

    def close(self):
        self._mother.stdin.close()
        self._mother.wait(10)
        self._mother.stdout.close()


@pytest.fixture(scope="session")
def trainers(tmp_path_factory):
    if not hasattr(os, "fork"):
        pytest.skip("on Windows: has no fork, and no signal that ends a process at a moment of ours")
    made = Trainers(tmp_path_factory.mktemp("trainers"))
    yield made
    made.close()
