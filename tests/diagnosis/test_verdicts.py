"""Verdicts both ways: each fires on an experiment made to fail in its manner, none on healthy ones; remedies help."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tui_nn.diagnosis import RULES, diagnose
from tui_nn.engine.events import Ended, EpochFinished, StepsFinished
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.runs.codec import decode, encode
from tui_nn.runs.history import History


def trained(registry, name, overrides):
    """What a reader knows of such a run."""
    experiment = load_experiment(name, overrides)
    history = History()
    for event in build(experiment, registry).trainer.events():
        for one in event.each() if isinstance(event, StepsFinished) else (event,):
            history.apply(decode(encode(one)))
    return history, experiment


def deep(layers, activation):
    hidden = ", ".join(f"{{kind='dense', units=30, activation='{activation}'}}" for _ in range(layers))
    return f"network.layers=[{hidden}, {{kind='dense', units=10, activation='sigmoid'}}]"


def write_rare(path):
    """Two overlapping clouds, the second with 4 % of the samples."""
    random = np.random.default_rng(0)
    centres = np.array([0.0] * 480 + [1.5] * 20)
    points = random.normal(size=(500, 2)) + centres[:, None]
    rows = [f"{x},{y},{'often' if centre == 0 else 'rare'}" for (x, y), centre in zip(points, centres, strict=True)]
    path.write_text("\n".join(["x,y,label", *rows]))


RELU = "network.layers[0].activation=relu"
# Verdict -> experiments that are made to fail in this manner.
BROKEN = {
    "not_finite": [
        ("wine", "training.optimizer={kind='sgd', rate=5.0}", "training.loss=mean_squared_error", RELU,
         "network.layers[1].activation=identity"),
    ],
    "unscaled_inputs": [("wine", "data.scale=none"), ("digits", "data.scale=none", "training.epochs=5")],
    "symmetric_start": [("digits", "network.initialiser=zeros", "training.epochs=4")],
    "dead_units": [
        ("digits", RELU, "training.optimizer.rate=1.5", "training.epochs=4"),
        ("spiral", "network.layers[0].activation=relu", "network.layers[1].activation=relu", "training.epochs=20",
         "network.initialiser={kind='normal', sigma=1.0, bias=-30.0}"),
    ],
    "saturated_units": [
        ("digits", "network.initialiser={kind='normal', sigma=5.0}", "training.epochs=4"),
        ("digits", "training.optimizer.rate=5.0", "training.epochs=12"),
    ],
    "exploding_gradient": [
        ("digits", deep(8, "relu"), "network.initialiser={kind='normal', sigma=1.0}", "training.epochs=2",
         "training.optimizer.rate=1e-9"),
    ],
    "rate_too_high": [
        ("digits", "training.optimizer.rate=5.0", "training.epochs=12"),
        ("iris", "training.optimizer={kind='sgd', rate=8.0}"),
    ],
    "vanishing_gradient": [("digits", deep(8, "sigmoid"), "training.epochs=12")],
    "rate_too_low": [
        ("digits", "training.optimizer.rate=1e-5", "training.epochs=12"),
        ("spiral", "training.optimizer={kind='adam', rate=1e-6}", "training.epochs=30"),
    ],
    "class_imbalance": [("spiral", "data.source=rare.csv", "training.epochs=20", "training.optimizer.rate=0.001")],
    "overfitting": [("digits", "data.validation=0.97", "training.epochs=100")],
    "loss_at_chance": [
        ("spiral", "network.layers=[{kind='dense', units=1, activation='sigmoid'}]", "training.epochs=50"),
    ],
}  # fmt: skip
CASES = [(name, broken) for name, all_broken in BROKEN.items() for broken in all_broken]


def test_every_rule_has_an_experiment_that_breaks_it():
    assert set(BROKEN) == {rule.name for rule in RULES}


@pytest.mark.parametrize(("name", "broken"), CASES, ids=[f"{name}-{broken[0]}" for name, broken in CASES])
def test_each_fires_on_its_broken_experiment(registry, name, broken, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_rare(tmp_path / "rare.csv")
    source, *overrides = broken
    found = [verdict for verdict in diagnose(*trained(registry, source, overrides)) if verdict.name == name]
    assert found
    verdict = found[0]
    assert math.isfinite(verdict.number)
    assert verdict.source
    assert verdict.why.endswith(".")
    # What is offered next is an experiment, and in it this trouble is gone.
    assert verdict.remedy
    mended = diagnose(*trained(registry, source, [*overrides, *verdict.remedy]))
    assert name not in [one.name for one in mended]


HEALTHY = [("digits",), ("spiral",), ("xor",), ("wine",), ("iris",), ("xnor-by-hand",),
           ("digits", RELU, "training.optimizer={kind='adam', rate=0.003}"),
           ("spiral", "data.source=circle"), ("spiral", "data.source=gauss", "training.epochs=30"),
           ("digits", deep(2, "tanh"), "training.epochs=20")]  # fmt: skip


@pytest.mark.parametrize("healthy", HEALTHY, ids=[" ".join(healthy)[:40] for healthy in HEALTHY])
def test_none_fires_on_a_healthy_run(registry, healthy):
    name, *overrides = healthy
    assert diagnose(*trained(registry, name, overrides)) == []


@pytest.mark.slow
def test_none_fires_on_mnist(registry, reference):
    source = f"data.source={reference / 'mnist'}"
    assert diagnose(*trained(registry, "mnist-784-25-10", [source, "training.epochs=2"])) == []


@pytest.mark.parametrize("name", ["digits", "spiral", "xor"])
def test_none_fires_while_a_healthy_run_is_under_way(registry, name):
    experiment = load_experiment(name)
    history = History()
    for event in build(experiment, registry).trainer.events():
        if isinstance(event, StepsFinished | Ended):
            continue
        history.apply(event)
        if isinstance(event, EpochFinished):
            assert diagnose(history, experiment) == [], f"after epoch {event.epoch}"


def test_nothing_is_said_before_a_run_has_started():
    assert diagnose(History(), load_experiment("digits")) == []


def test_what_one_trouble_explains_is_not_told_as_another(registry):
    """A rule hides later ones only, so that two never hide each other."""
    names = [rule.name for rule in RULES]
    for index, rule in enumerate(RULES):
        assert set(rule.hides) <= set(names[index + 1 :]), rule.name
    found = diagnose(*trained(registry, "wine", ["data.scale=none"]))
    assert [verdict.name for verdict in found] == ["unscaled_inputs"]
