"""python -m benchmarks.jax_profile: where JAX's time goes, and ours: whole rounds beside their matrix products alone.

The products are those of the workload, in one compiled scan for JAX, by numpy's library and in its best order for ours.
What XLA made of a step is counted by kind of instruction. One thread, unless the processors are limited from outside.
"""

from __future__ import annotations

import argparse
import collections
import os
import re
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks import ours_fast
from benchmarks.peers import jax_scan
from benchmarks.workloads import WORKLOADS, Workload, task


def _seconds(work: Callable[[], Any], rounds: int) -> float:
    work()
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def jax_products(workload: Workload, x: np.ndarray, thetas: list[np.ndarray]) -> tuple[Callable[[], Any], str]:
    """Does the products of a round, and nothing else; what they were compiled to."""
    import jax
    import jax.numpy as jnp

    weights = [jnp.asarray(theta[:, 1:]) for theta in thetas]
    batch = workload.batch_rows
    rows = jnp.asarray(x[:batch])

    def step(state: Any, _: None) -> tuple[Any, None]:
        inputs, made = [rows + state[0][0, 0] * 0], []
        for weight in weights:
            inputs.append(inputs[-1] @ weight.T)
        if workload.does == "predict":
            return [inputs[-1]], None
        delta = inputs.pop()
        for number in range(len(weights) - 1, -1, -1):
            made.append(delta.T @ inputs[number])
            if number:
                delta = delta @ weights[number]
        return made, None

    steps = workload.rows_per_round // batch
    start = jax.eval_shape(lambda: step([jnp.zeros((1, 1))], None)[0])
    state = [jnp.zeros(each.shape, each.dtype) for each in start]
    run = jax.jit(lambda state: jax.lax.scan(step, state, None, length=steps)[0])
    text = run.lower(state).compile().as_text()
    return lambda: jax.block_until_ready(run(state)), text


def numpy_products(workload: Workload, x: np.ndarray, thetas: list[np.ndarray]) -> Callable[[], Any]:
    """The same by numpy, samples as columns, in chunks of 1,000 where there is no batch."""
    batch = workload.batch or 1000
    columns = np.ascontiguousarray(x[:batch]).T
    weights = [np.ascontiguousarray(theta[:, 1:]) for theta in thetas]

    def work() -> None:
        for _ in range(workload.rows_per_round // batch):
            inputs = [columns]
            for weight in weights:
                inputs.append(weight @ inputs[-1])
            if workload.does == "predict":
                continue
            delta = inputs.pop()
            for number in range(len(weights) - 1, -1, -1):
                delta @ inputs[number].T
                if number:
                    delta = weights[number].T @ delta

    return work


def kinds(text: str) -> str:
    """What a compiled program consists of: the most frequent instructions, and the libraries it calls."""
    counted = collections.Counter(re.findall(r"= \S+ ([a-z][a-z-]+)\(", text))
    called = collections.Counter(re.findall(r'custom_call_target="([^"]+)"', text))
    wanted = ("dot", "fusion", "custom-call", "transpose", "copy", "while", "call", "gather")
    told = [f"{count} {kind}" for kind, count in counted.items() if kind in wanted]
    return ", ".join([*told, *(f"{count} x {name}" for name, count in called.items())])


def main() -> None:
    """Print a paragraph for each workload."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.jax_profile", description=__doc__)
    parser.add_argument("--workload", action="append", choices=[one.name for one in WORKLOADS])
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    threads = int(os.environ.get("NPROC", "1"))
    for workload in WORKLOADS:
        if workload.name not in (options.workload or ("W3", "W5", "W7")):
            continue
        given = task(workload, threads)
        products, text = jax_products(workload, given.x, given.thetas)
        steps = workload.rows_per_round // (workload.batch or 1000)
        parts = {
            "JAX, a round": jax_scan.prepare(given), "JAX, its products": products,
            "fast, a round": ours_fast.prepare(given),
            "numpy, its products": numpy_products(workload, given.x, given.thetas),
        }  # fmt: skip
        print(f"{workload.name} {workload.title}, {threads} thread(s), us a step of {workload.batch or 1000}")
        for name, work in parts.items():
            if work is not None:
                print(f"  {name:20} {_seconds(work, options.rounds) / steps * 1e6:10.0f}", flush=True)
        print(f"  products compiled to: {kinds(text)}")


if __name__ == "__main__":
    main()
