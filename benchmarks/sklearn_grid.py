"""python -m benchmarks.sklearn_grid: GridSearchCV over layers and rate on digits, TuiClassifier beside MLPClassifier.

The same grid, folds, epochs, batches, optimizer and penalty, in float64, in turn; each fit has all of its epochs. The
figures are those of each round, and the median of the ratios of rounds beside each other. `--rounds 3`, `--jobs 1`.
"""

from __future__ import annotations

import argparse
import statistics
import time
import warnings
from typing import Any

from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.quiet import others, said
from tui_nn.sklearn import TuiClassifier

LAYERS, RATES = ((25,), (50,), (50, 25)), (0.001, 0.003, 0.01)
EPOCHS, BATCH, PENALTY, FOLDS = 30, 32, 1e-4, 3


def ours(jobs: int) -> GridSearchCV:
    """The search of tui-nn."""
    estimator = TuiClassifier(
        schedule="constant", optimizer="adam", l2=PENALTY, epochs=EPOCHS, batch=BATCH, random_state=0
    )
    layers = [[*(f"{units} relu" for units in sizes), "softmax"] for sizes in LAYERS]
    return _search(estimator, {"layers": layers, "rate": RATES}, jobs)


def theirs(jobs: int) -> GridSearchCV:
    """The search of scikit-learn, which scales in front of its network."""
    network = MLPClassifier(
        alpha=PENALTY, max_iter=EPOCHS, batch_size=BATCH, random_state=0, tol=0.0, n_iter_no_change=EPOCHS
    )
    names = {"mlpclassifier__hidden_layer_sizes": LAYERS, "mlpclassifier__learning_rate_init": RATES}
    return _search(make_pipeline(StandardScaler(), network), names, jobs)


def _search(estimator: Any, grid: dict[str, Any], jobs: int) -> GridSearchCV:
    return GridSearchCV(estimator, grid, n_jobs=jobs, cv=StratifiedKFold(FOLDS, shuffle=True, random_state=0))


def main() -> None:
    """Print a line a round, and what they come to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=1)
    asked = parser.parse_args()
    x, y = load_digits(return_X_y=True)
    print(f"{len(LAYERS) * len(RATES)} settings, {FOLDS} folds, {EPOCHS} epochs of {len(x)} digits", said(others()))
    ratios = []
    for number in range(1, asked.rounds + 1):
        seconds = {}
        for name, search in (("TuiClassifier", ours(asked.jobs)), ("MLPClassifier", theirs(asked.jobs))):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)
                began = time.perf_counter()
                search.fit(x, y)
                seconds[name] = time.perf_counter() - began
            best = ", ".join(str(value) for value in search.best_params_.values())
            print(f"round {number}  {name}  best {search.best_score_:.4f}  {seconds[name]:6.1f} s  {best}", flush=True)
        ratios.append(seconds["TuiClassifier"] / seconds["MLPClassifier"])
    print(f"TuiClassifier takes {statistics.median(ratios):.2f} of MLPClassifier's time")


if __name__ == "__main__":
    main()
