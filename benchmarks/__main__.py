"""python -m benchmarks: the same maths in tui-nn and in what people use today, side by side.

Every library does a round in turn, A B C A B C, in one run; speeds are medians of the rounds, ratios medians of the
pairs of rounds that followed each other. `--workload W1` picks one, `--threads 1`, `--only NAME` one library,
`--rounds 9` the most rounds of each (three of what is four times as slow as the fastest and takes a tenth of a second),
`--seconds 30` ends a workload after that time, but not before three rounds, `--out FILE` keeps the raw seconds as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks import ours, ours_fast, peak, peers, program, quiet
from benchmarks.workloads import WORKLOADS, Workload

Rounds = dict[str, list[dict[str, float]]]
LEAST_ROUNDS = 3
SLOW = 4.0  # times as slow as the fastest: three rounds are enough
LONG = 0.1  # seconds of a round: shorter ones cost nothing


class Worker:
    """A library's process."""

    def __init__(self, module: ModuleType | Any, workload: Workload, threads: int) -> None:
        self.name: str = module.NAME
        command = [sys.executable, "-m", "benchmarks.worker", module.__name__, workload.name, str(threads)]
        environment = {**os.environ, **module.environment(threads)}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def ready(self) -> bool:
        """Wait until it is prepared; whether it does this workload."""
        return bool(self._answer().get("ready"))

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


def measure(workload: Workload, threads: int, modules: Sequence[Any], rounds: int, seconds: float) -> Rounds:
    """Raw rounds of every library that can do the workload, one round of each in turn."""
    workers = [Worker(module, workload, threads) for module in modules]
    able = [worker for worker in workers if worker.ready()]
    began = time.monotonic()
    for worker in able:  # once to warm up: compilation, page faults, the processor's clock
        worker.round()
    taken: Rounds = {worker.name: [] for worker in able}
    going = able
    for number in range(rounds):
        if number >= LEAST_ROUNDS and time.monotonic() - began > seconds:
            break
        for worker in going:
            taken[worker.name].append(worker.round())
        if number + 1 == LEAST_ROUNDS:  # what is many times as slow would leave no time for what is close
            least = min(_median(taken[worker.name]) for worker in able if worker.name != peak.NAME)
            most = max(SLOW * least, LONG)
            going = [worker for worker in able if _median(taken[worker.name]) < most or worker.name == peak.NAME]
    for worker in workers:
        worker.close()
    return taken


def _median(rounds: list[dict[str, float]]) -> float:
    return statistics.median(one["seconds"] for one in rounds)


def compared(taken: Rounds, mine: str, theirs: str) -> str:
    """How many times as fast the first is: the median of the pairs, and the ends."""
    pairs = zip(taken[mine], taken[theirs], strict=False)  # a slow one has had fewer rounds
    ratios = sorted(other["seconds"] / own["seconds"] for own, other in pairs)
    return f"{statistics.median(ratios):8.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"


def report(workload: Workload, threads: int, taken: Rounds) -> str:
    """A paragraph: rows a second of each library, and how many times as fast tui-nn is, and with its accelerator."""
    medians = {name: _median(rounds) for name, rounds in taken.items()}
    limit = peak.rows_a_second(workload, medians[peak.NAME]) if peak.NAME in medians else None
    own = [name for name in (ours.NAME, ours_fast.NAME) if name in taken]
    head = f"{workload.name}  {workload.title}, {threads} thread{'s' * (threads > 1)}"
    lines = [f"{head:54}  of sgemm" + "".join(f"{name + ' by this':>29}" for name in own)]
    for name, seconds in medians.items():
        if name == peak.NAME:
            continue
        speed = workload.rows_per_round / seconds
        share = "" if limit is None else f"{speed / limit:8.0%}"
        line = f"  {name:15} {speed:>14,.0f} rows/s {len(taken[name]):>3} rounds" + f"{share:>18}"
        lines.append(line + "".join(f"{compared(taken, mine, name):>29}" for mine in own if mine != name))
    return "\n".join(lines)


def main() -> None:
    """Run the chosen workloads and print them as they are done."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--workload", action="append", choices=[one.name for one in WORKLOADS])
    parser.add_argument("--threads", action="append", type=int, help="1 and 2 if not given")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=120.0, help="of one workload, about (120)")
    parser.add_argument("--only", action="append", help="these libraries")
    parser.add_argument("--out", default="benchmark.json", help="raw rounds (benchmark.json)")
    options = parser.parse_args()
    modules: list[Any] = [ours, peak]
    for peer in [ours_fast, *peers.PEERS]:
        reason = peer.available()
        if reason:
            print(f"without {peer.NAME}: {reason}")
        else:
            modules.append(peer)
    modules = [module for module in modules if not options.only or module.NAME in options.only]
    kept = []
    for threads in options.threads or [1, 2]:
        for workload in WORKLOADS:
            if options.workload and workload.name not in options.workload:
                continue
            busy = quiet.others()
            taken = measure(workload, threads, modules, options.rounds, options.seconds)
            print(report(workload, threads, taken), *filter(None, [quiet.said(busy)]), sep="\n  ", flush=True)
            kept.append({"workload": workload.name, "threads": threads, "others busy": busy, "rounds": taken})
    with Path(options.out).open("w", encoding="utf-8") as file:
        json.dump({"machine": platform.platform(), "processors": os.cpu_count(), "results": kept}, file, indent=1)
    print(f"raw rounds: {options.out}")


if __name__ == "__main__":
    program.run(main)
