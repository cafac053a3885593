"""python -m benchmarks.whole FOLDER: a whole training as a user starts it, from the start of the process to its end.

FOLDER holds the four files of MNIST. Each learns 784-25-10 with sigmoids for 30 epochs of 54,000 samples in batches
of 32, SGD with momentum 0.9 at 0.1 and lambda 1, and measures 6,000 others after each epoch; then the test set is
classified. `tui-nn train mnist-784-25-10` does this and more: it measures what it learns from too, and writes down
every epoch, checkpoints and the recipe. The others are scripts as one would write them with the library, imports,
reading and compiling included; scikit-learn, which has no outputs by sigmoid here, takes softmax. All run in turn.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import program

EPOCHS, BATCH, RATE, MOMENTUM, LAMBDA = 30, 32, 0.1, 0.9, 1.0
VALIDATED = 6_000
MODULES = {"scikit-learn": "sklearn", "PyTorch": "torch", "PyTorch, by hand": "torch", "JAX": "jax"}
OURS = {"tui-nn": (), "tui-nn fast": ("--set", "training.accelerator=fast")}


def _pictures(folder: Path) -> tuple[Any, Any, Any, Any]:
    """Pixels from 0 to 1 and labels, to train and to test."""
    import numpy as np

    read = []
    for part in ("train", "t10k"):
        with gzip.open(folder / f"{part}-images-idx3-ubyte.gz") as file:
            pixels = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 784)
        with gzip.open(folder / f"{part}-labels-idx1-ubyte.gz") as file:
            labels = np.frombuffer(file.read(), np.uint8, offset=8)
        read += [pixels.astype(np.float32) / 255, labels.astype(np.int64)]
    return read[0], read[1], read[2], read[3]


def _sklearn(folder: Path) -> float:
    from sklearn.neural_network import MLPClassifier

    x, y, test, wanted = _pictures(folder)
    alpha = LAMBDA * BATCH / (len(x) - VALIDATED)  # which is divided by the samples of a batch
    net = MLPClassifier(
        (25,), activation="logistic", solver="sgd", alpha=alpha, batch_size=BATCH, learning_rate_init=RATE,
        momentum=MOMENTUM, nesterovs_momentum=False, max_iter=EPOCHS, tol=0, n_iter_no_change=EPOCHS + 1,
        early_stopping=True, validation_fraction=0.1, random_state=0,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it has not converged
        net.fit(x, y)
    return float(net.score(test, wanted))


def _torch(folder: Path, *, loader: bool = True) -> float:
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    torch.manual_seed(0)
    x, y, test, wanted = (torch.from_numpy(array) for array in _pictures(folder))
    order = torch.randperm(len(x))
    x, y = x[order], y[order]
    learnt, answers = x[VALIDATED:], nn.functional.one_hot(y[VALIDATED:], 10).float()
    net = nn.Sequential(nn.Linear(784, 25), nn.Sigmoid(), nn.Linear(25, 10))
    weights = [each for each in net.parameters() if each.ndim == 2]
    biases = [each for each in net.parameters() if each.ndim == 1]
    optimizer = torch.optim.SGD(
        [{"params": weights, "weight_decay": LAMBDA / len(learnt)}, {"params": biases}], RATE, MOMENTUM, fused=True
    )
    cost = nn.BCEWithLogitsLoss(reduction="sum")

    def batches() -> Any:
        if loader:
            return DataLoader(TensorDataset(learnt, answers), BATCH, shuffle=True)
        return ((learnt[rows], answers[rows]) for rows in torch.randperm(len(learnt)).split(BATCH))

    def score(pictures: Any, labels: Any) -> float:
        with torch.no_grad():
            return float((net(pictures).argmax(1) == labels).float().mean())

    for _ in range(EPOCHS):
        for inputs, targets in batches():
            optimizer.zero_grad()
            (cost(net(inputs), targets) / len(inputs)).backward()
            optimizer.step()
        score(x[:VALIDATED], y[:VALIDATED])
    return score(test, wanted)


def _torch_by_hand(folder: Path) -> float:
    """The same without PyTorch's DataLoader, which gathers sample by sample."""
    return _torch(folder, loader=False)


def _jax(folder: Path) -> float:
    import jax
    import jax.numpy as jnp
    import numpy as np

    x, y, test, wanted = _pictures(folder)
    random = np.random.default_rng(0)
    order = random.permutation(len(x))
    x, y = x[order], y[order]
    learnt, answers = jnp.asarray(x[VALIDATED:]), jnp.asarray(np.eye(10, dtype=np.float32)[y[VALIDATED:]])

    def scores(net: Any, inputs: Any) -> Any:
        (first, b1), (second, b2) = net
        return jax.nn.sigmoid(inputs @ first.T + b1) @ second.T + b2

    def cost(net: Any, inputs: Any, targets: Any) -> Any:
        z = scores(net, inputs)
        decay = sum(jnp.sum(weight**2) for weight, _ in net) * (LAMBDA / len(learnt) / 2)
        return jnp.sum(jax.nn.softplus(z) - targets * z) / len(inputs) + decay

    def step(state: Any, rows: Any) -> Any:
        net, velocity = state
        slope = jax.grad(cost)(net, learnt[rows], answers[rows])
        velocity = jax.tree.map(lambda v, g: MOMENTUM * v - RATE * g, velocity, slope)
        return (jax.tree.map(jnp.add, net, velocity), velocity), None

    epoch = jax.jit(lambda state, rows: jax.lax.scan(step, state, rows)[0], donate_argnums=0)
    score = jax.jit(lambda net, inputs, labels: jnp.mean(jnp.argmax(scores(net, inputs), 1) == labels))
    bounds = [np.sqrt(6 / (inputs + units)) for inputs, units in ((784, 25), (25, 10))]
    net = [
        (jnp.asarray(random.uniform(-bound, bound, shape), jnp.float32), jnp.zeros(shape[0]))
        for bound, shape in zip(bounds, ((25, 784), (10, 25)), strict=True)
    ]
    state = (net, jax.tree.map(jnp.zeros_like, net))
    whole = len(learnt) // BATCH * BATCH  # a scan has no ragged last batch: 16 samples are left out
    for _ in range(EPOCHS):
        state = epoch(state, random.permutation(len(learnt))[:whole].reshape(-1, BATCH))
        float(score(state[0], x[:VALIDATED], y[:VALIDATED]))
    return float(score(state[0], test, wanted))


SCRIPTS: dict[str, Callable[[Path], float]] = {
    "scikit-learn": _sklearn, "PyTorch": _torch, "PyTorch, by hand": _torch_by_hand, "JAX": _jax,
}  # fmt: skip


def _command(name: str, folder: Path, runs: Path) -> list[str]:
    """What is started."""
    if name in OURS:
        data = ("--set", f"data.source={folder}", "--set", f"training.epochs={EPOCHS}", "--run-dir", str(runs / "run"))
        return [sys.executable, "-m", "tui_nn", "train", "mnist-784-25-10", *data, *OURS[name], "--quiet"]
    return [sys.executable, "-m", "benchmarks.whole", str(folder), "--work", name]


def measure(name: str, folder: Path, threads: int) -> float:
    """Seconds of one whole process."""
    limits = {name: str(threads) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NPROC")}
    with tempfile.TemporaryDirectory() as runs:
        began = time.perf_counter()
        done = subprocess.run(
            _command(name, folder, Path(runs)), env={**os.environ, **limits, "JAX_PLATFORMS": "cpu"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        seconds = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(f"{name}: {done.stderr.strip()[-2000:]}")
    said = done.stdout.strip().splitlines()
    print(f"  {name}: {seconds:.2f} s  {said[-1] if said else ''}", flush=True)
    return seconds


def main() -> None:
    """Run all that are installed in turn, and print the seconds of each."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.whole", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", action="append", help="these")
    parser.add_argument("--out", type=Path, help="raw seconds, as JSON")
    parser.add_argument("--work", choices=SCRIPTS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        print(f"test accuracy {SCRIPTS[options.work](options.folder):.4f}")
        return
    known = [*OURS, *(name for name in SCRIPTS if importlib.util.find_spec(MODULES[name]) is not None)]
    names = [name for name in known if not options.only or name in options.only]
    taken: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(options.rounds):
        for name in names:
            taken[name].append(measure(name, options.folder.resolve(), options.threads))
    for name, seconds in taken.items():
        ratios = [theirs / ours for theirs, ours in zip(seconds, taken[names[0]], strict=True)]
        print(
            f"{name:18} {statistics.median(seconds):7.2f} s ({min(seconds):.2f} to {max(seconds):.2f})"
            f"   {statistics.median(ratios):6.2f} x {names[0]}"
        )
    if options.out:
        options.out.write_text(json.dumps({"threads": options.threads, "seconds": taken}, indent=1), "utf-8")


if __name__ == "__main__":
    program.run(main)
