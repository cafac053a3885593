"""python -m benchmarks.defaults FOLDER: ways to make the default experiment, compared by ten-fold cross-validation.

FOLDER holds the tables that docs/decisions/0043 names; only their training parts are read. Each way gets the mean over
folds of accuracy, or of R2 for a regression, on each table, and the mean of these over the tables.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import msgspec

from benchmarks import program
from tui_nn.engine.events import EpochFinished
from tui_nn.experiment.build import build
from tui_nn.experiment.data import load_data
from tui_nn.experiment.default import EPOCHS, FEWEST_EPOCHS, HIDDEN, SEEN
from tui_nn.experiment.schema import Experiment
from tui_nn.plugin.registry import load_registry
from tui_nn.training.for_data import experiment_for

FOLDS = 10
# Name -> file and what has to be said of it. Of optdigits only the file to train on.
TABLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "iris": ("iris.csv", ()),
    "wine": ("wine.csv", ()),
    "penguins": ("penguins.csv", ("data.target=species",)),
    "titanic": ("titanic_raw_quoted.csv", ("data.target=survived",)),
    "sonar": ("sonar.csv", ()),
    "horse colic": ("horse-colic.csv", ()),
    "red wine": ("winequality-red.csv", ()),
    "red wine R2": ("winequality-red.csv", ("data.task=regression",)),
    "mpg R2": ("mpg.csv", ("data.target=mpg",)),
    "optdigits.tra": ("optdigits.tra", ()),
}


@dataclass(frozen=True)
class Way:
    """What may be chosen: units of the hidden layer, the penalty, samples seen in all, most epochs, rate, schedule.

    penalty None: as the default experiment has it, which tells classes from numbers.
    """

    hidden: int = HIDDEN
    penalty: float | None = None
    seen: int = SEEN
    epochs: int = EPOCHS
    rate: float = 0.01
    schedule: str = "cosine"


def of(way: Way, experiment: Experiment, samples: int) -> Experiment:
    """The default experiment, made this way."""
    layers = [dict(layer) for layer in experiment.network.layers]
    layers[0]["units"] = way.hidden
    training = msgspec.structs.replace(
        experiment.training, lambda_=experiment.training.lambda_ if way.penalty is None else way.penalty,
        epochs=max(FEWEST_EPOCHS, min(way.epochs, way.seen // samples)), schedule=way.schedule,
        optimizer={"kind": "adam", "rate": way.rate},
    )  # fmt: skip
    network = msgspec.structs.replace(experiment.network, layers=layers)
    return msgspec.structs.replace(experiment, training=training, network=network)


def scores(file: Path, overrides: Sequence[str], ways: Sequence[Way], seeds: int) -> list[list[float]]:
    """For each way the score of every fold and seed."""
    registry = load_registry()
    made = experiment_for(str(file), overrides).experiment
    data = load_data(made, registry)
    metric = "accuracy" if data.classes else "r2"
    found = []
    for way in ways:
        experiment, own = of(way, made, len(data.x)), []
        for seed, fold in itertools.product(range(seeds), range(1, FOLDS + 1)):
            one = msgspec.structs.replace(
                experiment,
                data=msgspec.structs.replace(experiment.data, fold=f"{fold}/{FOLDS}"),
                training=msgspec.structs.replace(experiment.training, seed=seed),
            )
            epochs = [
                event for event in build(one, registry, data).trainer.events() if isinstance(event, EpochFinished)
            ]
            own.append(float(epochs[-1].validation[metric]))
        found.append(own)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--way", action="append", default=[], help="hidden=25,penalty=1 ...; several values by /")
    parser.add_argument("--tables", default="", help="some of the tables, by commas")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    asked = parser.parse_args()
    ways = [way for text in asked.way or [""] for way in _ways(text)]
    names = asked.tables.split(",") if asked.tables else list(TABLES)
    began = time.monotonic()
    with ProcessPoolExecutor(asked.workers) as pool:
        jobs = {
            (name, at): pool.submit(scores, asked.folder / TABLES[name][0], TABLES[name][1], [way], asked.seeds)
            for at, way in enumerate(ways)
            for name in names
        }
        for at, way in enumerate(ways):
            row = {name: statistics.fmean(jobs[name, at].result()[0]) for name in names}
            said = {"way": _differing(way), "mean": statistics.fmean(row.values()), **row}
            print(json.dumps(said, default=str), flush=True)
    print(f"# {time.monotonic() - began:.0f} s, {asked.seeds} seeds")


def _ways(text: str) -> list[Way]:
    keys = [part.split("=") for part in text.split(",") if part]
    choices = [[_value(one) for one in values.split("/")] for _, values in keys]
    return [Way(**dict(zip((key for key, _ in keys), values, strict=True))) for values in itertools.product(*choices)]


def _value(text: str) -> int | float | str:
    try:
        return int(text) if text.isdecimal() else float(text)
    except ValueError:
        return text


def _differing(way: Way) -> str:
    usual = msgspec.to_builtins(Way())
    return ", ".join(f"{key}={value}" for key, value in msgspec.to_builtins(way).items() if value != usual[key])


if __name__ == "__main__":
    program.run(main)
