"""A published table by hand, scikit-learn's numbers, and the case for which these metrics exist."""

from __future__ import annotations

import numpy as np
import pytest
import tui_nn_kappa
from tui_nn_kappa import kappa, matthews

from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.plugin.registry import load_registry


def test_it_is_proved():
    pytest.importorskip("tui_nn.testing").check_plugin(tui_nn_kappa)


def test_by_hand():
    # 50 samples: 20 yes/yes, 15 no/no, 5 no taken for yes, 10 yes taken for no. p = 0.7, e = 0.5 * 0.6 + 0.5 * 0.4
    true = np.repeat([1, 0, 0, 1], [20, 15, 5, 10])
    predicted = np.repeat([1, 0, 1, 0], [20, 15, 5, 10])
    assert kappa.function(predicted, true, 2) == pytest.approx((0.7 - 0.5) / (1 - 0.5))
    # (TP TN - FP FN) / sqrt(25 x 30 x 25 x 20)
    assert matthews.function(predicted, true, 2) == pytest.approx((20 * 15 - 5 * 10) / np.sqrt(25 * 30 * 25 * 20))


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_scikit_learn_agrees(classes):
    metrics = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed")
    random = np.random.default_rng(classes)
    true = random.integers(0, classes, 200)
    predicted = np.where(random.random(200) < 0.6, true, random.integers(0, classes, 200))
    assert kappa.function(predicted, true, classes) == pytest.approx(metrics.cohen_kappa_score(true, predicted))
    assert matthews.function(predicted, true, classes) == pytest.approx(metrics.matthews_corrcoef(true, predicted))


def test_always_the_common_class_is_accurate_and_worth_nothing():
    true, predicted = np.repeat([0, 1], [99, 1]), np.zeros(100, int)
    assert (predicted == true).mean() == 0.99
    assert kappa.function(predicted, true, 2) == pytest.approx(0)
    assert matthews.function(predicted, true, 2) == 0


def test_perfect_opposite_and_nothing_to_tell_apart():
    true = np.array([0, 1, 0, 1])
    for metric in (kappa, matthews):
        assert metric.function(true, true, 2) == pytest.approx(1)
        assert metric.function(1 - true, true, 2) == pytest.approx(-1)
        assert metric.function(np.zeros(4, int), np.zeros(4, int), 2) == 0


def test_a_run_measures_them():
    trainer = build(load_experiment("iris", ["training.epochs=5"]), load_registry()).trainer
    *_, last, _ = list(trainer.events())
    assert last.train["kappa"] <= last.train["accuracy"]
    assert -1 <= last.validation["matthews"] <= 1
