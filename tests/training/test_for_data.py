"""A data file where an experiment is expected, and its network asked about other tables afterwards."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from click.testing import CliRunner

from tui_nn.cli.main import main
from tui_nn.datasets import load_rows
from tui_nn.errors import DataError
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.model.form import from_bytes, net_of, plain, to_bytes
from tui_nn.training.for_data import experiment_for, is_data, shown_for

KINDS, COLOURS = ["lily", "rose", "iris"], ["red", "green", "", "blue"]


def row(n):
    count = "?" if n % 9 == 0 else f"{n % 13}"
    day = f"20{n % 20:02}-0{1 + n % 9}-1{n % 10}"
    return f"{n * 37 % 50}.5", COLOURS[n * 7 % 4], ["yes", "no"][n % 2], day, count, KINDS[n * 37 % 50 // 17]


ROWS = [row(n) for n in range(60)]
TABLE = "size,colour,wet,day,count,kind\n" + "".join(f"{','.join(row)}\n" for row in ROWS)


@pytest.fixture
def table(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flowers.csv").write_text(TABLE)
    return tmp_path / "flowers.csv"


def test_what_is_data(table, tmp_path):
    (tmp_path / "my.toml").write_text("")
    assert all(map(is_data, (str(table), "-")))
    assert not any(map(is_data, ("my.toml", "digits", str(tmp_path), "none.csv", None)))


def test_an_experiment_is_made_and_said(table):
    made = experiment_for(str(table), ["training.epochs=3", "data.scale=unit"])
    data, training = made.experiment.data, made.experiment.training
    assert (data.missing, data.dates, data.scale, training.epochs) == ("indicator", "parts", "unit", 3)
    assert made.experiment.network.layers[-1]["units"] == 3
    assert made.said[0].startswith(f"{table}: 60 rows, target 'kind' (3 classes: iris ")
    (table.parent / "made.toml").write_text(made.text)
    assert load_experiment("made.toml") == made.experiment.__class__(
        **{**{f: getattr(made.experiment, f) for f in made.experiment.__struct_fields__}, "name": "flowers"}
    )


def test_numbers_for_answers_make_a_regression(table):
    made = experiment_for(str(table), ["data.target=size"])
    assert made.experiment.network.layers[-1]["units"] == 1
    assert made.experiment.training.loss == "mean_squared_error"


def test_a_screen_takes_another_target_for_one_of_names_and_says_so(table):
    rows = "".join(f"{n}.5,{'abc'[n % 3]},2024-01-{n % 28 + 1:02},n{n}\n" for n in range(60))
    table.write_text(f"size,kind,day,name\n{rows}")
    with pytest.raises(DataError, match="'name', the target, has 60 different texts"):
        experiment_for(str(table))
    experiment, told = shown_for(str(table))
    assert experiment.data.target == "kind"
    assert experiment.network.layers[-1]["units"] == 3
    assert "'name' hardly repeat, so 'kind' is the target" in told
    table.write_text("day,name\n" + "".join(f"2024-01-{n % 28 + 1:02},n{n}\n" for n in range(60)))
    with pytest.raises(DataError, match=r"which are no classes\. Set data\.task"):
        shown_for(str(table))


def test_rows_without_an_answer_are_left_out(table):
    table.write_text("a,k\n1,x\n2,\n3,y\n4,x\n")
    made = experiment_for(str(table))
    assert made.experiment.data.missing == {"k": "drop"}
    assert "1 of 4 rows has a missing value and is left out: 1 without an answer" in made.said[0]


PREPARATIONS = [
    ["data.missing=mean", "data.scale=standard"],
    ["data.missing=median", "data.scale=robust"],
    ["data.missing=most_frequent", "data.scale=unit"],
    ["data.missing=indicator", "data.scale=none", "training.dtype=float64"],
    ['data.missing={count = "drop", colour = "indicator"}', 'data.scale={size = "robust"}'],
    ["data.missing=mean", 'data.categories=["size"]', "data.ignore=['count']"],
    ["data.missing=mean", 'data.inputs=["wet", "size", "count"]'],
]


@pytest.mark.parametrize("keys", PREPARATIONS, ids=str)
def test_a_net_prepares_rows_as_its_training_did(table, registry, keys):
    """Bit for bit, after it was written and read back: each row that was trained on, and what is said of it."""
    setup = build(experiment_for(str(table), keys).experiment, registry)
    net = net_of(from_bytes(to_bytes(plain(setup.net, {}, {})), "net"), registry)
    preparation = net.preparation
    shown = table
    if len(setup.data.x) < len(ROWS):  # rows that were dropped would be refused
        shown = table.with_name("kept.csv")
        lines = TABLE.splitlines()
        shown.write_text("\n".join([lines[0], *(lines[int(line) - 1] for line in setup.data.table.lines)]) + "\n")
    rows = load_rows(
        shown, preparation.features, preparation.inputs, "kind", "keep", columns=preparation.columns,
        unknown=preparation.unknown,
    )  # fmt: skip
    for part in (setup.splits.train, setup.splits.validation):
        assert np.array_equal(net.part(rows[part.rows]).x, part.x)
        raw = setup.network.predict(part)
        assert np.array_equal(net.network.predict(net.part(rows[part.rows])), raw)


@pytest.mark.slow
def test_train_predict_and_evaluate_a_file(table):
    run = ["train", "flowers.csv", "--run-dir", "run", "--save-experiment", "my.toml", "--set", "training.epochs=2"]
    done = CliRunner().invoke(main, run, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert "60 rows, target 'kind'" in done.stderr
    assert load_experiment("my.toml").training.epochs == 2
    lines = TABLE.splitlines()
    (table.parent / "new.csv").write_text("\n".join(",".join(line.split(",")[:5][::-1]) for line in lines) + "\n")
    one, other = (CliRunner().invoke(main, ["predict", "run", name]) for name in ("flowers.csv", "new.csv"))
    assert other.exit_code == 0, other.output
    assert one.stdout == other.stdout
    assert len(list(csv.reader(io.StringIO(one.stdout)))) == 61
    own = CliRunner().invoke(main, ["evaluate", "run", "flowers.csv"])
    assert own.exit_code == 0, own.output
    (table.parent / "bad.csv").write_text(TABLE.replace("rose", "tulip"))
    said = CliRunner().invoke(main, ["evaluate", "run", "bad.csv"])
    assert "class 'tulip' was not in the training data" in str(said.exception)
