"""Peak memory of training W3 in batches: python -m benchmarks.memory. What counts is what stands beside the data."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks import ours, program
from benchmarks.workloads import WORKLOADS, Task, data, initial_thetas

WORKLOAD = next(workload for workload in WORKLOADS if workload.name == "W3")


def peak() -> float:
    """MiB that this process has held at most."""
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held / 2**20 if sys.platform == "darwin" else held / 2**10


def make(folder: Path) -> None:
    """Put the data into files."""
    x, y = data(WORKLOAD)
    np.save(folder / "x.npy", x)
    np.save(folder / "y.npy", y)


def train(folder: Path) -> None:
    """Train from those files."""
    start = peak()
    x, y = np.load(folder / "x.npy"), np.load(folder / "y.npy")
    one_round = ours.prepare(Task(WORKLOAD, x, y, initial_thetas(WORKLOAD)))
    assert one_round is not None
    one_round()
    mine = x.nbytes / 2**20
    print(f"{WORKLOAD.title}: {mine:.0f} MiB of data, and at most {peak() - mine:.0f} MiB beside them,")
    print(f"of which Python and numpy had {start:.0f} before anything was loaded.")


def main() -> None:
    """Each in a process of its own: making the data would leave a peak behind, which even a child inherits."""
    with tempfile.TemporaryDirectory() as folder:
        for part in ("make", "train"):
            subprocess.run([sys.executable, "-m", "benchmarks.memory", part, folder], check=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["make", folder]:
            make(Path(folder))
        case ["train", folder]:
            train(Path(folder))
        case _:
            program.run(main)
