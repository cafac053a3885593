"""Tables that people reported of tools of this kind, from the command line: what is read, said and learnt of each."""

from __future__ import annotations

import json
import random
import re
from statistics import fmean

import numpy as np
import pytest


@pytest.fixture
def at(tmp_path, command):
    """(*words, code=0) -> what a command printed, in a folder of its own."""
    return lambda *words, code=0: command(*words, cwd=tmp_path, code=code)


def metrics(run):
    return json.loads((run / "summary.json").read_text())["metrics"]["validation"]


def noise(path, first=1, **columns):
    """Ninety rows in order of their three classes; `a` and `b` tell nothing of these, and the number of a row all."""
    draw = random.Random(4)
    names, cells = ",".join(columns), list(zip(*columns.values(), strict=True))
    lines = [f"{first + n},{draw.gauss(0, 1):.3f},{draw.gauss(0, 1):.3f},{','.join(cells[n])}" for n in range(90)]
    path.write_text("\n".join([f"Id,a,b,{names}", *lines, ""]))


SPECIES = [("ann", "bea", "cid")[n // 30] for n in range(90)]


def test_a_number_of_the_row_is_not_learnt_from(tmp_path, at):
    noise(tmp_path / "t.csv", species=SPECIES)
    assert "left out: counts the rows" in at("data", "describe", "t.csv")
    fair, leaky = [], []
    for seed in range(5):
        for found, more in ((fair, ()), (leaky, ("--set", 'data.inputs=["Id", "a", "b"]'))):
            at("train", "t.csv", "--seed", seed, "--run-dir", f"r{seed}{len(more)}", *more)
            found.append(metrics(tmp_path / f"r{seed}{len(more)}")["accuracy"])
    assert 0.15 < fmean(fair) < 0.5  # one of three is 0.33
    assert fmean(leaky) > 0.9


def test_answers_in_several_columns(tmp_path, at):
    answers = {f"is_{name}": [f"{one == name:d}" for one in SPECIES] for name in ("ann", "bea", "cid")}
    noise(tmp_path / "t.csv", **answers)
    remedy = 'data.target = ["is_ann", "is_bea", "is_cid"]'
    assert remedy in at("data", "describe", "t.csv")
    assert "classes: is_ann (30), is_bea (30), is_cid (30)" in at("data", "describe", "t.csv", "--set", remedy)


def test_a_single_class(tmp_path, at):
    (tmp_path / "t.csv").write_text("a,b,kind\n" + "".join(f"{n},{n * n},x\n" for n in range(6)))
    said = at("train", "t.csv", "--run-dir", "run", code=3)
    assert "all 6 samples are of class 'x': expected at least two classes" in said
    assert not (tmp_path / "run").exists()


def test_a_quantity_in_whole_numbers(tmp_path, at):
    (tmp_path / "t.csv").write_text("x,y\n" + "".join(f"{n},{3 + n // 10}\n" for n in range(60)))
    said = at("train", "t.csv", "--run-dir", "wrong", "--set", "training.loss=mean_squared_error",
              "--set", 'network.layers=[{kind="dense", units=1}]', code=2)  # fmt: skip
    assert 'data.task = "regression"' in said
    at("train", "t.csv", "--run-dir", "run", "--set", "data.task=regression")
    assert metrics(tmp_path / "run")["r2"] > 0.9
    (tmp_path / "t.csv").write_text("x,y\n" + "".join(f"{n},{n + 1}\n" for n in range(1, 41)))
    assert "hardly repeat were taken for a quantity" in at("data", "describe", "t.csv")
    at("train", "t.csv", "--run-dir", "next")
    assert metrics(tmp_path / "next")["r2"] > 0.98


def test_many_classes_in_whole_numbers(tmp_path, at):
    rows = [f"{n % 62 + (n // 62) / 10},{n % 62}" for n in range(248)]
    (tmp_path / "t.csv").write_text("\n".join(["x,label", *rows, ""]))
    assert 'more than 50 whole numbers were taken for a quantity; data.task = "classification"' in at(
        "data", "describe", "t.csv"
    )
    said = at("data", "describe", "t.csv", "--set", "data.task=classification")
    assert len(re.findall(r"\d+ \(4\)", said)) == 62


def test_answers_of_arrays_in_any_form(tmp_path, at):
    draw = np.random.default_rng(0)
    labels = draw.integers(0, 3, 90)
    x = draw.normal(size=(90, 4)) + 2 * labels[:, None]
    reached = []
    for name, y in (
        ("labels", labels),
        ("hot", np.eye(3, dtype=int)[labels]),
        ("truths", np.eye(3, dtype=bool)[labels]),
    ):
        np.savez(tmp_path / f"{name}.npz", x=x, y=y)
        at("train", f"{name}.npz", "--run-dir", name)
        reached.append(metrics(tmp_path / name))
    assert reached[0] == reached[1] == reached[2]
    assert reached[0]["accuracy"] > 0.7
    np.savez(tmp_path / "other.npz", samples=x, answers=labels)
    assert "Found: samples, answers." in at("train", "other.npz", code=3)


@pytest.mark.parametrize(
    "unit", [lambda x: x, lambda x: 1.7e9 + 200 * x, lambda x: 1e-39 * (1 + x)], ids=["", "stamps", "tiny"]
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_numbers_far_from_0_and_very_small_ones_are_learnt_from(tmp_path, at, unit, dtype):
    rows = [f"{unit(n / 200)!r},{'early' if n < 100 else 'late'}" for n in range(200)]
    (tmp_path / "t.csv").write_text("\n".join(["t,half", *rows, ""]))
    at("train", "t.csv", "--run-dir", "run", "--set", f"training.dtype={dtype}")
    assert metrics(tmp_path / "run")["accuracy"] >= 0.975  # of 40 at most one, at the border
    for words in (("doctor", "run"), ("show", "run"), ("report", "run"), ("predict", "run", "t.csv")):
        at(*words)


def test_new_rows_with_a_number_and_without_answers(tmp_path, at):
    draw = random.Random(2)
    points = [(draw.gauss(0, 1), draw.gauss(0, 1)) for _ in range(120)]
    rows = [f"{u:.3f},{v:.3f},{'no' if u + v < 0 else 'yes'}" for u, v in points]
    rows[3] = rows[3].replace(rows[3].split(",")[0], "", 1)
    (tmp_path / "t.csv").write_text("\n".join(["u,v,label", *rows, ""]))
    at("train", "t.csv", "--run-dir", "run")
    (tmp_path / "new.csv").write_text("id,u,v\n901,5,5\n902,-5,-5\n903,,9\n")
    (tmp_path / "turned.csv").write_text("v,u\n5,5\n-5,-5\n9,\n")
    first, second = at("predict", "run", "new.csv"), at("predict", "run", "turned.csv")
    assert first == second
    assert [line.split(",")[0] for line in first.splitlines()[1:]] == ["yes", "no", "yes"]
    assert json.loads(at("evaluate", "run", "t.csv", "--json"))["metrics"]["t"]["accuracy"] > 0.9


DIALECTS = {
    "commas at both ends": ("a,b,kind,\n1,2,x,\n3,4,y,\n5,7,x,\n", "a, b"),
    "commas behind the rows": ("a,b,kind\n1,2,x,\n3,4,y,\n5,7,x,\n", "a, b"),
    "commas, no names": ("1.5,2,x,\n3,4,y,\n5,7,x,\n", "column 1, column 2"),
    "decimal commas": ("a;b;kind\n1,5;2,25;x\n3,5;4,5;y\n5;7;x\n", "a, b"),
    "decimal commas, no names": ("1,5;2,25;x\n3,5;4,5;y\n5;7;x\n", "column 1, column 2"),
    "comments": ("# of a logger\n# units: m, s\na,b,kind\n1,2,x\n3,4,y\n5,7,x\n", "a, b"),
    "sep=": ("sep=;\na;b;kind\n1;2;x\n3;4;y\n5;7;x\n", "a, b"),
    "blanks and tabs": ("1.5\t2.5\t\t1\n3.5  4.5 2\n5 7 1\n", "column 1, column 2"),
    "truth values": ("a,b,kind\n1,True,x\n3,False,y\n5,True,x\n", "a, b"),
}


@pytest.mark.parametrize("name", DIALECTS)
def test_tables_as_other_programs_write_them(tmp_path, at, name):
    text, inputs = DIALECTS[name]
    (tmp_path / "t.txt").write_text(text)
    said = at("data", "describe", "t.txt")
    assert "3 samples, 2 inputs" in said
    assert f"inputs: {inputs}\n" in said


def test_what_two_readings_fit_is_refused(tmp_path, at):
    (tmp_path / "t.csv").write_text('sqft,price,kind\n"3,475",5,a\n"8,021",4,b\n')
    assert '"3,475" may be 3475 or 3.475: set data.decimal' in at("data", "describe", "t.csv", code=3)
    (tmp_path / "t.csv").write_text("90,2,setosa,virginica\n5.1,3.1,1.6,0\n5.2,3.0,1.7,1\n")
    assert '1:3: "setosa" is not a number, unlike others in the first line' in at("train", "t.csv", code=3)
