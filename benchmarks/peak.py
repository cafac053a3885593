"""The machine's own limit: single-precision multiply-adds a second of a large matrix product, as numpy has it."""

from __future__ import annotations

import numpy as np

from benchmarks.workloads import Round, Task, Workload

NAME = "sgemm"
SIZE = 1536


def available() -> str | None:
    """Always there."""
    return None


def environment(threads: int) -> dict[str, str]:
    """Limit numpy's BLAS."""
    return {"OPENBLAS_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}


def prepare(task: Task) -> Round:  # noqa: ARG001 - the same product beside every workload
    """Give a function that multiplies two square matrices four times."""
    a = np.random.default_rng(0).random((SIZE, SIZE), np.float32)
    out = np.empty_like(a)

    def multiply() -> list[np.ndarray]:
        for _ in range(4):
            np.dot(a, a, out=out)
        return [out]

    return multiply


def rows_a_second(workload: Workload, seconds: float) -> float:
    """How many rows of the workload the limit would allow, if it did nothing but its matrix products."""
    rate = 4 * SIZE**3 / seconds  # multiply-adds a second
    sizes = [(inputs + 1) * units for inputs, units in zip(workload.sizes, workload.sizes[1:], strict=False)]
    # Forward and dJ/dTheta are one product each, dJ/dinputs another for all but the first layer.
    products = sum(sizes) if workload.does == "predict" else 3 * sum(sizes) - sizes[0]
    return rate / products
