"""The estimators keep all rules of scikit-learn, and go through its tools as its own do."""

from __future__ import annotations

import pickle
import subprocess
import sys
import warnings
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from oracles import Oracle

import tui_nn

installed = find_spec("sklearn")
if installed is None or tuple(map(int, version("scikit-learn").split(".")[:2])) < (1, 6):
    pytest.skip("needs scikit-learn 1.6", allow_module_level=True)

# Imported when a test asks them.
of_base, of_calibration, of_checks, of_datasets, of_exceptions, of_pipelines, of_preprocessing, of_selection = (
    Oracle(f"sklearn.{name}")
    for name in (
        "base", "calibration", "utils.estimator_checks", "datasets", "exceptions", "pipeline", "preprocessing",
        "model_selection",
    )
)  # fmt: skip
estimators = Oracle("tui_nn.sklearn")

IRIS = np.loadtxt(Path(installed.origin).parent / "datasets" / "data" / "iris.csv", delimiter=",", skiprows=1)
X, Y = IRIS[:, :-1], IRIS[:, -1].astype(int)
NAMES = np.array(["setosa", "versicolor", "virginica"])[Y]
FEW = {"epochs": 5, "random_state": 0}


def softsign(z):
    "z over 1 + |z|."
    return z / (1 + np.abs(z))


# The rules


@pytest.mark.slow
@pytest.mark.parametrize("name", ["TuiClassifier", "TuiRegressor"], ids=["classifier", "regressor"])
def test_every_check_of_scikit_learn_passes(name):
    estimator = getattr(estimators, name)()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", of_exceptions.DataConversionWarning)
        found = of_checks.check_estimator(estimator, on_fail=None, on_skip=None)
    assert {one["check_name"]: repr(one["exception"]) for one in found if one["status"] == "failed"} == {}
    assert {one["status"] for one in found} <= {"passed", "skipped"}
    assert len(found) == len(list(of_checks.estimator_checks_generator(estimator, legacy=True)))
    assert sum(one["status"] == "passed" for one in found) >= 55


# The same network as that of the API


def test_an_estimator_comes_to_the_bits_of_the_api():
    fitted = estimators.TuiClassifier(["25 relu", "softmax"], epochs=4, random_state=3, batch=16).fit(X, Y)
    net = tui_nn.train(X, Y, layers=["25 relu", "softmax"], epochs=4, seed=3, batch=16, validation=0.0, dtype="float64")
    assert (fitted.net_.net.parameters == net.net.parameters).all()
    assert (fitted.predict(X) == net.predict(X)).all()
    assert fitted.loss_curve_ == list(net.history.train["loss"])[1:]
    assert fitted.n_iter_ == 4


def test_a_regression_comes_in_its_own_units_of_one_column_or_several():
    y = 1000 * X[:, 0] + X[:, 1]
    one, two = estimators.TuiRegressor(**FEW).fit(X, y), estimators.TuiRegressor(**FEW).fit(X, np.column_stack([y, -y]))
    assert one.predict(X).shape == (150,)
    assert two.predict(X).shape == (150, 2)
    assert estimators.TuiRegressor(epochs=60, random_state=0).fit(X, y).score(X, y) > 0.98


def test_several_labels():
    x, y = of_datasets.make_multilabel_classification(n_samples=200, n_labels=2, n_classes=4, random_state=0)
    fitted = estimators.TuiClassifier(epochs=60, random_state=0).fit(x, y)
    assert fitted.predict(x).shape == fitted.predict_proba(x).shape == (200, 4)
    assert (fitted.predict(x) == (fitted.predict_proba(x) >= 0.5)).all()
    assert fitted.score(x, y) > 0.5
    alone = (y[:, :2].cumsum(axis=1) == 1).astype(int)
    assert estimators.TuiClassifier(**FEW).fit(x, alone).predict_proba(x).shape == (200, 2)


# Its tools


@pytest.mark.slow
def test_a_grid_is_searched_in_two_processes_also_over_functions():
    layers = [["8 tanh", "softmax"], [{"kind": "dense", "units": 8, "activation": softsign}, "softmax"]]
    grid = of_selection.GridSearchCV(
        estimators.TuiClassifier(epochs=20, random_state=0), {"layers": layers, "rate": [0.003, 0.03]}, n_jobs=2
    )
    grid.fit(X, NAMES)
    alone = of_selection.GridSearchCV(of_base.clone(grid.estimator), grid.param_grid).fit(X, NAMES)
    assert (grid.cv_results_["mean_test_score"] == alone.cv_results_["mean_test_score"]).all()
    assert grid.best_score_ > 0.9
    assert set(grid.predict(X)) == set(NAMES)


def test_pipelines_clones_predictions_and_calibration():
    pipeline = of_pipelines.make_pipeline(
        of_preprocessing.StandardScaler(), estimators.TuiClassifier(["8 tanh", "softmax"], epochs=40, random_state=0)
    )
    assert (of_selection.cross_val_predict(pipeline, X, NAMES, cv=3) == NAMES).mean() > 0.9
    calibrated = of_calibration.CalibratedClassifierCV(of_base.clone(pipeline), cv=3).fit(X, NAMES)
    assert calibrated.predict_proba(X).sum(axis=1) == pytest.approx(1)
    weights = np.where(Y == 0, 3.0, 1.0)
    pipeline.fit(X, NAMES, tuiclassifier__sample_weight=weights)
    assert pipeline.score(X, NAMES) > 0.9


def test_a_fitted_one_is_pickled_and_goes_on():
    fitted = estimators.TuiClassifier([{"kind": "dense", "units": 4, "activation": softsign}, "softmax"], **FEW)
    fitted.partial_fit(X, NAMES, classes=np.unique(NAMES))
    again = pickle.loads(pickle.dumps(fitted))
    assert (again.predict_proba(X) == fitted.predict_proba(X)).all()
    assert estimators.TuiClassifier(**FEW).fit(X, Y).net_.data is None
    for one in (fitted, again):
        one.partial_fit(X, NAMES)
    assert (again.predict_proba(X) == fitted.predict_proba(X)).all()


# Going on


@pytest.mark.parametrize("optimizer", ["adam", {"kind": "sgd", "rate": 0.1, "momentum": 0.9}])
def test_passes_are_epochs(optimizer):
    settings = {"layers": ["6 tanh", "softmax"], "optimizer": optimizer, "batch": 32, "random_state": 1}
    whole = estimators.TuiClassifier(schedule="constant", epochs=4, **settings).fit(X, Y)
    passes = estimators.TuiClassifier(**settings)
    for _ in range(4):
        passes.partial_fit(X, Y, classes=[0, 1, 2])
    assert (passes.net_.net.parameters == whole.net_.net.parameters).all()
    assert passes.loss_curve_ == whole.loss_curve_
    assert passes.n_iter_ == 4


def test_passes_may_have_one_class_each_and_keep_the_scale_of_the_first():
    order = np.argsort(Y, kind="stable")
    passes = estimators.TuiClassifier(random_state=0)
    for start in range(0, 150, 50):
        rows = order[start : start + 50]
        passes.partial_fit(X[rows], NAMES[rows], classes=np.unique(NAMES))
        assert passes.net_.net.preparation.offset == pytest.approx(X[order[:50]].mean(axis=0))
    assert passes.classes_.tolist() == np.unique(NAMES).tolist()
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        estimators.TuiClassifier().partial_fit(X, Y)
    with pytest.raises(ValueError, match=r"y has the classes \['other'\]"):
        passes.partial_fit(X, np.where(Y == 0, "other", NAMES))


def test_passes_of_a_regression():
    y = 1000 * X[:, 0] + X[:, 1]
    passes = estimators.TuiRegressor(random_state=0, batch=32)
    for _ in range(60):
        passes.partial_fit(X, y)
    assert passes.score(X, y) > 0.95


def test_a_warm_start_begins_where_the_last_fit_ended():
    warm = estimators.TuiClassifier(warm_start=True, **FEW).fit(X, Y)
    first = warm.net_.net.parameters.copy()
    losses = list(warm.loss_curve_)
    warm.fit(X, Y)
    assert warm.net_.history.train["loss"][0] == pytest.approx(losses[-1])
    assert warm.loss_curve_[:5] == losses
    assert len(warm.loss_curve_) == 10
    assert (estimators.TuiClassifier(**FEW).fit(X, Y).fit(X, Y).net_.net.parameters == first).all()
    with pytest.raises(ValueError, match="weights for a network of"):
        warm.set_params(layers=["3 tanh", "softmax"]).fit(X, Y)


def test_it_stops_early_and_keeps_the_best():
    random = np.random.default_rng(0)
    noise = random.integers(0, 2, 120)
    early = estimators.TuiClassifier(
        early_stopping=True, validation_fraction=0.3, n_iter_no_change=3, epochs=200, random_state=0
    )
    early.fit(random.normal(size=(120, 10)), noise)
    assert early.n_iter_ < 200
    assert early.best_epoch_ == early.n_iter_ - 3
    measured = early.history_.validation["loss"]
    assert min(measured) == measured[early.best_epoch_]
    assert early.net_.metrics["validation"]["loss"] == min(measured)
    assert early.validation_loss_curve_ == list(measured)[1:]


# Weights


def test_a_weight_is_the_sample_so_many_times():
    random = np.random.default_rng(0)
    weights = random.integers(0, 4, 150).astype(float)
    rows = np.repeat(np.arange(150), weights.astype(int))
    for y in (Y, 100 * X[:, 0] + 5):
        kind = estimators.TuiClassifier if y is Y else estimators.TuiRegressor
        weighted = kind(batch="full", l2=2.0, **FEW).fit(X, y, sample_weight=weights)
        repeated = kind(batch="full", l2=2.0, **FEW).fit(X[rows], y[rows])
        assert weighted.net_.net.parameters == pytest.approx(repeated.net_.net.parameters, abs=1e-9)


def test_weights_of_classes_and_of_samples_multiply():
    own = estimators.TuiClassifier(class_weight={0: 1.0, 1: 2.0, 2: 3.0}, **FEW).fit(X, Y)
    by_hand = estimators.TuiClassifier(**FEW).fit(X, Y, sample_weight=np.array([1.0, 2.0, 3.0])[Y])
    assert (own.net_.net.parameters == by_hand.net_.net.parameters).all()
    assert estimators.TuiClassifier(class_weight="balanced", **FEW).fit(X, NAMES).score(X, NAMES) > 0


# What is said


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"layers": ["5 thanh", "softmax"]}, "unknown activation 'thanh'. Did you mean 'tanh'"),
        ({"settings": {"training.epoch": 3}}, "training.epoch: unknown key. Did you mean 'epochs'"),
        ({"layers": [{"kind": "dense", "units": 3, "activation": lambda z: z}, "softmax"]}, "has no name"),
        ({"optimizer": {"kind": "sgd", "rate": 1e30}, "layers": ["5 relu", "softmax"], "epochs": 30}, "loss became"),
        ({"batch": 0}, "training.batch"),
    ],
)  # fmt: skip
def test_errors_are_those_of_the_product_and_value_errors(parameters, said):
    with pytest.raises(ValueError, match=said.partition(".")[0]) as error:
        estimators.TuiClassifier(**parameters).fit(X, Y)
    assert said in str(error.value)
    assert isinstance(error.value, tui_nn.TuiNNError)


def test_an_optimizer_that_sees_all_samples_at_once_makes_no_passes():
    pytest.importorskip("scipy")
    minimizer = {"optimizer": "lbfgs", "batch": "full", "schedule": "constant"}
    assert estimators.TuiClassifier(**minimizer, **FEW).fit(X, Y).n_iter_ == 5
    with pytest.raises(ValueError, match="'lbfgs' sees all samples at once"):
        estimators.TuiClassifier(**minimizer).partial_fit(X, Y, classes=[0, 1, 2])


@pytest.mark.slow
def test_digits_are_learnt_as_well_as_by_their_own():
    from sklearn.model_selection import cross_val_score
    from sklearn.neural_network import MLPClassifier

    digits, y = of_datasets.load_digits(return_X_y=True)
    settings = {"early_stopping": False, "random_state": 0}
    ours = cross_val_score(
        estimators.TuiClassifier(["50 relu", "softmax"], epochs=40, **settings), digits, y, cv=3
    ).mean()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = of_pipelines.make_pipeline(
            of_preprocessing.StandardScaler(), MLPClassifier(50, max_iter=40, learning_rate_init=0.01, **settings)
        )
        reached = cross_val_score(theirs, digits, y, cv=3).mean()
    assert ours > reached - 0.02


def test_without_scikit_learn_the_import_says_what_to_install():
    code = "import sys; sys.modules['sklearn'] = None\ntry: import tui_nn.sklearn\nexcept ImportError as e: print(e)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "tui_nn.sklearn needs scikit-learn: pip install 'tui-nn[sklearn]'.\n"
