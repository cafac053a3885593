"""Every metric beside scikit-learn's, on cases drawn at random and on those where scikit-learn warns or gives up.

Where scikit-learn has no number we have none (NaN), or leave out what has none, as docs/conventions.md says.
"""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from oracles import Oracle

from tui_nn.engine.data import Part
from tui_nn.engine.layer import Dense
from tui_nn.engine.measuring import measure, suited
from tui_nn.engine.metric import Measured
from tui_nn.engine.network import Network
from tui_nn.engine.random import stream
from tui_nn.engine.targets import Targets

metrics = Oracle("sklearn.metrics")

CASES = 60


def quietly(function, *arguments, **options):
    """What scikit-learn gives, without its warnings; NaN where it raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return function(*arguments, **options)
        except ValueError:
            return math.nan


def of(true, probabilities, predicted=None):
    predicted = probabilities.argmax(axis=1) if predicted is None else predicted
    classes = probabilities.shape[1]
    return Measured(np.zeros(len(true)), probabilities, predicted, true, classes, probabilities)


def drawn(case):
    """Labels and probabilities: few samples or many, classes that are absent, ties, certainty."""
    random = stream(case, "metrics")
    classes, samples = int(random.integers(2, 7)), int(random.choice([1, 2, 3, 8, 50, 300]))
    true = random.integers(0, random.integers(1, classes + 1), samples)
    probabilities = random.dirichlet(np.full(classes, random.choice([0.05, 0.5, 5.0])), samples)
    if case % 3 == 0:  # so coarse that many are equal
        probabilities = np.round(probabilities * 4) + 0.25
        probabilities /= probabilities.sum(axis=1, keepdims=True)
    return true, probabilities.astype(np.float32 if case % 2 else np.float64)


@pytest.mark.parametrize("case", range(CASES))
def test_metrics_of_classes_equal_scikit_learns(registry, case):
    true, probabilities = drawn(case)
    found = of(true, probabilities)
    labels = range(found.classes)
    occur = sorted({*true.tolist(), *found.predicted.tolist()})
    macro = {"average": "macro", "zero_division": 0}
    expected = {
        "accuracy": metrics.accuracy_score(true, found.predicted),
        "precision": metrics.precision_score(true, found.predicted, **macro),
        "recall": metrics.recall_score(true, found.predicted, **macro),
        "f1": metrics.f1_score(true, found.predicted, **macro),
        "balanced_accuracy": quietly(metrics.balanced_accuracy_score, true, found.predicted),
        "mcc": quietly(metrics.matthews_corrcoef, true, found.predicted),
        "log_loss": quietly(metrics.log_loss, true, probabilities, labels=labels),
    }
    if found.classes == 2:
        expected["f1_binary"] = metrics.f1_score(true, found.predicted, zero_division=0)
    else:
        expected["top_3"] = quietly(metrics.top_k_accuracy_score, true, probabilities, k=3, labels=labels)
    for name, theirs in expected.items():
        ours = registry.get("metric", name).value(found)
        # Ties for the third place are broken differently.
        if name != "top_3" or (case % 3 and found.classes > 3):
            assert ours == pytest.approx(theirs, rel=1e-5, abs=1e-12), (name, occur)
    counts = registry.get("metric", "confusion").value(found).tolist()
    assert counts == metrics.confusion_matrix(true, found.predicted, labels=labels).tolist()


@pytest.mark.parametrize("case", range(CASES))
def test_the_area_under_the_curve_equals_scikit_learns(registry, case):
    """Class by class, for scikit-learn has no mean where one of them has no samples."""
    true, probabilities = drawn(case)
    ours = registry.get("metric", "roc_auc").value(of(true, probabilities))
    if probabilities.shape[1] == 2:
        theirs = [quietly(metrics.roc_auc_score, true, probabilities[:, 1])]
    else:
        columns = enumerate(probabilities.T)
        theirs = [quietly(metrics.roc_auc_score, true == label, scores) for label, scores in columns]
        if len(set(true.tolist())) == probabilities.shape[1]:
            at_once = quietly(metrics.roc_auc_score, true, probabilities, multi_class="ovr")
            assert math.isnan(at_once) or ours == pytest.approx(at_once, rel=1e-9)
    known = [value for value in theirs if not math.isnan(value)]
    assert ours == pytest.approx(np.mean(known), rel=1e-9) if known else math.isnan(ours)


def test_what_has_no_number_is_none(registry):
    """One sample, or one class: scikit-learn warns and gives NaN for the area, 0 for MCC."""
    one = of(np.array([1]), np.array([[0.2, 0.8]]))
    assert math.isnan(registry.get("metric", "roc_auc").value(one))
    assert math.isnan(quietly(metrics.roc_auc_score, [1], [0.8]))
    assert registry.get("metric", "mcc").value(one) == quietly(metrics.matthews_corrcoef, [1], [1]) == 0
    broken = of(np.array([0, 1]), np.array([[0.5, 0.5], [np.nan, np.nan]]))
    assert math.isnan(registry.get("metric", "roc_auc").value(broken))
    assert math.isnan(registry.get("metric", "log_loss").value(broken))


def test_certainty_that_is_wrong_costs_what_the_type_can_tell(registry):
    """As scikit-learn clips: 1.19e-7 in float32, 2.2e-16 in float64."""
    log_loss = registry.get("metric", "log_loss")
    for dtype in (np.float32, np.float64):
        probabilities = np.array([[1, 0], [0, 1]], dtype)
        theirs = metrics.log_loss([1, 1], probabilities, labels=[0, 1])
        assert log_loss.value(of(np.array([1, 1]), probabilities)) == pytest.approx(theirs, rel=1e-6)
        assert theirs == pytest.approx(-math.log(np.finfo(dtype).eps) / 2, rel=1e-5)


def test_counts_of_a_million_samples_do_not_overflow(registry):
    """Products of counts leave 64 bits from 65,536 samples on."""
    random = stream(1, "many")
    true, predicted = random.integers(0, 3, 1_000_000), random.integers(0, 3, 1_000_000)
    predicted[:500_000] = true[:500_000]
    found = of(true, np.zeros((len(true), 3)), predicted)
    theirs = metrics.matthews_corrcoef(true, predicted)
    assert registry.get("metric", "mcc").value(found) == pytest.approx(theirs, rel=1e-9)


def numbers(true, outputs):
    return Measured(np.zeros(len(true)), outputs, outputs, true, 0)


@pytest.mark.parametrize("case", range(CASES))
def test_metrics_of_numbers_equal_scikit_learns(registry, case):
    """In units from 1e-6 to 1e6; a constant column has no R2 of ours, and 0 or 1 of theirs."""
    random = stream(case, "numbers")
    samples, columns = int(random.choice([1, 2, 5, 100])), int(random.integers(1, 4))
    scale = 10.0 ** random.integers(-6, 7)
    true = scale * (random.normal(size=(samples, columns)) + random.choice([0, 3]))
    if case % 4 == 0:
        true[:, 0] = true[0, 0]
    outputs = true + scale * random.normal(0, 0.5, true.shape)
    found = numbers(true, outputs)
    assert registry.get("metric", "mae").value(found) == pytest.approx(metrics.mean_absolute_error(true, outputs))
    rmse = registry.get("metric", "rmse").value(found)
    assert rmse == pytest.approx(metrics.root_mean_squared_error(true, outputs))
    varies = [column for column in range(columns) if len(set(true[:, column])) > 1]
    r2 = registry.get("metric", "r2").value(found)
    if varies:
        assert r2 == pytest.approx(metrics.r2_score(true[:, varies], outputs[:, varies]))
    else:
        assert math.isnan(r2)


def test_scikit_learn_calls_a_constant_target_nothing_or_everything_explained(registry):
    """So the mean of three columns is lifted or sunk by one that says nothing; ours leaves it out."""
    same = np.full((5, 1), 3.0)
    assert metrics.r2_score(same, same) == 1
    assert metrics.r2_score(same, same + 1) == 0
    r2 = registry.get("metric", "r2")
    assert math.isnan(r2.value(numbers(same, same)))
    assert math.isnan(r2.value(numbers(same[:1], same[:1])))  # scikit-learn: NaN and a warning
    assert math.isnan(quietly(metrics.r2_score, same[:1], same[:1]))
    other = np.arange(5.0)[:, None]
    assert r2.value(numbers(np.hstack([same, other]), np.hstack([same, other + 1]))) == pytest.approx(0.5)


@pytest.mark.parametrize("scale", [1.0, 1e-25, 1e25], ids=["ordinary", "tiny", "huge"])
def test_many_float32_far_from_0(registry, scale):
    """A hundred thousand samples, and where squares leave the range of float32."""
    random = stream(6, "regression")
    true = (scale * (1000 + random.normal(size=(100_000, 2)))).astype(np.float32)
    outputs = (true + scale * random.normal(0, 0.5, true.shape)).astype(np.float32)
    found = numbers(true, outputs)
    wide = true.astype(np.float64) / scale, outputs.astype(np.float64) / scale
    for name, theirs in (
        ("mae", scale * metrics.mean_absolute_error(*wide)),
        ("rmse", scale * metrics.root_mean_squared_error(*wide)),
        ("r2", metrics.r2_score(*wide)),
    ):
        assert registry.get("metric", name).value(found) == pytest.approx(theirs, rel=1e-5), name


def network_of(registry, units, activation, loss):
    network = Network(2, [Dense(units, registry.get("activation", activation))], np.float64)
    network.parameters.values[...] = stream(3, "weights").normal(size=len(network.parameters))
    loss = registry.get("loss", loss)
    if activation == "identity" and loss.link:
        loss = loss.on_scores(registry.get("activation", loss.link))
    return network, loss


@pytest.mark.parametrize(
    ("units", "activation", "loss"),
    [
        (3, "softmax", "softmax_cross_entropy"),
        (3, "identity", "softmax_cross_entropy"),
        (3, "sigmoid", "one_vs_all"),
        (3, "identity", "one_vs_all"),
        (1, "sigmoid", "binary_cross_entropy"),
        (1, "identity", "binary_cross_entropy"),
        (2, "softmax", "softmax_cross_entropy"),
    ],
)
def test_probabilities_are_those_that_the_network_gives(registry, units, activation, loss):
    """Scores go through what the loss adds; those of one-vs-all are divided by their sum."""
    network, cost = network_of(registry, units, activation, loss)
    classes = max(units, 2)
    x, true = stream(4, "rows").normal(size=(40, 2)), np.arange(40) % classes
    z = x @ network.parameters.thetas[0][:, 1:].T + network.parameters.thetas[0][:, 0]
    if loss == "softmax_cross_entropy":
        p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    else:
        p = 1 / (1 + np.exp(-z))
        p = np.hstack([1 - p, p]) if units == 1 else p / p.sum(axis=1, keepdims=True)
    targets = Targets(classes, units, threshold=0.0 if activation == "identity" else 0.5)
    chosen = suited(registry.all("metric"), network, cost, targets)
    found, _ = measure(network, Part(x, true), targets, cost, chosen)
    assert found["log_loss"] == pytest.approx(metrics.log_loss(true, p))
    scores, options = (p[:, 1], {}) if classes == 2 else (p, {"multi_class": "ovr"})
    assert found["roc_auc"] == pytest.approx(metrics.roc_auc_score(true, scores, **options))
    assert found["accuracy"] == pytest.approx(metrics.accuracy_score(true, p.argmax(axis=1)))
    assert ("f1_binary" in found) == (classes == 2)


SEVERAL = {
    "exact_match": lambda *both: metrics.accuracy_score(*both),
    "hamming_loss": lambda *both: metrics.hamming_loss(*both),
    "f1_macro": lambda *both: metrics.f1_score(*both, average="macro", zero_division=0),
    "f1_micro": lambda *both: metrics.f1_score(*both, average="micro", zero_division=0),
}


@pytest.mark.parametrize("case", range(CASES))
def test_metrics_of_several_labels_equal_scikit_learns(registry, case):
    """From one sample to hundreds; labels that nobody has, that all have, that are never predicted."""
    random = stream(case, "metrics/labels")
    samples, labels = int(random.choice([1, 2, 8, 300])), int(random.integers(2, 6))
    true = (random.uniform(size=(samples, labels)) < random.choice([0, 0.1, 0.5, 1], labels)).astype(int)
    predicted = np.where(random.uniform(size=true.shape) < 0.7, true, 1 - true)
    if case % 4 == 0:
        predicted[:, 0] = 0
    measured = Measured(np.zeros(samples), predicted, predicted, true, 0)
    for name, function in SEVERAL.items():
        assert registry.get("metric", name).value(measured) == pytest.approx(function(true, predicted), abs=1e-12), name


@pytest.mark.parametrize(
    ("activation", "loss"), [("sigmoid", "binary_cross_entropy"), ("identity", "mean_squared_error")]
)
def test_what_is_measured_of_labels(registry, activation, loss):
    network, cost = network_of(registry, 3, activation, loss)
    targets = Targets(0, 3, multi_label=True)
    names = [one.name for one in suited(registry.all("metric"), network, cost, targets)]
    assert sorted(names) == ["exact_match", "f1_macro", "f1_micro", "hamming_loss", "loss"]
    random = stream(0, "labels")
    x, true = random.normal(size=(50, network.inputs)), random.integers(0, 2, (50, 3)).astype(float)
    chosen = suited(registry.all("metric"), network, cost, targets)
    found, confusion = measure(network, Part(x, true), targets, cost, chosen)
    said = (network.predict(Part(x, true)) >= 0.5).astype(int)
    assert confusion is None
    assert found["exact_match"] == pytest.approx(metrics.accuracy_score(true, said))
    assert found["f1_macro"] == pytest.approx(metrics.f1_score(true, said, average="macro"))


def test_one_target_of_several_numbers_counts_as_much_as_another(registry):
    """R2 of several columns is scikit-learn's uniform average, whatever their variances."""
    random = stream(0, "metrics/numbers")
    true = random.normal(size=(60, 3)) * [1, 100, 0.01]
    found = true + random.normal(size=true.shape) * [0.1, 60, 0.001]
    measured = Measured(np.zeros(60), found, found, true, 0)
    for name, function in (("r2", metrics.r2_score), ("mae", metrics.mean_absolute_error)):
        expected = function(true, found, multioutput="uniform_average")
        assert registry.get("metric", name).value(measured) == pytest.approx(expected)


@pytest.mark.parametrize(("activation", "loss"), [("identity", "hinge"), ("tanh", "mean_squared_error")])
def test_where_outputs_are_no_probabilities_nothing_is_said_of_them(registry, activation, loss):
    network, cost = network_of(registry, 3, activation, loss)
    names = {one.name for one in suited(registry.all("metric"), network, cost, Targets(3, 3))}
    assert "accuracy" in names
    assert not names & {"log_loss", "roc_auc"}
