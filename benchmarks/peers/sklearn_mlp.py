"""scikit-learn's multi-layer perceptron.

Training calls the loop under `partial_fit` directly. `partial_fit` itself would check all the samples
and turn all the labels into one-hot rows again in each epoch, which is no part of training.

Known differences:
- Squared error comes with an identity output layer only, so the net there is not tanh at its output.
- Where a round is less than an epoch, its rows are a random run of neighbouring rows, then shuffled.
- Adam adds epsilon before correcting the bias of the second moment, the others here after it.
- Under NumPy 2 Adam's step is worked out partly in float64, since its learning rate is a NumPy float64.
"""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.workloads import Round, Task, Workload, targets

NAME = "scikit-learn"
ACTIVATIONS = {"sigmoid": "logistic", "relu": "relu", "tanh": "tanh"}


def available() -> str | None:
    """Give why scikit-learn cannot be used here, or None."""
    return None if importlib.util.find_spec("sklearn") else "scikit-learn is not installed"


def environment(threads: int) -> dict[str, str]:
    """Limit the BLAS under NumPy."""
    return {"OPENBLAS_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}


def actual(workload: Workload) -> Workload:
    """Give the workload with an identity output for squared error, and with Adam's shorter form."""
    if workload.loss == "mean_squared_error":
        workload = replace(workload, output="identity")
    return replace(workload, optimizer="adam_epsilon_hat") if workload.optimizer == "adam" else workload


def prepare(task: Task) -> Round | None:
    """Give a function that does one round of the workload."""
    workload, x, y = task.workload, task.x, task.y
    from threadpoolctl import threadpool_limits

    model, wanted = build(workload, x, y, task.thetas)
    threadpool_limits(task.threads)  # after the libraries have been loaded: it misses those that are not
    model.shuffle = task.shuffle and workload.batch is not None  # the order is nothing to a full batch
    # The lists that scikit-learn hands down from `_fit` to its loop.
    activations: list[Any] = [x] + [None] * len(task.thetas)
    deltas: list[Any] = [None] * len(task.thetas)
    gradients = [np.empty_like(coef) for coef in model.coefs_]
    bias_gradients = [np.empty_like(intercept) for intercept in model.intercepts_]
    lists = (activations, deltas, gradients, bias_gradients)
    rng = np.random.default_rng()
    rows = workload.rows_per_epoch

    def train() -> list[np.ndarray]:
        for _ in range(workload.epochs):
            start = rng.integers(len(x) - rows + 1) if task.shuffle else 0
            part = slice(start, start + rows)
            model._fit_stochastic(x[part], wanted[part], None, *lists, list(workload.sizes), True)
        return in_one(model.coefs_, model.intercepts_)

    def predict() -> list[np.ndarray]:
        return [model.predict_proba(x)]

    def evaluate() -> list[np.ndarray]:
        for _ in range(workload.epochs):
            cost, coef_part, intercept_part = model._backprop(x, wanted, None, *lists)
        return [*in_one(coef_part, intercept_part), np.asarray(cost)]

    return {"train": train, "predict": predict, "evaluate": evaluate}[workload.does]


def build(workload: Workload, x: np.ndarray, y: np.ndarray, thetas: list[np.ndarray]) -> tuple[Any, np.ndarray]:
    """Make a model with the given weights, and the targets in the type it trains with."""
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    options = {
        "hidden_layer_sizes": workload.sizes[1:-1],
        "activation": ACTIVATIONS[workload.activation],
        "solver": "adam" if workload.optimizer == "adam" else "sgd",
        "alpha": 0.0,
        "batch_size": workload.batch_rows,
        "learning_rate": "constant",
        "learning_rate_init": workload.rate or 0.001,  # zero is refused, also where nothing is trained
        "momentum": 0.9 if workload.optimizer == "momentum" else 0.0,
        "nesterovs_momentum": False,
        "tol": 0.0,
        "n_iter_no_change": np.inf,  # never stop early
    }
    wanted = targets(workload, y)
    first = workload.batch_rows
    if workload.loss == "mean_squared_error":
        model = MLPRegressor(**options).partial_fit(x[:first], wanted[:first].ravel())
    else:
        # Label-indicator rows make the outputs independent sigmoids, plain labels make them a softmax.
        labels = y if workload.output == "softmax" else wanted.astype(int)
        model = MLPClassifier(**options).partial_fit(x[:first], labels[:first], classes=np.arange(workload.sizes[-1]))
        wanted = wanted.astype(bool)  # the type it turns labels into itself
    # Copies in any case: scikit-learn updates its arrays in place.
    model.coefs_ = [theta[:, 1:].T.copy() for theta in thetas]
    model.intercepts_ = [theta[:, 0].copy() for theta in thetas]
    del model._optimizer  # it belongs to the weights of that first fit
    return model, wanted


def in_one(coefs: list[np.ndarray], intercepts: list[np.ndarray]) -> list[np.ndarray]:
    """Put the weights and the bias of each layer into one array, the bias first."""
    return [np.column_stack([intercept, coef.T]) for coef, intercept in zip(coefs, intercepts, strict=True)]
