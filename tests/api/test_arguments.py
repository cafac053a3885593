"""Keywords, layers in words, functions in the place of names; and what is said of those that mean nothing."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import tui_nn
from tui_nn.api.keywords import ELSEWHERE, LEAVES, keys_of
from tui_nn.experiment.schema import DataSection, Experiment, NetworkSection, TrainingSection
from tui_nn.plugin import Activation, activation

X = np.random.default_rng(3).normal(size=(90, 3))
TWO, THREE = (X[:, 0] > 0).astype(int), (X[:, 0] > 0).astype(int) + (X[:, 1] > 0.5)
NUMBERS, LABELS = X @ np.array([1.0, 2.0, -1.0]), (X > 0).astype(int)


def trained(y, **keys):
    return tui_nn.train(X, y, **{"epochs": 1, **keys})


# Keywords


def test_every_key_of_an_experiment_has_a_keyword():
    for section, struct in (("data", DataSection), ("network", NetworkSection), ("training", TrainingSection)):
        for field in struct.__struct_fields__:
            name = field.rstrip("_")
            assert LEAVES[name] == f"{section}.{name}"
    assert {field for field in Experiment.__struct_fields__ if field not in LEAVES} == set()


def test_what_others_call_a_keyword_is_none_and_leads_to_one():
    assert {name.rstrip("_") for name in ELSEWHERE.values()} <= LEAVES.keys()
    assert not ELSEWHERE.keys() & LEAVES.keys()


def test_a_key_is_its_last_part_a_dotted_one_or_a_table():
    keys = keys_of({"epochs": 3, "lambda_": 0.5, "training.batch": 8, "data": {"validation": 0.1}, "seed": None,
                    "initialiser": "he_normal", "rate": 0.1})  # fmt: skip
    assert keys == {
        "training.epochs": 3, "training.lambda": 0.5, "training.batch": 8, "data.validation": 0.1,
        "network.initializer": "he_normal", "training.rate": 0.1,
    }  # fmt: skip


def test_values_reach_the_experiment():
    net = trained(THREE, batch=np.int64(8), lambda_=0.25, rate=0.003, early_stopping={"patience": 4}, validation=0.3)
    training = net.experiment.training
    assert (training.batch, training.lambda_, training.early_stopping.patience) == (8, 0.25, 4)
    assert training.optimizer["rate"] == 0.003
    assert net.experiment.data.validation == 0.3


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"epoch": 3}, "there is no keyword 'epoch'. Did you mean 'epochs'?"),
        ({"learning_rate": 0.1}, "there is no keyword 'learning_rate'. Did you mean 'rate'?"),
        ({"training": {"epoch": 3}}, "training.epoch: unknown key. Did you mean 'epochs'?"),
        ({"epochs": "many"}, "training.epochs: found text; expected a whole number."),
        ({"layers": ["5 thanh", "softmax"]}, "network.layers[0].activation: unknown activation 'thanh'. Did you mean"),
        ({"layers": ["5 tanh", "softmx"]}, "network.layers[1].activation: unknown activation 'softmx'. Did you mean"),
        ({"layers": ["5 tanh relu", "softmax"]}, "layers[0]: found '5 tanh relu'; expected units and activation"),
        ({"layers": "5 tanh"}, "network.layers: found '5 tanh'; expected a list such as"),
        ({"layers": ["tanh", "softmax"]}, "layer 'dense' needs 'units'."),
        ({"layers": ["5 tanh", "4 softmax"]}, "network.layers[1].units: found 4; the data has 3 classes: expected 3."),
        ({"optimizer": "adm"}, "training.optimizer: unknown optimizer 'adm'. Did you mean 'adam'?"),
        ({"scale": object()}, "data.scale: found object; expected a number, a text, a list or a table."),
        ({"loss": lambda a, y: a}, "the function of the loss has no name; define it with `def`."),
        ({"plugins": [3]}, "plugins: found 3; expected a plugin file, a component or a function."),
    ],
)  # fmt: skip
def test_what_means_nothing_is_said_with_the_nearest(keys, said):
    with pytest.raises(tui_nn.TuiNNError) as error:
        trained(THREE, **keys)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ((X,), "train(), y: there are no answers"),
        ((X, TWO[:5]), "the arrays: x has shape (90, 3) and y (5,); expected (m, n) and (m,) or (m, q)."),
        ((np.where(X > 2, np.nan, X), TWO), "the arrays: x holds values that are not finite numbers (float64)"),
        (([["a", 2]], [1]), "the arrays: x holds values that are not finite numbers"),
        (([[1, 2], [3]], [0, 1]), "the arrays: cannot be made an array of"),
        ((X, np.zeros(90, int)), "all 90 samples are of class '0': expected at least two classes."),
        (("digit",), "'digit' is neither a data set nor a file or folder. Did you mean 'digits'?"),
        (("digits", TWO), "train(), y: the data have their answers"),
        (("nowhere.toml",), "nowhere.toml: there is no such experiment file."),
    ],
)  # fmt: skip
def test_data_that_cannot_be_learnt_from_are_said(data, said):
    with pytest.raises(tui_nn.TuiNNError) as error:
        tui_nn.train(*data)
    assert said in str(error.value)


# Layers


@pytest.mark.parametrize(
    ("y", "layers", "units", "loss"),
    [
        (THREE, ["5 relu", "softmax"], 3, "softmax_cross_entropy"),
        (THREE, ["5 relu", "sigmoid"], 3, "one_vs_all"),
        (THREE, [5, 3], 3, "softmax_cross_entropy"),
        (TWO, ["5 relu", "softmax"], 2, "softmax_cross_entropy"),
        (TWO, ["5 relu", "sigmoid"], 1, "binary_cross_entropy"),
        (TWO, ["5", "2 softmax"], 2, "softmax_cross_entropy"),
        (LABELS, ["5 relu", "sigmoid"], 3, "binary_cross_entropy"),
        (NUMBERS, ["5 relu", "identity"], 1, "mean_squared_error"),
        (NUMBERS, [{"kind": "dense", "units": 5, "activation": "tanh"}, {"kind": "dense"}], 1, "mean_squared_error"),
    ],
)  # fmt: skip
def test_the_last_layer_has_the_units_that_the_data_need_and_the_loss_that_goes_with_it(y, layers, units, loss):
    net = trained(y, layers=layers)
    assert net.experiment.network.layers[-1]["units"] == units
    assert net.experiment.training.loss == loss


def test_a_loss_that_is_named_stays():
    assert trained(THREE, layers=["5 relu", "sigmoid"], loss="mean_squared_error").experiment.training.loss == (
        "mean_squared_error"
    )


# Functions


def bent(z):
    "z over 1 + |z|."
    return z / (1 + np.abs(z))


def test_a_function_stands_where_a_name_would():
    named = {"kind": "dense", "units": 4, "activation": bent}
    net = trained(TWO, layers=[named, "sigmoid"])
    assert net.experiment.network.layers[0]["activation"] == "bent"
    again = trained(TWO, layers=["4 bent", "sigmoid"], plugins=[activation(bent)])
    assert (net.net.parameters == again.net.parameters).all()
    assert isinstance(again.components.own[0], Activation)


def curved(z):
    "The same again, which no decorator has been over."
    return z / (1 + np.abs(z))


def test_a_network_with_a_function_of_the_program_is_saved_pickled_and_not_recorded(tmp_path):
    net = trained(TWO, layers=["4 curved", "sigmoid"], plugins=[curved])
    file = tmp_path / "m.safetensors"
    net.save(file)
    with pytest.raises(tui_nn.TuiNNError, match="'curved' is a function of the program that trained it: give plugins="):
        tui_nn.load(file)
    for again in (tui_nn.load(file, plugins=[curved]), pickle.loads(pickle.dumps(net))):
        assert (again.predict(X) == net.predict(X)).all()
    with pytest.raises(tui_nn.TuiNNError, match="'curved' is a function of this program"):
        trained(TWO, layers=["4 curved", "sigmoid"], plugins=[curved], run=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_an_error_names_the_call_and_no_file_that_is_none():
    x, y = np.zeros((9, 2)), np.arange(9) % 3
    with pytest.raises(tui_nn.TuiNNError) as refused:
        tui_nn.train(x, y, layers=["10 tanh"])
    assert str(refused.value) == "train(), network.layers[0].units: found 10; the data has 3 classes: expected 3."
