"""The number of threads is set before numpy is loaded: afterwards it is too late, and the digits may be others."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

# Runs tui-nn and says on stderr what OPENBLAS_NUM_THREADS was when numpy was first asked for.
WATCHED = """
import importlib.abc, os, sys

class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "numpy":
            print("numpy with", os.environ.get("OPENBLAS_NUM_THREADS"), file=sys.stderr)

sys.meta_path.insert(0, Finder())
from tui_nn.cli.main import entry
entry()
"""


def watched(*arguments, cwd):
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    return subprocess.run(
        [sys.executable, "-P", "-c", WATCHED, *arguments], cwd=cwd, capture_output=True, text=True, env=environment,
        stdin=subprocess.DEVNULL, timeout=120,
    )  # fmt: skip


@pytest.mark.parametrize("threads", ["1", "2"])
def test_train_resume_and_verify(tmp_path, threads):
    few = ("--set", f"training.threads={threads}", "--set", "training.epochs=5")
    first = watched("train", "xor", "--quiet", "--run-dir", "run", *few, cwd=tmp_path)
    for done in (first, watched("verify", "run", cwd=tmp_path)):
        assert done.returncode == 0, done.stderr
        assert done.stderr.startswith(f"numpy with {threads}\n")
    again = watched("train", "--resume", "run", "--quiet", cwd=tmp_path)
    assert again.stderr.startswith(f"numpy with {threads}\n"), again.stderr
    assert "this run has ended" in again.stderr
