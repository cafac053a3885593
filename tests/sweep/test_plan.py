"""Plans: grids as people write them, and errors that say what to write instead."""

from __future__ import annotations

import pytest

from tui_nn.errors import ExperimentError
from tui_nn.experiment import load_experiment
from tui_nn.sweep.plan import Axis, expand, labels_of, make_plan


def test_commas_within_a_value_stay():
    axis = Axis.parse('training.optimizer={kind="sgd", rate=0.1}, adam,"a,b"')
    assert axis.values == ('{kind="sgd", rate=0.1}', "adam", '"a,b"')


@pytest.mark.parametrize("text", ["training.rate", "=1,2", "training.rate=", "training.rate=1,,2", "batch=1,1"])
def test_what_is_no_axis_is_said(text):
    with pytest.raises(ExperimentError, match=r"KEY=VALUE|twice"):
        Axis.parse(text)


def test_every_combination_with_every_seed():
    plan = make_plan("iris", [Axis.parse("training.rate=0.01,0.1"), Axis.parse("network.layers[0].units=3,4")], 2)
    assert plan.labels == ("rate", "units")
    assert [(*trial.settings.values(), trial.seed) for trial in plan.trials] == [
        (0.01, 3, 0), (0.01, 3, 1), (0.01, 4, 0), (0.01, 4, 1),
        (0.1, 3, 0), (0.1, 3, 1), (0.1, 4, 0), (0.1, 4, 1),
    ]  # fmt: skip
    assert plan.trials[-1].experiment["training"]["optimizer"]["rate"] == 0.1
    assert plan.trials[-1].experiment["network"]["layers"][0]["units"] == 4
    assert len({trial.identity for trial in plan.trials}) == 8


def test_names_are_as_short_as_they_may_be():
    assert labels_of(["training.optimizer.rate", "network.layers[0].units", "network.layers[1].units"]) == [
        "rate", "layers[0].units", "layers[1].units"
    ]  # fmt: skip


def test_activation_means_all_hidden_layers():
    layers = (
        "[{kind='dense',units=3,activation='relu'},{kind='dense',units=3,activation='relu'},{kind='dense',units=3}]"
    )
    deep = load_experiment("iris", [f"network.layers={layers}"])
    assert expand("activation", "tanh", deep) == [
        "network.layers[0].activation=tanh", "network.layers[1].activation=tanh"
    ]  # fmt: skip


def test_seeds_and_keys_are_varied_once():
    with pytest.raises(ExperimentError, match="varied twice"):
        make_plan("iris", [Axis.parse("training.batch=1,2"), Axis.parse("training.batch=3,4")])
    with pytest.raises(ExperimentError, match="already varied"):
        make_plan("iris", [Axis.parse("training.seed=1,2")], 2)


def test_an_unknown_key_names_the_nearest():
    with pytest.raises(ExperimentError, match="Did you mean 'batch'"):
        make_plan("iris", [Axis.parse("training.bach=1,2")])
