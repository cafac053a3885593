"""Every key that says what is computed: each is computed by the kernels as numpy does it, or left to numpy.

A new key, or a new field of what kernels read, fails here until somebody has said which.
"""

from __future__ import annotations

from dataclasses import fields

import msgspec
import numpy as np
import pytest

from tui_nn.engine.batches import TrainingSet
from tui_nn.engine.data import Part
from tui_nn.engine.penalty import Penalty
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.experiment.schema import NetworkSection, TrainingSection

library = pytest.importorskip("tui_nn_fast.library", reason="needs the extra 'fast'")

COMPILED = {
    "loss": ["training.loss=one_vs_all", "network.layers[1].activation=sigmoid"],
    "lambda": ["training.lambda=1.0"],
    "l1": ["training.l1=0.5"],
    "clip_norm": ["training.clip_norm=0.1"],
    "clip_value": ["training.clip_value=0.001"],
    "class_weights": ["training.class_weights={setosa = 2.0, virginica = 0.5}"],
    "optimizer": ['training.optimizer={ kind = "adam", rate = 0.01, beta1 = 0.8, beta2 = 0.9, epsilon = 1e-4 }'],
    "schedule": ["training.schedule=cosine"],
    "batch": ["training.batch=7"],
    "epochs": ["training.epochs=5"],
    "seed": ["training.seed=3"],
    "threads": ["training.threads=2"],
    "accelerator": [],
    "metrics": ['training.metrics=["f1"]'],
    "early_stopping": ["training.early_stopping={patience = 1, min_change = 0.5}"],
    "plateau": ["training.plateau={patience = 1, min_change = 0.9}"],
    "max_steps": ["training.max_steps=5"],
    "max_seconds": ["training.max_seconds=60"],
    "layers": ["network.layers[0].activation=elu", "network.layers[0].units=20"],
    "initializer": ["network.initializer=he_normal"],
    "weights": ["network.layers[0].units=1", "network.weights=[[[0, 1, 2, 3, 4]], [[1, 2], [3, 4], [5, 6]]]"],
    "weights_by_columns": [],  # how a file of weights is read
}
LEFT_TO_NUMPY = {
    "frozen": ['training.frozen=["1.1"]'],
    "dtype": ["training.dtype=float64"],
    "another optimizer": ["training.optimizer=rmsprop"],
    "decoupled decay": ["training.optimizer=adamw"],
    "another activation": ["network.layers[0].activation=gelu"],
    "another layer": ['network.layers[0]={kind = "dropout", rate = 0.5}'],
    "another loss": ["training.loss=mean_absolute_error", "network.layers[1].activation=sigmoid"],
}


def trained(registry, *overrides):
    trainer = build(load_experiment("iris", ["training.epochs=3", *overrides]), registry).trainer
    before = trainer.network.parameters.values.copy()
    list(trainer.events())
    return trainer, trainer.network.parameters.values - before


def keys_of(section):
    return {field.encode_name for field in msgspec.structs.fields(section)}


def test_there_is_no_other_key():
    said = COMPILED.keys() | LEFT_TO_NUMPY.keys()
    assert keys_of(TrainingSection) | keys_of(NetworkSection) <= said
    assert {field.name for field in fields(TrainingSet)} == {"part", "y", "weights"}
    assert {field.name for field in fields(Part)} == {"source", "y", "rows", "offset", "factor", "dtype"} | {
        "weights"  # which kernels get with the training set
    }
    assert {field.name for field in fields(Penalty)} == {"decay", "absolute", "clip_norm", "clip_value"}


@pytest.mark.parametrize("key", COMPILED)
def test_compiled_it_gives_the_same(key, registry):
    plain, moved = trained(registry, *COMPILED[key])
    fast, fast_moved = trained(registry, *COMPILED[key], "training.accelerator=fast")
    assert not fast.stepper.gathers, "it was left to numpy"
    assert fast.progress.step == plain.progress.step
    assert np.linalg.norm(fast_moved - moved) <= 2e-4 * np.linalg.norm(moved)


@pytest.mark.parametrize("key", LEFT_TO_NUMPY)
def test_left_to_numpy_it_gives_the_same(key, registry):
    _, moved = trained(registry, *LEFT_TO_NUMPY[key])
    fast, fast_moved = trained(registry, *LEFT_TO_NUMPY[key], "training.accelerator=fast")
    assert fast.stepper.gathers, "it was compiled"
    # The optimizer's update is compiled by itself where its steps are not.
    tolerance = 0 if key in ("dtype", "another optimizer", "decoupled decay") else 2e-4
    assert np.linalg.norm(fast_moved - moved) <= tolerance * np.linalg.norm(moved)
    if key == "frozen":
        assert not fast_moved[:5].any()


def test_units_that_are_switched_off_are_left_to_numpy(registry):
    trainer = build(load_experiment("iris", ["training.accelerator=fast"]), registry).trainer
    x, network = trainer.splits.train, trainer.network
    assert not trainer.stepper.gathers
    network.switch_off([(1, 1)])
    assert trainer.stepper.gathers
    without = network.predict(x)
    plain = build(load_experiment("iris"), registry).network
    plain.switch_off([(1, 1)])
    assert np.array_equal(without, plain.predict(x))
    assert not np.allclose(without, build(load_experiment("iris"), registry).network.predict(x))


def test_weights_of_samples(registry, tmp_path):
    random = np.random.default_rng(0)
    x, weights = random.normal(size=(80, 3)), random.integers(0, 4, 80)
    path = tmp_path / "t.npz"
    np.savez(path, x=x, y=(x[:, 0] > 0).astype(int), sample_weight=weights)
    settings = [f"data.source={path}", "network.layers[1].units=2"]
    plain, moved = trained(registry, *settings)
    fast, fast_moved = trained(registry, *settings, "training.accelerator=fast")
    assert plain.sample_weights() is not None
    assert not fast.stepper.gathers
    assert np.linalg.norm(fast_moved - moved) <= 2e-4 * np.linalg.norm(moved)


@pytest.mark.parametrize("way", ["unit", "standard"])
def test_scaled_targets_of_a_regression(way, registry, tmp_path):
    random = np.random.default_rng(0)
    x = random.normal(size=(80, 3))
    table = np.column_stack([x, 1000 + 50 * x[:, 0]])
    path = tmp_path / "t.csv"
    np.savetxt(path, table, delimiter=",", header="a,b,c,t", comments="")
    settings = [f"data.source={path}", "data.target=t", "data.task=regression", f"data.scale_target={way}",
                "training.loss=mean_squared_error", "network.layers[1]={kind = \"dense\", units = 1}"]  # fmt: skip
    plain, moved = trained(registry, *settings)
    fast, fast_moved = trained(registry, *settings, "training.accelerator=fast")
    assert not fast.stepper.gathers
    assert np.linalg.norm(fast_moved - moved) <= 2e-4 * np.linalg.norm(moved)
    part = plain.splits.validation
    assert fast.measure(part)[0] == pytest.approx(plain.measure(part)[0], rel=1e-3)
