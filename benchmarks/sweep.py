"""python -m benchmarks.sweep: a sweep on two workers against its trials one after another.

Both sides in turn, in one run: `tui-nn sweep --workers 1`, `--workers 2`, and a shell's way, one `tui-nn train` after
the other. Trials a second, medians of the rounds, and ratios.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import program

ROUNDS = 5
RATES, SEEDS, EPOCHS = ("0.01", "0.03", "0.1"), 2, 400
TUI_NN = [sys.executable, "-m", "tui_nn"]
SET = ["--set", f"training.epochs={EPOCHS}"]


def sweep(folder: Path, workers: int) -> None:
    """All trials by one command."""
    grid = ["--grid", f"training.optimizer.rate={','.join(RATES)}", "--seeds", str(SEEDS)]
    _run([*TUI_NN, "sweep", "digits", *grid, *SET, "--workers", str(workers)], folder)


def shell(folder: Path) -> None:
    """The same trials as a loop of a shell would do them."""
    for rate in RATES:
        for seed in range(SEEDS):
            rest = ["--set", f"training.optimizer.rate={rate}", "--seed", str(seed), "--quiet"]
            _run([*TUI_NN, "train", "digits", *SET, *rest], folder)


def _run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main() -> None:
    """Print trials a second and ratios."""
    sides = {
        "one after another": shell,
        "sweep, 1 worker": lambda folder: sweep(folder, 1),
        "sweep, 2 workers": lambda folder: sweep(folder, 2),
    }
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, side in sides.items():
            with tempfile.TemporaryDirectory() as folder:
                began = time.perf_counter()
                side(Path(folder))
                taken[name].append(time.perf_counter() - began)
    trials = len(RATES) * SEEDS
    first = statistics.median(taken["one after another"])
    print(f"{trials} trials of digits, {EPOCHS} epochs each; {ROUNDS} rounds of each in turn")
    for name, seconds in taken.items():
        middle = statistics.median(seconds)
        spread = sorted(one / other for one, other in zip(taken["one after another"], seconds, strict=True))
        line = f"  {name:18} {trials / middle:6.2f} trials/s   {first / middle:5.2f} x"
        print(f"{line}   ({spread[0]:.2f} to {spread[-1]:.2f})")


if __name__ == "__main__":
    program.run(main)
