"""A benchmark that is ended leaves nothing running behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STARTS = re.compile(r"subprocess\.(run|Popen)|ProcessPoolExecutor\(|on_screen\(")
PROGRAM = """
import subprocess
from concurrent.futures import ProcessPoolExecutor
from benchmarks import program

def main():
    with ProcessPoolExecutor(1) as pool:
        waits = pool.submit(input)
        with subprocess.Popen(["sleep", "1000"]):
            try:
                print("begun", flush=True)
                waits.result()
            finally:
                print("tidy", flush=True)

program.run(main)
"""


def test_every_one_that_starts_processes_ends_them():
    for path in (ROOT / "benchmarks").glob("*.py"):
        text = path.read_text("utf-8")
        if STARTS.search(text):
            assert "    program.run(main)\n" in text, path.name


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists the children of a process")
def test_what_ends_it_ends_what_it_has_started():
    """The pipe is closed once nobody has it open: neither the program nor a child of it."""
    with subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=ROOT, text=True, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:  # fmt: skip
        assert process.stdout.readline() == "begun\n"
        for _ in range(2):  # as `timeout` does
            os.kill(process.pid, signal.SIGTERM)
        assert process.communicate(timeout=60)[0] == "tidy\n"
        assert process.returncode == 143
