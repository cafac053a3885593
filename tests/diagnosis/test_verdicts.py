"""Verdicts both ways: each fires on an experiment made to fail in its manner, none on healthy ones; remedies help."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tui_nn.diagnosis import RULES, before_training, diagnose, is_by_hand, looks_odd
from tui_nn.diagnosis.case import Case
from tui_nn.diagnosis.doctor import causes_first
from tui_nn.diagnosis.remedy import ends
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


def write_tables(folder):
    """rare.csv: two overlapping clouds, the second with 4 % of the samples. noisy.csv: a line behind much noise, in ten
    columns of which two count. prices.csv: targets from 60,000 to 500,000. tiny.csv: targets of 1e-6. next.csv: targets
    from 3.5 to 10.5. ring.csv: a disc with 35 % of the samples, off the middle of the others.
    """
    random = np.random.default_rng(0)

    def write(name, header, rows):
        (folder / name).write_text("\n".join([header, *(",".join(map(str, row)) for row in rows)]))

    centres = np.array([0.0] * 480 + [1.5] * 20)
    points = random.normal(size=(500, 2)) + centres[:, None]
    write(
        "rare.csv", "x,y,label", [(x, y, "rare" if c else "often") for (x, y), c in zip(points, centres, strict=True)]
    )
    x = random.normal(size=(300, 10))
    yes = x[:, 0] + 0.5 * x[:, 1] + random.normal(size=300) > 0
    write(
        "noisy.csv", ",".join([*"abcdefghij", "label"]), [(*row, "yn"[int(y)]) for row, y in zip(x, yes, strict=True)]
    )
    x = random.normal(size=(200, 2))
    prices = 280000 + 220000 * np.tanh(x.sum(axis=1))
    write("prices.csv", "a,b,price", [(*row, y) for row, y in zip(x, prices, strict=True)])
    scaled = (prices - prices.mean()) / prices.std()
    write("tiny.csv", "a,b,price", [(*row, 1e-6 * y) for row, y in zip(x, scaled, strict=True)])
    x = random.uniform(-1, 1, (400, 2))
    inside = np.hypot(x[:, 0] - 0.25, x[:, 1]) < 0.67
    write("ring.csv", "x,y,label", [(*row, "in" if one else "out") for row, one in zip(x, inside, strict=True)])
    write("next.csv", "a,b,next", [(i, i + 1, i + 2.5) for i in range(1, 9)])


RELU = "network.layers[0].activation=relu"
REGRESSION = ("data.validation=0", "training.loss=mean_squared_error", "training.epochs=60",
              "network.layers=[{kind='dense', units=8, activation='tanh'}, {kind='dense', units=1}]")  # fmt: skip
NOISY = ("spiral", "data.source=noisy.csv", "data.scale=standard", "training.epochs=100",
         "training.optimizer={kind='adam', rate=0.01}",
         "network.layers=[{kind='dense', units=40, activation='tanh'}, {kind='dense', units=1}]")  # fmt: skip
# Verdict -> experiments that are made to fail in this manner.
BROKEN = {
    "unscaled_inputs": [("wine", "data.scale=none"), ("digits", "data.scale=none", "training.epochs=5")],
    "unreachable_targets": [
        ("xor", "data.source=next.csv", *REGRESSION, "network.layers[1].activation=sigmoid"),
        ("xor", "data.source=next.csv", *REGRESSION, "network.layers[1].activation=tanh"),
    ],
    "unscaled_targets": [
        ("xor", "data.source=prices.csv", *REGRESSION, "data.scale_target=none"),
        ("xor", "data.source=tiny.csv", *REGRESSION, "data.scale_target=none", "data.validation=0.2"),
    ],
    "symmetric_start": [("digits", "network.initializer=zeros", "training.epochs=4")],
    "saturated_start": [
        ("digits", "network.initializer={kind='normal', sigma=10.0}", "training.epochs=2"),
    ],
    "exploding_gradient": [
        ("digits", deep(8, "relu"), "network.initializer={kind='normal', sigma=1.0}", "training.epochs=6"),
    ],
    "rate_too_high": [
        ("digits", "training.optimizer.rate=10", "training.epochs=8"),
        ("digits", "training.optimizer.rate=100", "training.epochs=8"),
        ("digits", "training.optimizer={kind='adam', rate=10}", "training.epochs=8"),
        ("digits", RELU, "training.optimizer.rate=1.5", "training.epochs=4"),
        ("iris", "training.optimizer={kind='sgd', rate=8.0}"),
        ("iris", "training.optimizer.rate=100"),
        ("wine", "training.optimizer.rate=100"),
        ("spiral", "training.optimizer={kind='sgd', rate=10, momentum=0.9}", "training.epochs=60"),
        ("wine", "training.optimizer={kind='sgd', rate=5.0}", "training.loss=mean_squared_error", RELU,
         "network.layers[1].activation=identity"),
    ],
    "not_finite": [
        ("wine", "training.optimizer={kind='sgd', rate=0.1, momentum=0.99}", "training.loss=mean_squared_error",
         "network.layers[0].activation=identity", "network.layers[1].activation=identity"),
    ],
    "dead_units": [
        ("spiral", "network.layers[0].activation=relu", "network.layers[1].activation=relu", "training.epochs=20",
         "network.initializer={kind='normal', sigma=1.0, bias=-30.0}"),
        ("iris", "training.optimizer={kind='sgd', rate=1, momentum=0.9}", "training.epochs=20"),
        ("digits", deep(8, "relu"), "network.initializer=he_normal", "training.epochs=12"),
    ],
    "saturated_units": [
        ("digits", "training.optimizer={kind='sgd', rate=0.1, momentum=0.99}", "network.layers[0].activation=tanh",
         "training.loss=mean_squared_error", "training.epochs=25"),
    ],
    "vanishing_gradient": [
        ("digits", deep(8, "sigmoid"), "training.epochs=12"), ("digits", deep(4, "sigmoid"), "training.epochs=12"),
    ],
    "rate_too_low": [
        ("digits", "training.optimizer.rate=1e-5", "training.epochs=12"),
        ("spiral", "training.optimizer={kind='adam', rate=1e-6}", "training.epochs=30"),
    ],
    "class_imbalance": [("spiral", "data.source=rare.csv", "training.epochs=20", "training.optimizer.rate=0.001")],
    "overfitting": [
        ("digits", "data.validation=0.97", "training.epochs=100"),
        NOISY,
        (*NOISY, "training.early_stopping={patience=150}"),
    ],
    "loss_at_chance": [
        ("spiral", "network.layers=[{kind='dense', units=1, activation='sigmoid'}]", "training.epochs=50"),
    ],
    "answers_at_chance": [
        ("spiral", "data.source=ring.csv", "network.layers=[{kind='dense', units=1, activation='sigmoid'}]",
         "training.epochs=60"),
    ],
}  # fmt: skip
CASES = [(name, broken) for name, all_broken in BROKEN.items() for broken in all_broken]


def test_every_rule_has_an_experiment_that_breaks_it():
    assert set(BROKEN) == {rule.name for rule in RULES}


def reached(name, history, experiment):
    """What the trouble keeps low."""
    case = Case(history.started, history, experiment)
    if name == "overfitting":
        return case.now("accuracy", "validation") - case.now("accuracy")
    return case.now("recall") if name == "class_imbalance" else case.skill


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "broken"), CASES, ids=[f"{name} {broken[0]} {broken[1]}"[:60] for name, broken in CASES]
)
def test_each_fires_on_its_broken_experiment_and_its_proposal_helps(registry, name, broken, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_tables(tmp_path)
    source, *overrides = broken
    before = trained(registry, source, overrides)
    found = diagnose(*before)
    verdict = found[0]
    assert verdict.name == name, "the cause comes first"
    assert math.isfinite(verdict.number)
    assert verdict.source
    assert verdict.why.endswith(".")
    assert verdict.advice
    assert verdict.advice[-1] != "."
    remedy = verdict.remedy
    assert remedy
    after = trained(registry, source, [*overrides, *remedy])
    assert reached(name, *after) > reached(name, *before) + (0.05 if name == "overfitting" else 0.1)
    if name != "overfitting":  # a penalty makes the gap smaller, and may have to be made larger again
        assert name not in [one.name for one in diagnose(*after)]


HEALTHY = [("digits",), ("spiral",), ("xor",), ("wine",), ("iris",), ("xnor-by-hand",),
           ("digits", RELU, "training.optimizer={kind='adam', rate=0.003}"),
           ("spiral", "data.source=circle"), ("spiral", "data.source=gauss", "training.epochs=30"),
           ("digits", deep(2, "tanh"), "training.epochs=20")]  # fmt: skip


@pytest.mark.slow
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


@pytest.mark.parametrize(
    ("broken", "name", "words"),
    [
        (("xor", "data.source=next.csv", *REGRESSION, "network.layers[1].activation=sigmoid"), "unreachable_targets",
         "the targets go from 3.5 to 10.5; 'sigmoid' gives 0 to 1; remove the activation of layer 2."),
        (("xor", "data.source=below.csv", *REGRESSION, "network.layers[1].activation=relu"), "unreachable_targets",
         "the targets go from -9 to -3; 'relu' gives 0 or more; remove the activation of layer 2."),
        (("xor", "data.source=prices.csv", *REGRESSION, "data.scale_target=none"), "unscaled_targets",
         "scale the targets to mean 0 and deviation 1"),
        (("xor", "data.source=prices.csv", *REGRESSION, "network.layers[1].activation=softplus"), "unscaled_targets",
         "scale the targets to the range from 0 to 1"),
        (("wine", "data.scale=none"), "unscaled_inputs", "scale every input column"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_told_before_training(registry, broken, name, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_tables(tmp_path)
    (tmp_path / "below.csv").write_text("a,y\n" + "\n".join(f"{i},{-1.5 * i}" for i in range(2, 7)))
    experiment = load_experiment(broken[0], broken[1:])
    started = next(build(experiment, registry).trainer.events())
    found = before_training(started, experiment)
    assert [verdict.name for verdict in found] == [name]
    assert words in found[0].sentence


def test_a_range_has_as_many_digits_as_tell_its_ends_apart():
    assert ends(1_700_000_000, 1_700_000_199) == "1,700,000,000 to 1,700,000,200"
    assert ends(0, 16) == "0 to 16"
    assert ends(0.5, 0.5) == "0.5 to 0.5"


@pytest.mark.parametrize("healthy", [one[0] for one in HEALTHY])
def test_nothing_is_told_before_a_healthy_training(registry, healthy):
    experiment = load_experiment(healthy)
    assert before_training(next(build(experiment, registry).trainer.events()), experiment) == []


@pytest.mark.parametrize(("overrides", "name"), [
    (("network.initializer={kind='normal', sigma=5.0}",), "saturated_start"),
    (("network.initializer=zeros",), "symmetric_start"),
    (("data.scale=none",), "unscaled_inputs"),
    ((), None),
])  # fmt: skip
def test_a_run_of_no_epochs_is_judged_by_its_untrained_network(registry, overrides, name):
    found = diagnose(*trained(registry, "digits", ["training.epochs=0", *overrides]))
    assert [verdict.name for verdict in found] == ([name] if name else [])


def test_large_inputs_saturate_whatever_the_weights(registry, tmp_path, monkeypatch):
    """Where the weights are drawn as they should be, others would not help."""
    monkeypatch.chdir(tmp_path)
    write_tables(tmp_path)
    broken = ("data.source=next.csv", *REGRESSION, "data.scale=none", "training.epochs=0")
    (verdict,) = diagnose(*trained(registry, "xor", broken))
    assert (verdict.name, verdict.remedy) == ("saturated_start", ("data.scale=standard",))
    assert diagnose(*trained(registry, "xor", [*broken, *verdict.remedy])) == []


def test_weights_set_by_hand_are_meant(registry):
    history, experiment = trained(registry, "xnor-by-hand", [])
    assert diagnose(history, experiment) == []
    assert is_by_hand(history, experiment)
    assert looks_odd(history) == ["layer 1: 100 % of the outputs are saturated"]


def test_weights_that_were_kept_are_judged(registry, tmp_path, monkeypatch):
    """Early stopping went back to an epoch before the gap had opened."""
    monkeypatch.chdir(tmp_path)
    write_tables(tmp_path)
    source, *overrides = NOISY
    history, experiment = trained(registry, source, [*overrides, "training.early_stopping={patience=60}"])
    case = Case(history.started, history, experiment)
    assert history.train["accuracy"][-1] - history.validation["accuracy"][-1] > 0.15
    assert case.now("accuracy") - case.now("accuracy", "validation") < 0.1
    assert "overfitting" not in [verdict.name for verdict in diagnose(history, experiment)]


def test_nothing_is_said_before_a_run_has_started():
    assert diagnose(History(), load_experiment("digits")) == []


def test_causes_come_before_their_effects():
    names = [rule.name for rule in RULES]
    for index, rule in enumerate(RULES):
        assert set(rule.because_of) <= set(names[:index]), rule.name

    def rule(name, *because_of):
        return replace(RULES[0], name=name, because_of=because_of)

    assert [one.name for one in causes_first([rule("c", "b"), rule("b", "a"), rule("a"), rule("d")])] == list("abcd")
    with pytest.raises(ValueError, match="each of these is because of another: a, b"):
        causes_first([rule("a", "b"), rule("b", "a")])


def test_an_effect_is_not_told_beside_its_cause_unless_it_says_where(registry):
    found = diagnose(*trained(registry, "wine", ["data.scale=none"]))
    assert [verdict.name for verdict in found] == ["unscaled_inputs"]
    source, *overrides = BROKEN["rate_too_high"][-1]
    cause, effect = diagnose(*trained(registry, source, overrides))
    assert (cause.name, effect.name) == ("rate_too_high", "not_finite")
    assert "first in" in effect.says
    assert (effect.remedy, effect.advice) == ((), "first fix 'learning rate too high'")
