"""The experiment file: round trips, overrides, and errors that name the key."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tui_nn.errors import DataError, ExperimentError
from tui_nn.experiment import Experiment, dump_experiment, example_names, load_experiment
from tui_nn.experiment.build import build, check
from tui_nn.experiment.schema import DataSection, NetworkSection, TrainingSection

NAMES = [name for name, _ in example_names()]


@pytest.mark.parametrize("name", NAMES)
def test_written_out_and_read_back_it_is_the_same(tmp_path, name):
    experiment = load_experiment(name)
    path = tmp_path / "copy.toml"
    path.write_text(dump_experiment(experiment))
    assert load_experiment(str(path)) == experiment


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("mnist")])
def test_examples_can_be_built(registry, name):
    assert check(load_experiment(name), registry).parameters > 0


def test_an_empty_file_is_a_working_experiment(tmp_path, registry):
    (tmp_path / "empty.toml").write_text("")
    experiment = load_experiment(str(tmp_path / "empty.toml"))
    assert experiment.name == "empty"
    assert check(experiment, registry).parameters == 25 * 65 + 10 * 26


def test_overrides_reach_every_depth():
    experiment = load_experiment(
        "digits",
        [
            "network.layers[0].units=7", "training.optimizer.rate=0.25", "training.lambda=2", "training.batch=full",
            "data.source={kind='spiral', noise=0.1}", "network.layers[0].activation={kind='elu', alpha=0.5}",
        ],
    )  # fmt: skip
    assert experiment.network.layers[0] == {
        "kind": "dense", "units": 7, "activation": {"kind": "elu", "alpha": 0.5}
    }  # fmt: skip
    assert experiment.training.optimizer == {"kind": "sgd", "rate": 0.25, "momentum": 0.9}
    assert (experiment.training.lambda_, experiment.training.batch) == (2.0, "full")
    assert experiment.data.source == {"kind": "spiral", "noise": 0.1}


def test_paths_are_relative_to_the_file(tmp_path):
    (tmp_path / "table.csv").write_text("a,b\n1,2\n")
    (tmp_path / "e.toml").write_text('[data]\nsource = "table.csv"\n')
    assert load_experiment(str(tmp_path / "e.toml")).data.source == str(tmp_path / "table.csv")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[data\n", "e.toml:1:6: not valid TOML: .*"),
        ("[dta]\n", "e.toml:1:2, dta: unknown key. Did you mean 'data'?"),
        ("[training]\nepoch = 3\n", "e.toml:2:1, training.epoch: unknown key. Did you mean 'epochs'?"),
        (
            "[network]\ndtype = 'float64'\n",
            "e.toml:2:1, network.dtype: unknown key. Known: .* There is training.dtype.",
        ),
        ("epochs = 3\n", "e.toml:1:1, epochs: unknown key. .*There is training.epochs."),
        ("[training]\nepochs = 'many'\n", "e.toml:2:1, training.epochs: found text; expected a whole number"),
        (
            "[network]\nlayers = ['10 tanh']\n",
            'expected a table, such as { kind = "dense", units = 10, activation = "sigmoid" }',
        ),
        ("[data]\nscale = 'units'\n", "e.toml:2:1, data.scale: found 'units'. Did you mean 'unit'?"),
        ("[data]\nvalidation = 1.5\n", "e.toml:2:1, data.validation: found 1.5; expected a share"),
        ("[network]\nlayers = []\n", "e.toml:2:1, network.layers: .*at least one layer"),
    ],
)
def test_errors_name_the_key(tmp_path, text, message):
    (tmp_path / "e.toml").write_text(text)
    with pytest.raises(ExperimentError, match=message):
        load_experiment(str(tmp_path / "e.toml"))


@pytest.mark.parametrize("override", ["nonsense", "=3", "a b=3", "network.layers[9].units=3", "training.epochs.x=1"])
def test_bad_overrides_are_usage_errors(override):
    with pytest.raises(ExperimentError, match=r"--set|unknown key|expected"):
        load_experiment("digits", [override])


def test_every_key_is_documented():
    text = (Path(__file__).parents[2] / "docs" / "experiment.md").read_text()
    sections = {"data": DataSection, "network": NetworkSection, "training": TrainingSection}
    keys = [f"{name}.{f.encode_name}" for name, kind in sections.items() for f in msgspec.structs.fields(kind)]
    keys += [f.encode_name for f in msgspec.structs.fields(Experiment) if f.name not in sections]
    assert [key for key in keys if f"`{key}`" not in text] == []


@pytest.mark.parametrize("name", ["cross_entropy", "categorical_cross_entropy", "CrossEntropy", "bce", "log_loss"])
@pytest.mark.parametrize(
    ("experiment", "output", "expected"),
    [
        ("digits", "softmax", "With 'softmax' activation in the output layer it is 'softmax_cross_entropy'"),
        ("digits", "sigmoid", "it is 'one_vs_all'"),
        ("digits", "identity", "With no activation in the output layer it is 'softmax_cross_entropy'"),
        ("xor", "sigmoid", "it is 'binary_cross_entropy'"),
        ("xor", "identity", "With no activation in the output layer it is 'binary_cross_entropy'"),
    ],
)
def test_cross_entropy_leads_to_the_loss_that_fits_the_output(registry, name, experiment, output, expected):
    words = (f"training.loss={name}", f"network.layers[1].activation={output}")
    with pytest.raises(ExperimentError) as raised:
        build(load_experiment(experiment, words), registry)
    assert expected in str(raised.value)
    # What is proposed can be trained.
    loss = expected.split("'")[-2]
    build(load_experiment(experiment, (f"training.loss={loss}", *words[1:])), registry)


@pytest.mark.parametrize(
    ("loss", "units"),
    [("one_vs_all", 1), ("binary_cross_entropy", 1), ("softmax_cross_entropy", 2), ("mean_squared_error", 1)],
)
def test_one_class_is_nothing_to_learn(registry, tmp_path, loss, units):
    (tmp_path / "one.csv").write_text("a,b,label\n" + "\n".join(f"{i},{-i},only" for i in range(6)))
    words = (f"data.source={tmp_path / 'one.csv'}", f"training.loss={loss}", f"network.layers[1].units={units}")
    for ask in (build, check):
        with pytest.raises(DataError, match=r"all 6 samples are of class 'only': expected at least two classes"):
            ask(load_experiment("xor", words), registry)
