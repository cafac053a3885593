"""What a requirement is measured on: the weights that a run ended with."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.report.outcome import outcome
from tui_nn.runs import open_run

STOPS = (
    "training.early_stopping={metric='loss@validation', patience=3}",
    "training.optimizer.rate=2.0", "training.epochs=200", "data.validation=0.4",
)  # fmt: skip


@pytest.fixture(scope="module")
def stopped(tmp_path_factory, tui_nn):
    """A run that went back to an epoch before its last one."""
    folder = tmp_path_factory.mktemp("stopped")
    words = [word for setting in STOPS for word in ("--set", setting)]
    done = tui_nn("train", "wine", "--run-dir", "run", "--quiet", *words, cwd=folder)
    assert "its weights are kept" in done.stderr
    return folder / "run"


def test_after_early_stopping_the_numbers_are_those_of_the_weights_that_are_kept(stopped, registry):
    summary = json.loads((stopped / "summary.json").read_text())
    history = open_run(stopped).history
    losses = history.validation["loss"]
    assert summary["kept"] == int(np.argmin(losses)) < summary["epoch"]
    assert summary["metrics"]["validation"]["loss"] == min(losses) < losses[-1]
    # Measured again from the weights on disk.
    setup = build(load_experiment(str(stopped / "experiment.toml")), registry)
    weights = np.concatenate([theta.ravel() for theta in open_run(stopped).weights().thetas])
    setup.network.parameters.values[...] = weights
    measured, confusion = setup.trainer.measure(setup.splits.validation)
    assert measured["loss"] == pytest.approx(min(losses), rel=1e-6)
    assert measured["accuracy"] == summary["metrics"]["validation"]["accuracy"]
    assert outcome(history).confusion == confusion == history.confusion
    assert outcome(history).columns["validation"]["loss"][-1] == min(losses)


def test_a_run_that_diverged_has_no_numbers(diverged):
    found = outcome(open_run(diverged / "run").history)
    assert all(math.isnan(values[-1]) for part in ("train", "validation") for values in found.columns[part].values())
    assert found.confusion is None


def test_shares_of_dead_and_saturated_units(trained):
    found = outcome(open_run(trained / "run").history).facts
    assert found["dead_units"] == 0, "a sigmoid never dies"
    assert 0 <= found["saturated_units"] <= 1
    assert found["parameters"] == 25 * 65 + 10 * 26
