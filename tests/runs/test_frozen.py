"""Frozen units: no step moves them, whatever the optimizer, and a run that was frozen on its way repeats itself."""

from __future__ import annotations

import json

import numpy as np
import pytest
from in_process import tui_nn, weights

from tui_nn.engine.optimizer import Minimizer
from tui_nn.errors import ExperimentError
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build, check
from tui_nn.experiment.frozen import toggled
from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.registry import load_registry
from tui_nn.runs.reader import open_run
from tui_nn.views import Subject, find
from tui_nn.views.frozen import frozen_units

LAYERS = (
    'network.layers=[{kind="dense",units=6,activation="tanh"},{kind="maxout",units=4,pieces=2},'
    '{kind="dense",units=3,activation="softmax"}]'
)
OPTIMIZERS = [one.name for one in load_registry().all("optimizer")]


@pytest.fixture(autouse=True)
def there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_no_optimizer_moves_what_is_frozen_and_all_move_the_rest(registry, optimizer):
    kind = registry.create("optimizer", optimizer)
    if isinstance(kind, Minimizer):
        pytest.importorskip("scipy")
    overrides = [LAYERS, f"training.optimizer={optimizer}", "training.epochs=3", "training.lambda=0.5",
                 "training.loss=softmax_cross_entropy", 'training.frozen=["1.2", "2.4", "3"]']  # fmt: skip
    if kind.full_batch:
        overrides.append("training.batch=full")
    setup = build(load_experiment("iris", overrides), registry)
    before = [theta.copy() for theta in setup.network.parameters.thetas]
    list(setup.trainer.events())
    first, second, third = (a != b for a, b in zip(setup.network.parameters.thetas, before, strict=True))
    assert not first[1].any()
    assert not second[6:8].any(), "both pieces of a maxout unit"
    assert not third.any(), "all of a layer"
    assert first[[0, 2, 3, 4, 5]].any(axis=1).all()
    assert second[:6].any(axis=1).all()


def test_the_rest_learns_as_by_plain_loops(registry):
    """Clipping sees what learns: without the frozen part of the gradient."""
    dense = '{kind="dense",units=%d,activation="sigmoid"}'
    overrides = [f"network.layers=[{dense % 3},{dense % 3}]", "training.dtype=float64", "training.batch=full",
                 "training.optimizer={kind='sgd',rate=0.5,momentum=0.0}", "training.clip_norm=0.1",
                 "training.loss=mean_squared_error", "training.epochs=4", 'training.frozen=["1.2"]']  # fmt: skip
    setup = build(load_experiment("iris", overrides), registry)
    theta1, theta2 = (theta.copy() for theta in setup.network.parameters.thetas)
    x = np.hstack([np.ones((len(setup.splits.train), 1)), setup.splits.train.x])
    y = np.eye(3)[setup.splits.train.y]
    list(setup.trainer.events())
    loss = registry.get("loss", "mean_squared_error")
    scale = float(loss.costs(np.array([[1.0], [0], [0]]), np.zeros((3, 1)))[0])  # of a square in J
    for _ in range(4):
        a1 = 1 / (1 + np.exp(-x @ theta1.T))
        joined = np.hstack([np.ones((len(x), 1)), a1])
        a2 = 1 / (1 + np.exp(-joined @ theta2.T))
        delta2 = 2 * scale * (a2 - y) * a2 * (1 - a2) / len(x)
        delta1 = (delta2 @ theta2[:, 1:]) * a1 * (1 - a1)
        gradient1, gradient2 = delta1.T @ x, delta2.T @ joined
        gradient1[1] = 0
        length = np.sqrt((gradient1**2).sum() + (gradient2**2).sum())
        shrink = min(1.0, 0.1 / length)
        theta1 -= 0.5 * shrink * gradient1
        theta2 -= 0.5 * shrink * gradient2
    found1, found2 = setup.network.parameters.thetas
    np.testing.assert_allclose(found1, theta1, rtol=1e-9)
    np.testing.assert_allclose(found2, theta2, rtol=1e-9)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("1.7", "found '1.7'; layer 1 has units 1 to 6"),
        ("4", "found '4'; expected a layer from 1 to 3"),
        ("0.1", "found '0.1'; expected a layer from 1 to 3"),
        ("one", "found 'one'; expected LAYER.UNIT"),
    ],
)
def test_what_is_not_there_is_an_error_of_the_key(registry, name, says):
    experiment = load_experiment("iris", [LAYERS, "training.loss=softmax_cross_entropy", f'training.frozen=["{name}"]'])
    with pytest.raises(ExperimentError) as found:
        check(experiment, registry)
    assert found.value.key == "training.frozen"
    assert says in str(found.value)


def test_a_layer_without_weights_of_its_units_is_frozen_whole_or_not_at_all(registry):
    layers = 'network.layers=[{kind="standardize"},{kind="dense",units=3,activation="sigmoid"}]'
    with pytest.raises(ExperimentError, match="layer 1, standardize, has no weights that are trained"):
        check(load_experiment("iris", [layers, 'training.frozen=["1"]']), registry)


def test_frozen_on_the_way_is_part_of_the_recipe_of_resume_and_verify(tmp_path):
    """At once or in three pieces: the same bits; and the frozen row stays from its moment on."""
    begin = ("train", "iris", "--quiet", "--set", 'training.optimizer={kind="adam",rate=0.01}')
    assert tui_nn(*begin, "--set", "training.epochs=3", "--run-dir", "run") == 0
    rows = slice(5, 10)  # unit 2 of the first layer: 4 inputs and the bias
    frozen_at = weights(tmp_path / "run")[rows].copy()
    more = ("train", "--quiet", "--resume", "run")
    assert tui_nn(*more, "--set", "training.epochs=5", "--set", 'training.frozen=["1.2"]') == 0
    np.testing.assert_array_equal(weights(tmp_path / "run")[rows], frozen_at)
    assert tui_nn(*more, "--exact", "--set", "training.epochs=7") == 0
    np.testing.assert_array_equal(weights(tmp_path / "run")[rows], frozen_at)
    assert tui_nn("verify", "run") == 0
    assert tui_nn(*more, "--set", "training.epochs=9", "--set", "training.frozen=[]") == 0
    assert (weights(tmp_path / "run")[rows] != frozen_at).all()
    assert tui_nn("verify", "run") == 0
    lines = (tmp_path / "run" / "events.jsonl").read_text().splitlines()
    changed = [json.loads(line) for line in lines if '"training.frozen"' in line]
    assert [one["value"] for one in changed] == ['["1.2"]', "[]"]


def test_an_accelerator_leaves_it_as_it_is_too(registry):
    if "native" not in registry.names("accelerator") and not registry.names("accelerator"):
        pytest.skip("no accelerator")
    for name in registry.names("accelerator"):
        overrides = ["training.epochs=2", f"training.accelerator={name}", 'training.frozen=["1.2"]']
        try:
            setup = build(load_experiment("digits", overrides), registry)
        except ExperimentError as error:
            pytest.skip(str(error))
        before = setup.network.parameters.thetas[0].copy()
        list(setup.trainer.events())
        moved = (setup.network.parameters.thetas[0] != before).any(axis=1)
        assert not moved[1]
        assert moved[[0, *range(2, 25)]].all()


def test_a_view_says_what_is_frozen_at_its_moment(tmp_path):
    assert tui_nn("train", "digits", "--quiet", "--set", "training.epochs=2", "--run-dir", "run") == 0
    more = ("--set", "training.epochs=4", "--set", 'training.frozen=["1.13"]')
    assert tui_nn("train", "--quiet", "--resume", "run", *more) == 0
    subject = Subject(open_run(tmp_path / "run"))
    assert frozen_units(subject) == {(1, 13)}
    assert "frozen" in find("units").here(subject, Knobs(at=(1, 13))).says
    assert "frozen" not in find("units").here(subject, Knobs(at=(1, 12))).says
    subject.go(1)
    assert frozen_units(subject) == frozenset()


def test_one_is_let_go_of_a_layer_that_is_frozen_whole():
    assert toggled([], (1, 13), 25) == ["1.13"]
    assert toggled(["1.13", "2"], (1, 13), 25) == ["2"]
    assert toggled(["2"], (2, 3), 4) == ["2.1", "2.2", "2.4"]
