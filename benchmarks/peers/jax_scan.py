"""JAX on the CPU: a whole round as one compiled scan over the batches.

What holds XLA to a number of threads is the variable NPROC: it sets the size of its one thread pool.
The XLA flags often named for this (--xla_cpu_multi_thread_eigen, intra_op_parallelism_threads) no
longer have an effect: with jaxlib 0.10 the CPU time stays twice the wall time on two cores.
"""

from __future__ import annotations

import importlib.util
import os
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.workloads import Round, Task, Workload, targets

if TYPE_CHECKING:
    from jax import Array

    from benchmarks.peers.jax_net import Params

NAME = "JAX"


def available() -> str | None:
    """Give why JAX cannot be used here, or None."""
    return None if importlib.util.find_spec("jax") else "JAX is not installed"


def environment(threads: int) -> dict[str, str]:
    """Limit XLA's thread pool, and keep JAX off other devices."""
    return {"NPROC": str(threads), "JAX_PLATFORMS": "cpu"}


def actual(workload: Workload) -> Workload:
    """Every workload is done as it stands."""
    return workload


def prepare(task: Task) -> Round | None:
    """Give a function that does one round of the workload."""
    workload, x, y = task.workload, task.x, task.y
    import jax

    from benchmarks.peers.jax_net import in_one, logits_of, loss_of

    for name, value in environment(task.threads).items():
        if os.environ.get(name) != value:
            raise RuntimeError(f"{name}={value} must be set before the process starts")
    samples, wanted = jax.device_put((x, targets(workload, y)))
    # Weights as (units, inputs) are faster here than (inputs, units), by up to a third.
    params = jax.device_put([(theta[:, 1:].copy(), theta[:, 0].copy()) for theta in task.thetas])
    if workload.does == "train":
        return training(workload, params, samples, wanted, task.shuffle)

    evaluated = jax.jit(jax.value_and_grad(loss_of(workload)))
    forward = logits_of(workload)
    joined = jax.jit(in_one)
    predicted = jax.jit(lambda params, inputs: jax.nn.softmax(forward(params, inputs)))

    def predict() -> list[np.ndarray]:
        return [np.asarray(predicted(params, samples))]

    def evaluate() -> list[np.ndarray]:
        for _ in range(workload.epochs):
            # Each result is waited for, as an optimizer outside of JAX would have to.
            cost, gradient = jax.block_until_ready(evaluated(params, samples, wanted))
        return [*(np.asarray(theta) for theta in joined(gradient)), np.asarray(cost)]

    return {"predict": predict, "evaluate": evaluate}[workload.does]


def training(workload: Workload, params: Params, samples: Array, wanted: Array, shuffle: bool) -> Round:
    """Give a function that trains for one round, all of it in one call of compiled code."""
    import jax

    from benchmarks.peers.jax_net import in_one, loss_of, optimizer_of

    gradient_of = jax.grad(loss_of(workload))
    start, update = optimizer_of(workload)

    def batches(state: Any, samples: Array, wanted: Array, order: Array) -> Any:
        def step(state: Any, index: Array) -> tuple[Any, None]:
            gradient = gradient_of(state[0], samples[index], wanted[index])
            return update(state, gradient), None

        return jax.lax.scan(step, state, order)[0]

    def full_batches(state: Any, samples: Array, wanted: Array) -> Any:
        def step(state: Any, _: None) -> tuple[Any, None]:
            return update(state, gradient_of(state[0], samples, wanted)), None

        return jax.lax.scan(step, state, None, length=workload.epochs)[0]

    # Donated, the old weights and moments are overwritten instead of copied.
    many, full = jax.jit(batches, donate_argnums=0), jax.jit(full_batches, donate_argnums=0)
    joined = jax.jit(in_one)
    state = start(params)
    rng = np.random.default_rng()

    def train() -> list[np.ndarray]:
        nonlocal state
        if workload.batch is None:
            state = full(state, samples, wanted)
        else:
            state = many(state, samples, wanted, batch_order(workload, len(samples), rng if shuffle else None))
        # Joined by JAX: looking into the weights with NumPy would keep their memory from being donated.
        return [np.asarray(theta) for theta in joined(state[0])]

    return train


def batch_order(workload: Workload, samples: int, rng: np.random.Generator | None) -> np.ndarray:
    """Give the samples of each batch of a round, one batch a row. NumPy shuffles faster than JAX on a CPU."""
    epochs = [np.arange(samples) if rng is None else rng.permutation(samples) for _ in range(workload.epochs)]
    rows = np.stack([epoch[: workload.rows_per_epoch] for epoch in epochs])
    return rows.reshape(-1, workload.batch_rows).astype(np.int32)
