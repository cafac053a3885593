"""tui-nn: the stepper that `tui-nn train` uses, with its data and batches; measuring and recording left out."""

from __future__ import annotations

import numpy as np

from benchmarks.workloads import Round, Task, Workload, targets

NAME = "tui-nn"


def available() -> str | None:
    """Always there."""
    return None


def environment(threads: int) -> dict[str, str]:
    """What `training.threads` sets."""
    return {"OPENBLAS_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}


def actual(workload: Workload) -> Workload:
    """Every workload is done as it stands."""
    return workload


def prepare(task: Task, accelerator: str | None = None) -> Round | None:
    """Give a function that does one round of the workload, with an accelerator if one is named."""
    workload, x, y = task.workload, task.x, task.y
    from tui_nn.engine.batches import Batches, TrainingSet
    from tui_nn.engine.data import Part
    from tui_nn.engine.network import Network, with_ones
    from tui_nn.engine.penalty import Penalty
    from tui_nn.engine.random import stream
    from tui_nn.engine.stepper import Stepper
    from tui_nn.experiment.threads import crew_for, suit
    from tui_nn.plugin.registry import load_registry

    registry = load_registry()
    kinds = [workload.activation] * (len(workload.sizes) - 2) + [workload.output]
    layers = [
        registry.create("layer", {"kind": "dense", "units": units, "activation": kind})
        for units, kind in zip(workload.sizes[1:], kinds, strict=True)
    ]
    network = Network(workload.sizes[0], layers, crew=crew_for(task.threads))
    suit(network, workload.batch_rows)
    for own, given in zip(network.parameters.thetas, task.thetas, strict=True):
        assert own is not None
        own[...] = given
    loss = registry.get("loss", workload.loss)
    optimizer = registry.create("optimizer", {"kind": workload.optimizer, "rate": workload.rate})
    answers = targets(workload, y)
    part = Part(x, y)
    batch = workload.batch_rows
    compiled = registry.get("accelerator", accelerator) if accelerator else None
    stepper = Stepper(network, loss, optimizer, batch, Penalty(), compiled)
    if compiled is not None:
        network.use(compiled.predict(network), compiled.evaluate(network, loss), loss)
    batches = Batches(TrainingSet(part, answers), batch, network.dtype, network.crew)
    state, in_order = {"epoch": 0, "step": 0}, np.arange(len(x))

    def train() -> list[np.ndarray]:
        for _ in range(workload.epochs):
            state["epoch"] += 1
            order = in_order
            if task.shuffle and workload.batch is not None:
                order = stream(0, "shuffle", state["epoch"]).permutation(len(x))
            for block in batches.blocks(order[: workload.rows_per_epoch], 1 << 30, gathered=stepper.gathers):
                costs = stepper.run(block, state["step"] + 1, lambda step: workload.rate)
                state["step"] += len(costs)
        return [theta.copy() for theta in network.parameters.thetas if theta is not None]

    def predict() -> list[np.ndarray]:
        return [network.predict(part)]

    # Rows are extended by their 1 once, as every minimizer does; nothing else needs such a copy of all data.
    columns, wanted = (with_ones(x, np.float32).T if workload.does == "evaluate" else x.T), answers.T

    def evaluate() -> list[np.ndarray]:
        cost = 0.0
        for _ in range(workload.epochs):
            cost, _ = network.loss_and_grad(columns, wanted, loss)
        gradients = [gradient.copy() for gradient in network.parameters.gradients if gradient is not None]
        return [*gradients, np.array(cost)]

    return {"train": train, "predict": predict, "evaluate": evaluate}[workload.does]
