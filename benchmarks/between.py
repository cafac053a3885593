"""python -m benchmarks.between OTHER: this checkout beside another one of tui-nn, workload by workload, round by round.

OTHER is a folder with a checkout, such as `git worktree add ../before COMMIT` makes. Both do a round in turn, in
processes of their own; what is printed is the median of the ratios of rounds that followed each other, above 1 where
this checkout is faster, with their quartiles. `--workload W1` picks one, `--threads 1`, `--rounds 11`, `--fast` takes
the accelerator.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from benchmarks import ours, program
from benchmarks.workloads import WORKLOADS, Workload

HERE = Path(__file__).resolve().parents[1]


class Checkout:
    """The worker process of one checkout."""

    def __init__(self, folder: Path, module: str, workload: Workload, threads: int) -> None:
        path = os.pathsep.join([str(folder), str(folder / "plugins")])
        environment = {**os.environ, **ours.environment(threads), "PYTHONPATH": path}
        command = [sys.executable, "-m", "benchmarks.worker", module, workload.name, str(threads)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=folder
        )
        self._answer()

    def _answer(self) -> dict[str, float]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            sys.exit("a worker has ended; what it said stands above.")
        return dict(json.loads(line))

    def round(self) -> float:
        """Seconds of the processor for one round: other processes disturb those less than the clock."""
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        return self._answer()["processor"]

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def compare(workload: Workload, other: Path, module: str, threads: int, rounds: int) -> list[float]:
    """The time that `other` takes by that of this checkout, round by round."""
    ones = [Checkout(folder, module, workload, threads) for folder in (HERE, other)]
    for one in ones:
        one.round()
    ratios = []
    for number in range(rounds):
        order = (0, 1) if number % 2 else (1, 0)  # nobody is always the first
        seconds = {index: ones[index].round() for index in order}
        ratios.append(seconds[1] / seconds[0])
    for one in ones:
        one.close()
    return ratios


def main() -> None:
    """Print a line a workload."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.between", description=__doc__)
    parser.add_argument("other", type=Path)
    parser.add_argument("--workload", action="append", choices=[workload.name for workload in WORKLOADS])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--fast", action="store_true")
    given = parser.parse_args()
    module = "benchmarks.ours_fast" if given.fast else "benchmarks.ours"
    for workload in WORKLOADS:
        if given.workload and workload.name not in given.workload:
            continue
        ratios = compare(workload, given.other.resolve(), module, given.threads, given.rounds)
        low, middle, high = statistics.quantiles(ratios, n=4)
        print(f"{workload.name:4} {workload.title:50} {middle:.3f}  ({low:.3f} to {high:.3f})", flush=True)


if __name__ == "__main__":
    program.run(main)
