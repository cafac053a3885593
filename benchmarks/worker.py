"""One library in a process of its own: prepares a workload, then does a round whenever it is told to.

A process each, because threads are limited for a whole process, and before its libraries are loaded. While one works
the others wait for a line, and an answer is given when nothing of its process works any more, so they take no time
from it.
"""

from __future__ import annotations

import importlib
import json
import sys
import time

from benchmarks.workloads import WORKLOADS, task

PATIENCE = 2.0  # seconds


def settle() -> None:
    """Wait until this process is idle, two seconds at most.

    Threads of a library wait for more work without sleeping, those of OpenBLAS for a tenth of a second: whoever has
    the next turn would have a processor less.
    """
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        worked = time.process_time()
        time.sleep(0.02)
        if time.process_time() - worked < 0.005:
            return


def main() -> None:
    """Arguments: module, workload, threads. A line on stdin asks for a round, a line of JSON answers.

    A round is done twice, and the second time counts.
    """
    module, name, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
    answers, sys.stdout = sys.stdout, sys.stderr  # whatever a library prints must not be taken for an answer
    peer = importlib.import_module(module)
    workload = next(one for one in WORKLOADS if one.name == name)
    work = peer.prepare(task(workload, threads))
    settle()
    print(json.dumps({"ready": work is not None}), file=answers, flush=True)
    for _ in sys.stdin:
        assert work is not None
        work()  # while the others had their turn, caches, pages and the processor's clock went cold
        processor, wall = time.process_time(), time.perf_counter()
        work()
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        settle()
        print(json.dumps({"seconds": wall, "processor": processor}), file=answers, flush=True)


if __name__ == "__main__":
    main()
