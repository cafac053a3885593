"""Why runs end: limits, plateaus, early stopping, and divergence with layer, batch and sample."""

from __future__ import annotations

import numpy as np
import pytest

from tui_nn.engine.divergence import describe
from tui_nn.engine.events import Ended, EpochFinished, Reason, StepsFinished
from tui_nn.engine.metric import metric
from tui_nn.engine.stopping import EarlyStopping, Limits, Plateau, Rest, Watch
from tui_nn.errors import ExperimentError, PluginError
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.plugin.registry import load_registry
from tui_nn.runs.codec import decode, encode
from tui_nn.sweep.plan import BUILT_IN


def run(registry, name, *overrides):
    trainer = build(load_experiment(name, overrides), registry).trainer
    return trainer, list(trainer.events())


@pytest.mark.parametrize("most", [1, 7, 20, 21])
def test_max_steps_is_exact_wherever_it_falls(registry, most):
    """105 samples in batches of 16: 7 an epoch."""
    trainer, events = run(registry, "iris", f"training.max_steps={most}", "training.epochs=3")
    steps = sum(len(event.losses) for event in events if isinstance(event, StepsFinished))
    measured = [event for event in events if isinstance(event, EpochFinished)]
    assert trainer.batches == 7
    assert steps == most
    assert (events[-1].reason, events[-1].step) == (Reason.MAX_STEPS, most)
    assert measured[-1].step == most, "requirements look at the last Theta"
    assert trainer.steps == most, "a schedule runs over the steps that there will be"


def test_a_limited_run_takes_the_first_steps_of_the_whole_one(registry):
    whole, short = (run(registry, "iris", *rest)[1] for rest in ((), ("training.max_steps=10",)))
    losses = [
        [one.loss for e in events if isinstance(e, StepsFinished) for one in e.each()] for events in (whole, short)
    ]
    assert losses[1] == losses[0][:10]


def test_max_time(registry):
    _, events = run(registry, "digits", "training.max_seconds=0.05", "training.epochs=100000")
    assert events[-1].reason == Reason.MAX_TIME
    assert 0.05 <= events[-1].seconds < 2
    assert isinstance(events[-2], EpochFinished)
    assert Limits(seconds=10).reached(5, 9.9) is None


def test_plateau_by_hand():
    """Costs fall by 10 %, then by 0.05 %: with patience 2 that is rest after the second such epoch."""
    rule = Plateau(patience=2, min_change=0.001)
    assert rests(rule, [1.0, 0.9, 0.81, 0.8096, 0.8092]) == [False, False, False, False, True]
    assert rests(rule, [1, 0.5, 0.6, 0.7])[-1]
    assert not rests(Plateau("accuracy", patience=2, better="high"), [0.1, 0.5, 0.6, 0.7])[-1]


def rests(rule, values):
    """Whether a run would be at rest after each of these values, the first before training."""
    rest = Rest(rule)
    found = []
    for epoch, value in enumerate(values):
        rest.see(value)
        found.append(rest.reached(epoch))
    return found


@pytest.mark.parametrize("better", ["low", "high"])
@pytest.mark.parametrize("patience", [1, 2, 7, 200])
def test_a_plateau_remembers_no_more_than_its_rule_needs(better, patience):
    """The rule as it is defined over all values, and what is kept of them."""
    rule = Plateau(patience=patience, min_change=0.2, better=better)
    random = np.random.default_rng(patience)
    values = (random.normal(size=150) + np.linspace(3, 0, 150) * (1 if better == "low" else -1)).tolist()
    best = min if better == "low" else max

    def by_definition(seen):
        if len(seen) < patience + 2:
            return False
        before, recent = best(seen[:-patience]), best(seen[-patience:])
        return (before - recent if better == "low" else recent - before) <= 0.2 * abs(before)

    assert rests(rule, values) == [by_definition(values[: count + 1]) for count in range(len(values))]
    rest = Rest(rule)
    for value in values:
        rest.see(value)
    assert len(rest.recent) == min(patience, 150)


@pytest.mark.parametrize(("better", "sign"), [("low", 1), ("high", -1)])
@pytest.mark.parametrize(("min_change", "best"), [(0.0, 4), (0.05, 2), (0.3, 1)])
def test_early_stopping_by_hand(better, sign, min_change, best):
    """The best is the last that was better by more than min_change than the best before it; patience counts from it."""
    watch = Watch(EarlyStopping("x", patience=3, min_change=min_change, better=better))
    for epoch, value in enumerate([2.0, 1.0, 0.8, 0.9, 0.78, 0.85]):
        watch.see(EpochFinished(epoch, epoch, {}, {"x": sign * value}, None), np.full(1, epoch))
    assert (watch.epoch, watch.values.tolist()) == (best, [best])
    assert next(epochs for epochs in range(9) if watch.exhausted(epochs)) == best + 3


def test_a_run_at_rest_ends(registry):
    _, events = run(
        registry, "wine", "training.plateau={patience=3, min_change=0.01}", "training.epochs=2000", "training.lambda=20"
    )
    assert events[-1].reason == Reason.PLATEAU
    assert events[-1].epoch < 1000
    assert "cost@train has levelled off" in events[-1].message


@pytest.mark.parametrize("section", ["early_stopping", "plateau"])
def test_an_unknown_metric_is_an_error_before_training(registry, section):
    with pytest.raises(ExperimentError, match=rf"{section}.metric: unknown metric 'acuracy'.*'accuracy'"):
        run(registry, "iris", f"training.{section}={{metric='acuracy@train'}}")


def test_early_stopping_keeps_the_best(registry):
    trainer, events = run(registry, "iris", "training.early_stopping={patience=3}", "training.epochs=500")
    assert events[-1].reason == Reason.EARLY_STOPPING
    best = min(event.validation["loss"] for event in events if isinstance(event, EpochFinished))
    values, _ = trainer.measure(trainer.splits.validation)
    assert values["loss"] == best


BROKEN = ("training.optimizer={kind='sgd', rate=1e6}", "training.loss=mean_squared_error", "training.batch=10",
          "network.layers[0].activation=identity", "network.layers[1].activation=identity")  # fmt: skip


def test_the_first_number_that_is_not_finite_is_named(registry):
    trainer, events = run(registry, "wine", *BROKEN)
    end, found = events[-1], events[-1].divergence
    assert end.reason == Reason.DIVERGED
    last = next(event for event in reversed(events) if isinstance(event, StepsFinished))
    assert found.step <= last.step == end.step
    assert np.isfinite(trainer.network.parameters.values).all(), "the last Theta that was good is kept"
    # The same step by hand: float32 ends at 3.4e38, and the named layer is the first that passes it.
    x = trainer.splits.train.x[found.sample].astype(np.float64)
    signal = np.concatenate([[1], x])
    first_bad = None
    for layer, theta in enumerate(trainer.network.parameters.thetas, start=1):
        z = theta.astype(np.float64) @ signal
        if np.abs(z).max() > np.finfo(np.float32).max:
            first_bad = layer
            break
        signal = np.concatenate([[1], z])
    assert (found.what, found.layer) == ("z", first_bad)
    assert (found.low, found.high) == pytest.approx((x.min(), x.max()))
    assert np.abs(x).argmax() == found.column
    assert decode(encode(end)) == end
    assert f"first in z of layer {found.layer}, for row {found.row + 1} of the data" in end.message


def test_the_row_is_that_of_the_source(registry):
    trainer, events = run(registry, "wine", *BROKEN)
    found = events[-1].divergence
    part = trainer.splits.train
    raw = part.source[found.row]
    scaled = (raw - part.offset) * part.factor if part.offset is not None else raw
    assert scaled == pytest.approx(part.x[found.sample], rel=1e-5)


def test_a_bad_value_in_the_data_is_found(registry):
    trainer = build(load_experiment("iris", ["training.epochs=2", "data.validation=0.0"]), registry).trainer
    part = trainer.splits.train
    source = part.source.copy()
    source[77, 2] = np.nan
    object.__setattr__(part, "source", source)
    events = list(trainer.events())
    found = events[-1].divergence
    assert (found.row, found.column, found.what, found.layer, found.epoch) == (77, 2, "z", 1, 1)
    assert describe(found, trainer.splits.features).endswith('(column "petal length")')


@pytest.mark.parametrize("burst", [1, 1 << 30])
def test_divergence_does_not_depend_on_who_watches(registry, burst):
    trainer = build(load_experiment("wine", BROKEN), registry).trainer
    trainer.burst = burst
    end = list(trainer.events())[-1]
    assert isinstance(end, Ended)
    assert end.divergence == run(registry, "wine", *BROKEN)[1][-1].divergence


WRONG = """
import numpy as np
from tui_nn.plugin import hookimpl, metric

@metric{said}
def wrong(predicted, true):
    "The share of wrong answers."
    return np.mean(predicted != true)

@hookimpl
def tui_nn_metrics():
    return [wrong]
"""


def watching(folder, said, *overrides):
    """The trainer of iris and its events, with a plugin's metric of errors that does or does not say so."""
    (folder / "wrong.py").write_text(WRONG.replace("{said}", said))
    return run(load_registry([str(folder / "wrong.py")]), "iris", "training.epochs=40", *overrides)


@pytest.mark.parametrize(
    ("declared", "said"),
    [("(better='low')", ""), ("", ", better='low'"), ("(better='low')", ", better='low'")],
    ids=["by the metric", "by the experiment", "by both"],
)
def test_a_metric_of_errors_is_best_when_low(tmp_path, declared, said):
    stop = f"training.early_stopping={{metric='wrong@validation', patience=5{said}}}"
    trainer, events = watching(tmp_path, declared, stop)
    errors = [event.validation["wrong"] for event in events if isinstance(event, EpochFinished)][1:]
    assert events[-1].reason == Reason.EARLY_STOPPING
    assert trainer.progress.best.best == min(errors) < 0.1 < max(errors)
    assert trainer.measure(trainer.splits.validation)[0]["wrong"] == min(errors)
    _, events = watching(tmp_path, declared, f"training.plateau={{metric='wrong@train', patience=5{said}}}")
    errors = [event.train["wrong"] for event in events if isinstance(event, EpochFinished)]
    assert events[-1].reason == Reason.PLATEAU
    assert min(errors[-6:]) >= min(errors[:-5]) < 0.1, "at rest is where it is low, not where it was high"


@pytest.mark.parametrize("section", ["early_stopping", "plateau"])
def test_which_way_is_better_is_asked_for(tmp_path, section):
    words = rf"training.{section}.better: 'wrong' does not say which way is better. Set it here .*@metric\(better="
    with pytest.raises(ExperimentError, match=words):
        watching(tmp_path, "", f"training.{section}={{metric='wrong@train'}}")
    with pytest.raises(ExperimentError, match=r"better: 'loss' declares that low is better; found 'high'"):
        watching(tmp_path, "", f"training.{section}={{metric='loss@train', better='high'}}")


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("better", "lower", '"low" or "high"'),
        ("of", "label", '"labels", "outputs", "probabilities" or "costs"'),
        ("task", "clustering", '"classification", "binary", "multi-label", "regression" or "any"'),
        ("returns", "vector", '"number" or "matrix"'),
    ],
)
def test_what_a_metric_declares_is_one_of_what_there_is(field, value, expected):
    with pytest.raises(PluginError, match=f"metric '<lambda>': {field} is '{value}'; expected {expected}"):
        metric(**{field: value})(lambda predicted, true: 0.0)


def test_every_built_in_number_says_which_way_is_better(registry):
    """By its nature: better when all is right than when nothing is."""
    known = {one.name: one.better for one in registry.all("metric") if one.returns == "number"}
    assert {**known, "cost": "low"} == BUILT_IN
    assert {name for name, better in known.items() if better == "low"} == {
        "loss", "log_loss", "mae", "rmse", "hamming_loss",
    }  # fmt: skip
