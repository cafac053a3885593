"""python -m benchmarks: the same maths in tui-nn and in what people use today, side by side.

Every library does a round in turn, A B C A B C, in one run; the figures are medians of the rounds. `--workload W1`
picks one, `--threads 1`, `--rounds 7`, `--out FILE` keeps the raw seconds as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks import ours, ours_fast, peak, peers
from benchmarks.workloads import WORKLOADS, Workload

Rounds = dict[str, list[dict[str, float]]]


class Worker:
    """A library's process."""

    def __init__(self, module: ModuleType | Any, workload: Workload, threads: int) -> None:
        self.name: str = module.NAME
        command = [sys.executable, "-m", "benchmarks.worker", module.__name__, workload.name, str(threads)]
        environment = {**os.environ, **module.environment(threads)}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        self.ready = bool(self._answer().get("ready"))

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        return dict(json.loads(line)) if line else {}

    def round(self) -> dict[str, float]:
        """Do one round: its seconds on the clock and of the processor."""
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        return self._answer()

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def measure(workload: Workload, threads: int, rounds: int) -> Rounds:
    """Raw rounds of every library that can do the workload, one round of each in turn."""
    others = [ours_fast, *peers.PEERS]
    modules = [ours, peak, *(one for one in others if one.available() is None)]
    workers = [Worker(module, workload, threads) for module in modules]
    able = [worker for worker in workers if worker.ready]
    for worker in able:  # once to warm up: compilation, page faults, the processor's clock
        worker.round()
    taken: Rounds = {worker.name: [] for worker in able}
    for _ in range(rounds):
        for worker in able:
            taken[worker.name].append(worker.round())
    for worker in workers:
        worker.close()
    return taken


def report(workload: Workload, threads: int, taken: Rounds) -> str:
    """A paragraph: rows a second of each library, and how many times as fast tui-nn is."""
    medians = {name: statistics.median(one["seconds"] for one in rounds) for name, rounds in taken.items()}
    speeds = {name: workload.rows_per_round / seconds for name, seconds in medians.items() if name != peak.NAME}
    own = speeds[ours.NAME]
    limit = peak.rows_a_second(workload, medians[peak.NAME])
    lines = [f"{workload.name}  {workload.title}, {threads} thread{'s' * (threads > 1)}"]
    fast = speeds.get(ours_fast.NAME)
    for name, speed in speeds.items():
        line = f"  {name:15} {speed:>14,.0f} rows/s"
        if name == ours.NAME:
            line += f"   {speed / limit:6.1%} of the sgemm limit"
        else:
            pairs = zip(taken[ours.NAME], taken[name], strict=True)
            ratios = sorted(theirs["seconds"] / mine["seconds"] for mine, theirs in pairs)
            line += f"   tui-nn is {own / speed:6.2f} x   ({ratios[0]:.2f} to {ratios[-1]:.2f})"
            if fast is not None and name != ours_fast.NAME:
                line += f"   with fast {fast / speed:6.2f} x"
        lines.append(line)
    return "\n".join(lines)


def main() -> None:
    """Run the chosen workloads and print them as they are done."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--workload", action="append", choices=[one.name for one in WORKLOADS])
    parser.add_argument("--threads", action="append", type=int, help="1 and 2 if not given")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--out", default="benchmark.json", help="raw rounds (benchmark.json)")
    options = parser.parse_args()
    for peer in [ours_fast, *peers.PEERS]:
        reason = peer.available()
        if reason:
            print(f"without {peer.NAME}: {reason}")
    kept = []
    for threads in options.threads or [1, 2]:
        for workload in WORKLOADS:
            if options.workload and workload.name not in options.workload:
                continue
            taken = measure(workload, threads, options.rounds)
            print(report(workload, threads, taken), flush=True)
            kept.append({"workload": workload.name, "threads": threads, "rounds": taken})
    with Path(options.out).open("w", encoding="utf-8") as file:
        json.dump({"machine": platform.platform(), "processors": os.cpu_count(), "results": kept}, file, indent=1)
    print(f"raw rounds: {options.out}")


if __name__ == "__main__":
    main()
