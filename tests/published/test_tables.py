"""Tables that people know, with the experiment that is made for a file alone, or with one setting.

Accuracies are means over ten folds and three seeds, beside that of the one split of `tui-nn train FILE`.
"""

from __future__ import annotations

import statistics
from itertools import product

import msgspec
import pytest

from tui_nn.engine.events import EpochFinished
from tui_nn.experiment.build import build
from tui_nn.experiment.data import load_data
from tui_nn.training.for_data import experiment_for

pytestmark = pytest.mark.slow

FOLDS, SEEDS = 10, 3
# File -> the one setting, the inputs that come of it, and what is said of the target.
ALONE = {
    "horse-colic.csv": ("", "48 inputs", "column 28"),
    "iris.csv": ("", "4 inputs", "3 classes: Iris-setosa 50"),
    "mpg.csv": ("data.target=mpg", "9 inputs", "from 9 to 46.6"),
    "optdigits.tes": ("", "64 inputs", "10 classes: 0 178"),
    "optdigits.tra": ("", "64 inputs", "10 classes: 0 376"),
    "penguins.csv": ("data.target=species", "3 classes: Adelie 152", "9 inputs"),
    "sonar.csv": ("", "60 inputs", "2 classes: M 111, R 97"),
    "titanic_raw_quoted.csv": ("data.target=survived", "2 classes: 0 549, 1 342", "ticket"),
    "wine.csv": ("", "13 inputs", "3 classes: 1 59, 2 71, 3 48"),
    "winequality-red.csv": ("data.task=regression", "11 inputs", "from 3 to 8"),
}
LEAST = {"iris.csv": 0.95, "wine.csv": 0.95, "penguins.csv": 0.97, "titanic_raw_quoted.csv": 0.78}


def reached(experiment, registry, data=None):
    """The last measurement of a training, and what was trained."""
    setup = build(experiment, registry, data)
    return [event for event in setup.trainer.events() if isinstance(event, EpochFinished)][-1], setup


@pytest.mark.parametrize("file", ALONE)
def test_every_table_trains_with_one_setting_at_most(registry, reference, record, file):
    setting, *words = ALONE[file]
    made = experiment_for(str(reference / "tables" / file), [setting] if setting else [])
    said = made.said[0].partition(": ")[2]
    last, _ = reached(made.experiment, registry)
    metric = "accuracy" if "accuracy" in last.validation else "r2"
    record(f"{file} {setting}", said, f"{metric}, one split", f"{last.validation[metric]:.4f}")
    assert last.validation[metric] > (0.3 if metric == "r2" else 0.5)
    for word in words:
        assert word in said


@pytest.mark.parametrize("file", LEAST)
def test_accuracies_over_folds_and_seeds(registry, reference, record, file):
    setting = ALONE[file][0]
    experiment = experiment_for(str(reference / "tables" / file), [setting] if setting else []).experiment
    data, found = load_data(experiment, registry), []
    for seed, fold in product(range(SEEDS), range(1, FOLDS + 1)):
        one = msgspec.structs.replace(
            experiment,
            data=msgspec.structs.replace(experiment.data, fold=f"{fold}/{FOLDS}"),
            training=msgspec.structs.replace(experiment.training, seed=seed),
        )
        found.append(reached(one, registry, data)[0].validation["accuracy"])
    mean, spread = statistics.fmean(found), statistics.stdev(found)
    record(file, f"{FOLDS} folds, {SEEDS} seeds", f"at least {LEAST[file]}", f"{mean:.4f}, deviation {spread:.4f}")
    assert mean >= LEAST[file]


def test_digits_of_other_writers(registry, reference, record):
    """Trained on the file to train on, with a part of it to validate; the test file is looked at in the end alone."""
    tables = reference / "tables"
    experiment = experiment_for(str(tables / "optdigits.tra"), [f"data.test={tables / 'optdigits.tes'}"]).experiment
    _, setup = reached(experiment, registry)
    test = setup.splits.test
    assert test is not None
    right = (setup.net.head.targets.decode(setup.network.predict(test)) == test.y).mean()
    record("optdigits", "its official test file", "at least 0.96", f"{right:.4f}")
    assert len(test.y) == 1797
    assert right >= 0.96
