"""Plain JavaScript in Node.js, for the nets as small as those TensorFlow Playground trains in the browser.

JavaScript computes in float64 and in one thread, whatever the number of threads asked for.
A round is one request to a process that stays; the request itself takes about a tenth of a millisecond.
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.workloads import Round, Task, Workload, targets

NAME = "JavaScript"
SCRIPT = Path(__file__).with_name("playground.js")


def available() -> str | None:
    """Give why Node.js cannot be used here, or None."""
    return None if shutil.which("node") else "node is not installed"


def environment(threads: int) -> dict[str, str]:  # noqa: ARG001 - the same for every peer
    """JavaScript has one thread: there is nothing to set."""
    return {}


def actual(workload: Workload) -> Workload:
    """Every workload is done as it stands."""
    return workload


def prepare(task: Task) -> Round | None:
    """Give a function that does one round, or None for all but the small tanh nets."""
    workload, x, y = task.workload, task.x, task.y
    if workload.does != "train" or workload.loss != "mean_squared_error":
        return None
    # The process ends by itself when this one does, since its stdin is closed then.
    node = subprocess.Popen(["node", str(SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    ask(
        node,
        {
            "thetas": [theta.tolist() for theta in task.thetas],
            "points": x.tolist(),
            "targets": targets(workload, y).tolist(),
            "rate": workload.rate,
            "batch": workload.batch_rows,
        },
    )
    request = {"epochs": workload.epochs, "shuffle": task.shuffle and workload.batch is not None}

    def train() -> list[np.ndarray]:
        return [np.array(rows) for rows in ask(node, request)["thetas"]]

    return train


def ask(node: subprocess.Popen[str], request: dict[str, Any]) -> dict[str, Any]:
    """Send one request and wait for its answer."""
    assert node.stdin is not None
    assert node.stdout is not None
    node.stdin.write(json.dumps(request) + "\n")
    node.stdin.flush()
    answer: dict[str, Any] = json.loads(node.stdout.readline())
    return answer
