"""PyTorch on the CPU: linear layers, autograd and a plain training loop, not compiled."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.workloads import Round, Task, Workload, targets

if TYPE_CHECKING:
    from torch import Tensor, nn, optim

NAME = "PyTorch"
CHUNK = 1024  # rows predicted at a time: faster than all at once, since the hidden layers stay in the cache


def available() -> str | None:
    """Give why PyTorch cannot be used here, or None."""
    return None if importlib.util.find_spec("torch") else "PyTorch is not installed"


def environment(threads: int) -> dict[str, str]:
    """Limit the pools of the math libraries under PyTorch."""
    return {"OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads)}


def actual(workload: Workload) -> Workload:
    """Every workload is done as it stands."""
    return workload


def prepare(task: Task, fused: bool | None = None) -> Round | None:
    """Give a function that does one round of the workload; `fused` goes to the optimizer."""
    workload, x, y = task.workload, task.x, task.y
    import torch

    torch.set_num_threads(task.threads)
    net = build(workload, task.thetas)
    samples = torch.from_numpy(x)
    # Cross-entropy is faster with class indices; the other losses want a float for each output.
    wanted = torch.from_numpy(y if workload.loss == "softmax_cross_entropy" else targets(workload, y))
    loss = loss_of(workload)
    optimizer = optimizer_of(workload, net, fused)

    def step(inputs: Tensor, labels: Tensor) -> None:
        optimizer.zero_grad()
        loss(net(inputs), labels).backward()
        optimizer.step()

    def train() -> list[np.ndarray]:
        for _ in range(workload.epochs):
            if workload.batch is None:
                step(samples, wanted)
                continue
            order = torch.randperm(len(samples)) if task.shuffle else torch.arange(len(samples))
            for index in order[: workload.rows_per_epoch].split(workload.batch):
                # The same rows as samples[index], but gathered faster.
                step(samples.index_select(0, index), wanted.index_select(0, index))
        return in_one(linear_layers(net))

    def predict() -> list[np.ndarray]:
        with torch.inference_mode():
            parts = [torch.softmax(net(part), dim=1) for part in samples.split(CHUNK)]
            return [torch.cat(parts).numpy()]

    def evaluate() -> list[np.ndarray]:
        for _ in range(workload.epochs):
            net.zero_grad()
            cost = loss(net(samples), wanted)
            cost.backward()
        return [*in_one(linear_layers(net), gradient=True), cost.detach().numpy()]

    return {"train": train, "predict": predict, "evaluate": evaluate}[workload.does]


def build(workload: Workload, thetas: list[np.ndarray]) -> nn.Sequential:
    """Make the net with the given weights. Cross-entropies take logits, so their output is left out."""
    import torch
    from torch import nn

    kinds: dict[str, type[nn.Module]] = {"sigmoid": nn.Sigmoid, "relu": nn.ReLU, "tanh": nn.Tanh}
    modules: list[nn.Module] = []
    for theta in thetas:
        units, columns = theta.shape
        linear = nn.Linear(columns - 1, units)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(theta[:, 1:]))
            linear.bias.copy_(torch.from_numpy(theta[:, 0]))
        modules += [linear, kinds[workload.activation]()]
    modules.pop()
    if workload.loss == "mean_squared_error":
        modules.append(kinds[workload.output]())
    return nn.Sequential(*modules)


def loss_of(workload: Workload) -> Callable[[Tensor, Tensor], Tensor]:
    """Give the loss of a batch: the sum over the outputs, the mean over the batch."""
    from torch.nn import functional

    if workload.loss == "softmax_cross_entropy":
        return functional.cross_entropy
    if workload.loss == "one_vs_all":
        return lambda z, t: functional.binary_cross_entropy_with_logits(z, t, reduction="sum") / len(z)
    return lambda a, t: functional.mse_loss(a, t, reduction="sum") / (2 * len(a))


def optimizer_of(workload: Workload, net: nn.Sequential, fused: bool | None) -> optim.Optimizer:
    """Give the optimizer; PyTorch's own default for `fused` is None."""
    from torch import optim

    if workload.optimizer == "adam":
        return optim.Adam(net.parameters(), lr=workload.rate, fused=fused)
    momentum = 0.9 if workload.optimizer == "momentum" else 0.0
    return optim.SGD(net.parameters(), lr=workload.rate, momentum=momentum, fused=fused)


def linear_layers(net: nn.Sequential) -> list[nn.Linear]:
    """Give the layers that have weights."""
    from torch import nn

    return [module for module in net if isinstance(module, nn.Linear)]


def in_one(layers: list[nn.Linear], gradient: bool = False) -> list[np.ndarray]:
    """Put the weights and the bias of each layer into one array, the bias first; or their gradients."""
    pairs = [(layer.bias.grad, layer.weight.grad) if gradient else (layer.bias, layer.weight) for layer in layers]
    return [np.column_stack([part.detach().numpy() for part in pair if part is not None]) for pair in pairs]
