"""The workloads every library is timed on: the net, the data and how much work one round is."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Round = Callable[[], list[np.ndarray]]  # does one round and gives what it came to, so that it can be checked


@dataclass(frozen=True)
class Workload:
    """One net, the data it meets, and what one timed round does with them.

    Hidden layers use `activation`, the last layer `output`. The losses are means over the batch of
    "one_vs_all" (binary cross-entropy summed over the outputs), "softmax_cross_entropy", and
    "mean_squared_error" (half the squared error summed over the outputs).
    """

    name: str
    title: str
    sizes: tuple[int, ...]
    activation: str  # "sigmoid" | "relu" | "tanh"
    output: str  # "sigmoid" | "softmax" | "tanh" | "identity"
    loss: str  # "one_vs_all" | "softmax_cross_entropy" | "mean_squared_error"
    optimizer: str  # "sgd" | "momentum" (0.9) | "adam" (Algorithm 1 of Kingma and Ba); of no use unless training
    rate: float
    batch: int | None  # None: all the samples at once
    samples: int
    rows_per_round: int  # how many rows one round works through
    does: str = "train"  # "train" | "predict" | "evaluate" (the cost and its gradient)

    def __post_init__(self) -> None:
        """Refuse rounds with a ragged last batch: not every library can do one in compiled code."""
        if self.rows_per_round != self.epochs * self.rows_per_epoch:
            raise ValueError(f"{self.name}: a round must be part of one epoch or a whole number of epochs")
        if self.rows_per_epoch % self.batch_rows != 0:
            raise ValueError(f"{self.name}: an epoch must be a whole number of batches")

    @property
    def epochs(self) -> int:
        """Passes over the samples in one round; 1 also where a round is less than a whole pass."""
        return max(1, self.rows_per_round // self.samples)

    @property
    def rows_per_epoch(self) -> int:
        """Rows that one of those passes visits: the first ones of a fresh shuffle."""
        return min(self.rows_per_round, self.samples)

    @property
    def batch_rows(self) -> int:
        """Rows in one batch."""
        return self.rows_per_epoch if self.batch is None else self.batch


@dataclass(frozen=True)
class Task:
    """A workload with its arrays (see `data` and `initial_thetas`), as a library gets it. Nobody writes into them."""

    workload: Workload
    x: np.ndarray
    y: np.ndarray
    thetas: list[np.ndarray]
    threads: int = 1
    shuffle: bool = True


CLASSIFIER = ("relu", "softmax", "softmax_cross_entropy")
ONE_VS_ALL = ("sigmoid", "sigmoid", "one_vs_all")
TANH = ("tanh", "tanh", "mean_squared_error")

# fmt: off
WORKLOADS = (
    Workload("W1", "784-25-10 sigmoid, batch 32, SGD", (784, 25, 10), *ONE_VS_ALL,
             "sgd", 0.1, 32, 60_000, 60_000),
    Workload("W2", "784-25-10 sigmoid, batch 32, Adam", (784, 25, 10), *ONE_VS_ALL,
             "adam", 0.001, 32, 60_000, 60_000),
    Workload("W3", "784-128-64-10 relu, batch 128, Adam", (784, 128, 64, 10), *CLASSIFIER,
             "adam", 0.001, 128, 60_000, 38_400),
    Workload("W4", "784-512-256-10 relu, batch 128, Adam", (784, 512, 256, 10), *CLASSIFIER,
             "adam", 0.001, 128, 60_000, 12_800),
    Workload("W5", "784-2000-1000-10 relu, batch 256, momentum", (784, 2000, 1000, 10), *CLASSIFIER,
             "momentum", 0.01, 256, 60_000, 5_120),
    Workload("W6 b10", "2-4-2-1 tanh, 500 points, batch 10, SGD", (2, 4, 2, 1), *TANH,
             "sgd", 0.03, 10, 500, 50_000),
    Workload("W6 full", "2-4-2-1 tanh, 500 points, full batch, SGD", (2, 4, 2, 1), *TANH,
             "sgd", 0.03, None, 500, 1_000_000),
    Workload("W7", "784-128-64-10 relu, prediction", (784, 128, 64, 10), *CLASSIFIER,
             "sgd", 0.0, None, 60_000, 60_000, "predict"),
    Workload("W8", "400-25-10 sigmoid, cost and gradient", (400, 25, 10), *ONE_VS_ALL,
             "sgd", 0.0, None, 5_000, 250_000, "evaluate"),
)
# fmt: on


def data(workload: Workload, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Give the samples, one a row, as float32, and their integer labels.

    The labels follow from the samples, so that training is the usual course of learning and not
    the memorizing of noise, which would drive the activations to extremes.
    """
    rng = np.random.default_rng(seed)
    inputs, outputs = workload.sizes[0], workload.sizes[-1]
    if workload.loss == "mean_squared_error":
        points = rng.uniform(-5.0, 5.0, size=(workload.samples, inputs)).astype(np.float32)
        return points, (np.sum(points**2, axis=1) < 16.0).astype(np.int64)  # a disc of half the square's area
    pixels = rng.random((workload.samples, inputs), dtype=np.float32)
    directions = rng.standard_normal((inputs, outputs), dtype=np.float32)
    return pixels, np.argmax((pixels - 0.5) @ directions, axis=1)


def targets(workload: Workload, y: np.ndarray) -> np.ndarray:
    """Give the float32 outputs wanted for the labels: -1 or +1 for squared error, else one-hot rows."""
    if workload.loss == "mean_squared_error":
        return np.where(y == 1, 1.0, -1.0).astype(np.float32)[:, None]
    one_hot: np.ndarray = np.eye(workload.sizes[-1], dtype=np.float32)[y]
    return one_hot


def initial_thetas(workload: Workload, seed: int = 2) -> list[np.ndarray]:
    """Give the starting weights a layer, (units, inputs + 1) with the bias first (Glorot uniform, bias 0)."""
    rng = np.random.default_rng(seed)
    thetas = []
    for inputs, units in zip(workload.sizes, workload.sizes[1:], strict=False):
        bound = np.sqrt(6.0 / (inputs + units))
        theta = rng.uniform(-bound, bound, size=(units, inputs + 1)).astype(np.float32)
        theta[:, 0] = 0.0
        thetas.append(theta)
    return thetas


def task(workload: Workload, threads: int = 1, shuffle: bool = True) -> Task:
    """The workload with arrays of its own, the same at every call."""
    return Task(workload, *data(workload), initial_thetas(workload), threads, shuffle)
