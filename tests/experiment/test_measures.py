"""`training.metrics`: what is measured after each epoch, and what is measured all the same."""

from __future__ import annotations

import pytest

from tui_nn.errors import ExperimentError
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build, measuring
from tui_nn.experiment.study import Study
from tui_nn.report.require import judge_of


def setup_of(registry, *overrides):
    return build(load_experiment("iris", overrides), registry)


def measured(setup):
    return [metric.name for metric in setup.trainer.metrics if metric.returns == "number"]


def test_all_are_measured_where_nobody_chose(registry):
    names = measured(setup_of(registry))
    assert {"loss", "accuracy", "roc_auc", "mcc", "log_loss"} <= set(names)


def test_those_that_are_named_and_the_loss(registry):
    setup = setup_of(registry, 'training.metrics=["f1", "accuracy"]', "training.epochs=2")
    assert measured(setup) == ["accuracy", "f1", "loss"]
    events = list(setup.trainer.events())
    assert events[0].metrics == ("accuracy", "f1", "loss")
    epoch = next(event for event in events if hasattr(event, "confusion"))
    assert set(epoch.train) == {"accuracy", "f1", "loss", "cost"}
    assert epoch.confusion is not None


def test_none_but_the_loss(registry):
    assert measured(setup_of(registry, "training.metrics=[]")) == ["loss"]


@pytest.mark.parametrize(
    "override",
    ['require={ "mcc@validation:best" = ">= 0.1" }', 'require={ "mcc" = ">= 0.1" }',
     'training.early_stopping={ metric = "mcc@train" }', 'training.plateau={ metric = "mcc@train" }'],
)  # fmt: skip
def test_what_is_required_or_watched_is_measured(registry, override):
    assert measured(setup_of(registry, 'training.metrics=["accuracy"]', override)) == ["accuracy", "loss", "mcc"]


def test_what_the_command_line_requires_is_measured(registry):
    setup = setup_of(registry, 'training.metrics=["accuracy"]')
    judge = judge_of(setup, ["roc_auc@train >= 0.5", "seconds < 100"], None)
    setup = measuring(setup, judge.names)
    assert measured(setup) == ["accuracy", "loss", "roc_auc"]
    assert measured(build(setup.experiment, registry)) == measured(setup)  # as who repeats the run builds it
    with pytest.raises(ExperimentError, match=r"unknown metric 'roc_auk'.*Did you mean 'roc_auc'"):
        judge_of(setup, ["roc_auk > 0.5"], None)


@pytest.mark.parametrize(("name", "near"), [("acuracy", "Did you mean 'accuracy'"), ("rmse", "is no metric of this")])
def test_an_unknown_name_is_an_error_with_the_nearest(registry, name, near):
    with pytest.raises(ExperimentError, match=rf"training\.metrics\[1\].*'{name}'.*{near}|{near}"):
        setup_of(registry, f'training.metrics=["f1", "{name}"]')


def test_who_asks_for_a_measurement_gets_all(registry):
    setup = setup_of(registry, 'training.metrics=["accuracy"]')
    values, _ = Study(setup).measured(setup.network.parameters.thetas)["train"]
    assert {"accuracy", "roc_auc", "mcc"} <= set(values)


def test_the_weights_are_the_same(registry):
    """To measure moves nothing."""
    found = []
    for chosen in ([], ['training.metrics=["f1"]']):
        setup = setup_of(registry, "training.epochs=3", *chosen)
        list(setup.trainer.events())
        found.append(setup.trainer.network.parameters.values.tobytes())
    assert found[0] == found[1]
