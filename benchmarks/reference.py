"""A small float64 implementation of the workloads, written only to check the libraries against it."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.workloads import Workload, targets

Floats = NDArray[np.float64]


def sigmoid(z: Floats) -> Floats:
    """The logistic function."""
    return 1 / (1 + np.exp(-z))


def softmax(z: Floats) -> Floats:
    """The exponentials of each row over their sum."""
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


ACTIVATIONS: dict[str, Callable[[Floats], Floats]] = {
    "sigmoid": sigmoid,
    "relu": lambda z: np.maximum(z, 0),
    "tanh": np.tanh,
    "identity": lambda z: z,
    "softmax": softmax,
}
# The derivatives in terms of the activation itself.
DERIVATIVES: dict[str, Callable[[Floats], Floats]] = {
    "sigmoid": lambda a: a * (1 - a),
    "relu": lambda a: (a > 0).astype(float),
    "tanh": lambda a: 1 - a**2,
    "identity": np.ones_like,
}


def forward(workload: Workload, thetas: list[Floats], x: Floats) -> list[Floats]:
    """Give the activations of every layer, the samples first."""
    layers = [x]
    for i, theta in enumerate(thetas):
        kind = workload.output if i == len(thetas) - 1 else workload.activation
        layers.append(ACTIVATIONS[kind](theta[:, 0] + layers[-1] @ theta[:, 1:].T))
    return layers


def cost_and_gradient(workload: Workload, thetas: list[Floats], x: Floats, t: Floats) -> tuple[float, list[Floats]]:
    """Give the loss of a batch and its gradient by backpropagation."""
    *before, output = layers = forward(workload, thetas, x)
    delta = output - t
    if workload.loss == "mean_squared_error":
        cost = np.sum(delta**2) / 2
        delta = delta * DERIVATIVES[workload.output](output)
    elif workload.loss == "one_vs_all":
        cost = -np.sum(t * np.log(output) + (1 - t) * np.log(1 - output))
    else:
        cost = -np.sum(t * np.log(output))
    gradient: list[Floats] = []
    for i in range(len(thetas) - 1, -1, -1):
        gradient.insert(0, delta.T @ np.column_stack([np.ones(len(x)), before[i]]) / len(x))
        if i > 0:
            delta = delta @ thetas[i][:, 1:] * DERIVATIVES[workload.activation](layers[i])
    return float(cost) / len(x), gradient


class Reference:
    """One workload, done in order and without shuffling; each round of training goes on from the last."""

    def __init__(self, workload: Workload, x: np.ndarray, y: np.ndarray, thetas: list[np.ndarray]) -> None:
        self.workload = workload
        self.x, self.t = x.astype(float), targets(workload, y).astype(float)
        self.thetas = [theta.astype(float) for theta in thetas]
        self.first = [np.zeros_like(theta) for theta in self.thetas]
        self.second = [np.zeros_like(theta) for theta in self.thetas]
        self.steps = 0

    def round(self) -> list[Floats]:
        """Do one round and give what a peer's round gives."""
        if self.workload.does == "predict":
            return [forward(self.workload, self.thetas, self.x)[-1]]
        if self.workload.does == "evaluate":
            cost, gradient = cost_and_gradient(self.workload, self.thetas, self.x, self.t)
            return [*gradient, np.array(cost)]
        rows = self.workload.batch_rows
        for _ in range(self.workload.epochs):
            for start in range(0, self.workload.rows_per_epoch, rows):
                part = slice(start, start + rows)
                self.step(cost_and_gradient(self.workload, self.thetas, self.x[part], self.t[part])[1])
        return [theta.copy() for theta in self.thetas]

    def step(self, gradient: list[Floats]) -> None:
        """Change the weights by one step of the optimizer."""
        self.steps += 1
        for theta, g, first, second in zip(self.thetas, gradient, self.first, self.second, strict=True):
            if self.workload.optimizer.startswith("adam"):
                first += 0.1 * (g - first)
                second += 0.001 * (g**2 - second)
                correction = np.sqrt(1 - 0.999**self.steps)
                # Section 2 of the paper also gives a shorter form, whose epsilon is added before the correction.
                epsilon = 1e-8 / correction if self.workload.optimizer == "adam_epsilon_hat" else 1e-8
                theta -= self.workload.rate * first / (1 - 0.9**self.steps) / (np.sqrt(second) / correction + epsilon)
            else:
                first *= 0.9 if self.workload.optimizer == "momentum" else 0.0
                first += g
                theta -= self.workload.rate * first
