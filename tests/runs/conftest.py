"""Trainers that are there at once, one after the other, and can be killed at any moment."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from warm import Popen


class Trainers:
    """Runs one trainer after the other, each a fork (tests/helpers/warm.py)."""

    def __init__(self, folder):
        self._stderr = folder / "stderr"

    def start(self, *arguments, cwd, largest=None):
        """Returns the process number. A file that the trainer writes can grow to `largest` bytes."""
        with self._stderr.open("w") as said:
            self._process = Popen(
                [sys.executable, "-P", "-m", "tui_nn", *arguments], cwd=cwd, largest=largest,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said,
            )  # fmt: skip
        return self._process.pid

    def wait(self, seconds=60):
        """The exit code, negative for a signal; None if the trainer has not ended in time."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def run(self, *arguments, **options):
        self.start(*arguments, **options)
        return self.wait()

    def said(self):
        return self._stderr.read_text()


@pytest.fixture(scope="session")
def trainers(tmp_path_factory):
    if not hasattr(os, "fork"):
        pytest.skip("on Windows: has no fork, and no signal that ends a process at a moment of ours")
    return Trainers(tmp_path_factory.mktemp("trainers"))
