"""`evaluate --without`: hidden units switched off, metrics and accuracy by class beside what they were."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner
from recording import train

from tui_nn.cli.main import main
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.runs import open_run


@pytest.fixture(scope="module")
def run(tmp_path_factory, registry):
    return train(tmp_path_factory.mktemp("runs") / "digits", registry, "digits", "training.epochs=3", "data.test=0.1")


def evaluate(*arguments):
    return CliRunner().invoke(main, ["evaluate", *map(str, arguments)])


def shares(run, registry, off):
    """part -> class -> the share that is right, with plain matrices."""
    splits = build(load_experiment(str(run / "experiment.toml")), registry).splits
    theta1, theta2 = (theta.astype(float) for theta in open_run(run).weights().thetas)
    found = {}
    for part, samples in (("train", splits.train), ("validation", splits.validation), ("test", splits.test)):
        a = 1 / (1 + np.exp(-(theta1[:, :1].T + samples.x @ theta1[:, 1:].T)))
        for unit in off:
            a[:, unit - 1] = 0
        taken = (theta2[:, 0] + a @ theta2[:, 1:].T).argmax(axis=1)
        found[part] = {str(k): [int(taken[m]) == k for m in range(len(taken)) if samples.y[m] == k] for k in range(10)}
    return found


def test_accuracy_by_class_beside_what_it_was_by_plain_matrices(run, registry):
    plain = json.loads(evaluate(run, "--json").stdout)
    found = json.loads(evaluate(run, "--without", "1.13", "--without", "1.4,1.7", "--json").stdout)
    assert found["without"] == ["1.4", "1.7", "1.13"]
    assert found["before"] == plain["metrics"]
    before, after = shares(run, registry, ()), shares(run, registry, (4, 7, 13))
    for part in ("train", "validation", "test"):
        for name, right in after[part].items():
            one = found["by_class"][part][name]
            assert one["samples"] == len(right)
            assert one["accuracy"] == pytest.approx(sum(right) / len(right))
            assert one["before"] == pytest.approx(sum(before[part][name]) / len(right))
        every = [one for right in after[part].values() for one in right]
        assert found["metrics"][part]["accuracy"] == pytest.approx(sum(every) / len(every))


def test_the_table_has_a_column_a_part_and_beside_it_without(run):
    lines = evaluate(run, "--without", "1.13").stdout.splitlines()
    assert lines[0].split() == ["metric", "train", "without", "validation", "without", "test", "without"]
    head = lines.index("accuracy by class, and without 1.13")
    assert lines[head + 1].split() == [
        "class", "train", "accuracy", "without", "validation", "accuracy", "without", "test", "accuracy", "without",
    ]  # fmt: skip
    assert len(lines) == head + 2 + 10


def test_of_other_data_too(run, tmp_path):
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "new.npz", x=rng.integers(0, 17, (50, 8, 8)), y=np.arange(50) % 10)
    found = json.loads(evaluate(run, tmp_path / "new.npz", "--without", "1.1", "--json").stdout)
    assert list(found["by_class"]) == ["new"]
    assert found["metrics"]["new"] != found["before"]["new"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("13", "'13' is no unit; expected LAYER.UNIT, both counted from 1, such as 1.13."),
        ("1.26", "unit 1.26: layer 1 has units 1 to 25."),
        ("1.0", "unit 1.0: layer 1 has units 1 to 25."),
        ("2.1", "unit 2.1: layer 2 is the output: its units are the answer. Name a hidden one."),
        ("3.1", "unit 3.1: there is no layer 3; hidden layers are 1."),
    ],
)
def test_what_is_no_hidden_unit_is_refused(run, name, says):
    found = evaluate(run, "--without", name)
    assert found.exit_code
    assert says in str(found.exception)
