"""Inputs by formula: computed of columns by their names, wherever rows come from, and refused with what is wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tui_nn.datasets import load_path, load_rows
from tui_nn.datasets.choice import TableSettings
from tui_nn.datasets.encoding import Input
from tui_nn.datasets.features import circuit_of
from tui_nn.errors import DataError, StorageError
from tui_nn.experiment.build import build
from tui_nn.experiment.data import load_data
from tui_nn.experiment.load import with_overrides
from tui_nn.experiment.schema import Experiment
from tui_nn.model.form import Plain, from_bytes, plain, to_bytes
from tui_nn.training.for_data import experiment_for

TABLE = "x1,x2,income (k),sex,y\n1,2,0,m,a\n-1,3,9,f,b\n0.5,-2,99,m,a\n2,2,1,f,b\n"
FORMULAS = ("x1", "x1*x2", "sin(x1)", "log1p(income_k)", "x1^2 + x2^2 - max(x1, x2)", "sex")


def loaded(tmp_path, formulas, text=TABLE, **keys):
    (tmp_path / "t.csv").write_text(text)
    return load_path(tmp_path / "t.csv", settings=TableSettings(features=formulas, **keys))


def test_formulas_are_those_of_numpy(tmp_path):
    data = loaded(tmp_path, FORMULAS)
    x1, x2, income = np.array([[1, 2, 0], [-1, 3, 9], [0.5, -2, 99], [2, 2, 1]]).T
    expected = [x1, x1 * x2, np.sin(x1), np.log1p(income), x1**2 + x2**2 - np.maximum(x1, x2)]
    np.testing.assert_array_equal(data.x[:, :5].T, expected)
    assert data.features == (*FORMULAS[:5], "sex=f", "sex=m")
    assert data.x[:, 5:].tolist() == [[0, 1], [1, 0], [0, 1], [1, 0]]
    assert data.description.endswith("7 inputs from 1 number and 1 category columns and 4 formulas")


def test_the_report_shows_formulas_and_what_columns_are_used_for(tmp_path, command):
    (tmp_path / "t.csv").write_text(TABLE)
    keys = ("--set", f"data.features={list(FORMULAS[1:5])}")
    lines = command("data", "describe", "t.csv", *keys, cwd=tmp_path).splitlines()
    told = {line.split("  ")[0]: line for line in lines}
    assert re.fullmatch(r"x1\*x2 +formula +-3 to 4 .* 0 +input", told["x1*x2"])
    assert told["x2"].endswith("input: in x1*x2, x1^2 + x2^2 - max(x1, x2)")
    assert told["sex"].endswith("left out: not among data.features")


def test_rows_elsewhere_are_computed_by_the_names_of_columns(tmp_path):
    inputs = loaded(tmp_path, FORMULAS).inputs
    (tmp_path / "new.csv").write_text("sex,income (k),x2,x1\nf,9,3,-1\n")
    rows = load_rows(tmp_path / "new.csv", (), 7, columns=inputs)
    assert rows[0].tolist() == [-1, -3, np.sin(-1), np.log1p(9), 7, 1, 0]
    (tmp_path / "less.csv").write_text("sex,income,x2,x1\nf,9,3,-1\n")
    with pytest.raises(DataError, match=r"no column 'income \(k\)', which 'log1p\(income_k\)' is made of.*'income'"):
        load_rows(tmp_path / "less.csv", (), 7, columns=inputs)


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("x3*x1", "'x3*x1': t.csv has no column 'x3'. Did you mean"),
        ("incom*2", "'incom*2': t.csv has no column 'incom'. Did you mean 'income_k'?"),
        ("sexx", "t.csv has no column 'sexx'. Did you mean 'sex'?"),
        ("__import__('os')", "'__import__('os')': column 12: \"'\" has no meaning here."),
        ("__import__", "'__import__' is not a valid name"),
        ("x1.real", "'x1.real': column 1: a dot after a name has no meaning here."),
        ("(lambda: x1)()", "column 8: ':' has no meaning here."),
        ("foo(x1)", "'foo(x1)': column 1: unknown function 'foo'."),
        ("exp(x1", "'exp(x1': column 4: '(' was never closed."),
        ("x1*sex", "'x1*sex': column 'sex' holds texts, such as m; a formula needs numbers."),
        ("y", "'y': 'y' is the target."),
        ("1+2", "the expression is the number 3; expected an input in it, such as x."),
        ("", "the expression is empty."),
    ],
)
def test_what_is_wrong_with_a_formula_is_named(tmp_path, monkeypatch, formula, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text(TABLE)
    with pytest.raises(DataError) as error:
        load_path(Path("t.csv"), settings=TableSettings(features=[formula]))
    assert str(error.value).startswith("data.features: ")
    assert said.removesuffix(" Did you mean") in str(error.value)


def test_a_row_without_a_finite_value_is_named_with_its_place(tmp_path):
    with pytest.raises(DataError, match=r"t\.csv:3:1: 'log\(x1\)' is no finite number where x1 = -1\.") as error:
        loaded(tmp_path, ["log(x1)", "1/(x2-2)"])
    assert [(one.line, one.column) for one in error.value.findings] == [(2, 2), (3, 1), (5, 2)]


GAPS = "a,b,y\n1,2,p\n,3,q\n3,,p\n5,7,q\n"


def test_missing_cells_of_a_formula_follow_data_missing(tmp_path):
    with pytest.raises(DataError, match=r"t\.csv:3:1: column \"a\": is empty"):
        loaded(tmp_path, ["a*b"], GAPS)
    assert loaded(tmp_path, ["a*b"], GAPS, missing="drop").x.tolist() == [[2], [35]]
    kept = loaded(tmp_path, ["a*b", "a"], GAPS, missing={"a*b": "indicator", "a": "mean"})
    assert kept.features == ("a*b", "a*b?", "a")
    np.testing.assert_array_equal(kept.x, [[2, 0, 1], [np.nan, 1, np.nan], [np.nan, 1, 3], [35, 0, 5]])


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"inputs": ["x1"]}, "data.features lists all inputs: remove data.inputs"),
        ({"ignore": ["x1"]}, "data.features: 'x1*x2': 'x1' is left out by data.ignore."),
    ],
)
def test_what_excludes_features(tmp_path, keys, said):
    with pytest.raises(DataError, match=re.escape(said)):
        loaded(tmp_path, ["x1*x2"], **keys)


def test_a_name_that_two_columns_would_have_is_none(tmp_path):
    with pytest.raises(DataError, match="has no column 'a_b'"):
        loaded(tmp_path, ["a_b*2"], "a b,a-b,y\n1,2,p\n3,4,q\n")


def test_data_that_are_no_table_take_formulas_of_their_inputs(registry, tmp_path):
    keys = ("data.features=['x1^2', 'x1*x2']", "data.source=y = x1 + x2; x1 in [0, 1]; x2 in [0, 1]; n = 20")
    made = experiment_of(keys, registry)
    assert made.features == ("x1^2", "x1*x2")
    plain = experiment_of(keys[1:], registry)
    np.testing.assert_array_equal(made.x, np.column_stack([plain.x[:, 0] ** 2, plain.x.prod(axis=1)]))
    assert made.function is None  # it is of other inputs
    np.savez(tmp_path / "a.npz", x=plain.x, y=plain.y)
    archive = load_path(tmp_path / "a.npz", settings=TableSettings(features=["x0*x1"]))
    np.testing.assert_array_equal(archive.x[:, 0], plain.x.prod(axis=1))
    with pytest.raises(DataError, match="digits holds pictures; formulas need columns with names"):
        experiment_of(("data.features=['x1']", "data.source=digits"), registry)


def experiment_of(overrides, registry):
    return load_data(with_overrides(Experiment(name="e"), list(overrides)), registry)


@pytest.mark.slow
def test_the_run_its_export_and_predictions_compute_the_same(tmp_path, command):
    rows = np.random.default_rng(0).uniform(-2, 2, (80, 2))
    text = "x1,x2,y\n" + "".join(f"{a:.4f},{b:.4f},{'in' if a * a + b * b < 2 else 'out'}\n" for a, b in rows)
    (tmp_path / "t.csv").write_text(text)
    keys = ("--set", "data.features=['x1^2 + x2^2', 'x1*x2']", "--set", "training.epochs=60")
    command("train", "t.csv", *keys, "--run-dir", "run", "--quiet", cwd=tmp_path)
    own = json.loads(command("evaluate", "run", "--json", cwd=tmp_path))["metrics"]["validation"]
    assert own["accuracy"] >= 0.9
    said = command("predict", "run", "t.csv", cwd=tmp_path)
    (tmp_path / "turned.csv").write_text(
        "".join(",".join(reversed(line.split(",")[:2])) + "\n" for line in text.splitlines())
    )
    assert command("predict", "run", "turned.csv", cwd=tmp_path) == said
    command("export", "run", "--to", "safetensors", "--out", "n.safetensors", cwd=tmp_path)
    assert command("predict", "n.safetensors", "t.csv", cwd=tmp_path) == said
    assert json.loads(command("evaluate", "run", "t.csv", "--json", cwd=tmp_path))["metrics"]


def test_a_formula_of_a_stranger_s_file_is_read_before_it_is_used(tmp_path, registry):
    (tmp_path / "t.csv").write_text(TABLE)
    made = experiment_for(str(tmp_path / "t.csv"), ["data.features=['x1*x2', 'x1']"])
    setup = build(made.experiment, registry)
    whole = plain(setup.net, setup.owners, {})
    assert from_bytes(to_bytes(whole), "n").form.columns == whole.form.columns
    for text, said in (("__import__('os').x", "cannot be read"), ("x1*x2*x3", "is of 3 columns, not 2")):
        spoilt = to_bytes(replaced(whole, (Input(text, "formula", sources=("x1", "x2")), Input("x1"))))
        with pytest.raises(StorageError, match=said):
            from_bytes(spoilt, "n")


def replaced(whole, columns):
    return Plain(msgspec.structs.replace(whole.form, columns=columns), whole.arrays, whole.more)


def test_long_names_are_names(tmp_path):
    name = "mean fractal dimension, largest of three"
    data = loaded(tmp_path, ["2*mean_fractal_dimension_largest_of_three"], f'"{name}",y\n1,a\n3,b\n')
    assert data.x.tolist() == [[2], [6]]
    assert circuit_of(data.features[0]).inputs == ("mean_fractal_dimension_largest_of_three",)
