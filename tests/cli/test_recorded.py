"""`evaluate`, `predict` and `export`: a recorded network asked again, on its own data and on others."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file

ROWS = [(5.1, 3.5, 1.4, 0.2), (7.0, 3.2, 4.7, 1.4), (6.3, 3.3, 6.0, 2.5)]  # the first of each species
NAMES = ("sepal length", "sepal width", "petal length", "petal width")
SPECIES = ("setosa", "versicolor", "virginica")


@pytest.fixture(scope="module")
def folder(tmp_path_factory, tui_nn):
    folder = tmp_path_factory.mktemp("recorded")
    assert tui_nn("train", "iris", "--quiet", "--run-dir", "run", cwd=folder).returncode == 0
    return folder


def write(path, rows, names=NAMES, answers=None):
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*names, *(["species"] if answers else [])])
        for index, row in enumerate(rows):
            writer.writerow([*row, *([answers[index]] if answers else [])])
    return path


def test_evaluate_repeats_what_the_summary_says(folder, tui_nn):
    done = tui_nn("evaluate", "run", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    measured = json.loads(done.stdout)["metrics"]
    summary = json.loads((folder / "run" / "summary.json").read_text())["metrics"]
    for part in ("train", "validation"):
        for name, value in measured[part].items():
            assert value == pytest.approx(summary[part][name], rel=1e-6)
    text = tui_nn("evaluate", "run", cwd=folder).stdout.splitlines()
    assert text[0].split() == ["metric", "train", "validation"]
    early = json.loads(tui_nn("evaluate", "run", "--epoch", "0", "--json", cwd=folder).stdout)
    assert early["step"] == 0
    assert early["metrics"]["validation"]["accuracy"] < measured["validation"]["accuracy"]


def test_evaluate_on_another_file(folder, tui_nn):
    path = write(folder / "new.csv", ROWS, answers=SPECIES)
    done = tui_nn("evaluate", "run", path, "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["metrics"]["new"]["accuracy"] == 1.0
    wrong = write(folder / "wrong.csv", ROWS, answers=("setosa", "versicolour", "virginica"))
    done = tui_nn("evaluate", "run", wrong, cwd=folder)
    assert done.returncode == 3
    assert "class 'versicolour' was not in the training data. Did you mean 'versicolor'?" in done.stderr


@pytest.mark.parametrize("kind", ["with answers", "without", "other order"])
def test_predict_scales_as_in_training(folder, kind, tui_nn):
    order = [3, 1, 0, 2] if kind == "other order" else [0, 1, 2, 3]
    rows = [[row[index] for index in order] for row in ROWS]
    names = [NAMES[index] for index in order]
    path = write(folder / "rows.csv", rows, names, SPECIES if kind == "with answers" else None)
    done = tui_nn("predict", "run", path, cwd=folder)
    assert done.returncode == 0, done.stderr
    lines = list(csv.DictReader(done.stdout.splitlines()))
    assert [line["prediction"] for line in lines] == list(SPECIES)
    assert list(lines[0]) == ["prediction", *(f"p({name})" for name in SPECIES)]
    assert sum(float(lines[0][f"p({name})"]) for name in SPECIES) == pytest.approx(1, abs=1e-5)
    # A row alone gives the same as among others: nothing is fitted to what is predicted.
    alone = write(folder / "alone.csv", [rows[1]], names)
    (one,) = csv.DictReader(tui_nn("predict", "run", alone, cwd=folder).stdout.splitlines())
    assert float(one["p(versicolor)"]) == pytest.approx(float(lines[1]["p(versicolor)"]), rel=1e-5)


def test_predict_into_a_file_as_json_lines(folder, tui_nn):
    path = write(folder / "rows.csv", ROWS)
    done = tui_nn("predict", "run", path, "--json", "--out", "answers.jsonl", cwd=folder)
    assert done.stdout == "answers.jsonl\n"
    answers = [json.loads(line) for line in (folder / "answers.jsonl").read_text().splitlines()]
    assert [answer["prediction"] for answer in answers] == list(SPECIES)


@pytest.mark.parametrize(
    ("rows", "names", "words"),
    [
        ([row[:3] for row in ROWS], NAMES[:3], "has no column 'petal width', which is an input"),
        (ROWS, ("sepal length", "sepal width", "petal length", "petal with"), "has no column 'petal width'"),
        ([(5.1, "x", 1.4, 0.2)], NAMES, ':2:2: column "sepal width": "x" is not a number.'),
        ([("x", 3.5, 1.4, 0.2)], NAMES, ':2:1: column "sepal length": "x" is not a number.'),
    ],
)
def test_rows_that_do_not_fit_are_refused_with_their_place(folder, rows, names, words, tui_nn):
    done = tui_nn("predict", "run", write(folder / "bad.csv", rows, names), cwd=folder)
    assert done.returncode == 3
    assert words in done.stderr
    assert done.stdout == ""


def test_export_in_every_format(folder, tui_nn):
    assert tui_nn("export", "run", "--to", "npz", cwd=folder).stdout == "run-weights.npz\n"
    assert tui_nn("export", "run", "--to", "safetensors", "--out", "w.safetensors", cwd=folder).returncode == 0
    assert tui_nn("export", "run", "--to", "csv", "--out", "thetas", cwd=folder).returncode == 0
    with np.load(folder / "run-weights.npz", allow_pickle=False) as file:
        archive = {name: file[name] for name in file.files}
    facts = json.loads(str(archive.pop("net")))
    tensors = load_file(folder / "w.safetensors")
    assert {name: array.shape for name, array in archive.items()} == {
        "theta_1": (8, 5), "theta_2": (3, 9), "offset": (4,), "factor": (4,), "low": (4,), "high": (4,)
    }  # fmt: skip
    assert tensors.keys() == archive.keys()
    for name, array in archive.items():
        assert np.array_equal(tensors[name], array)
        if name.startswith("theta"):
            text = np.loadtxt(folder / "thetas" / f"{name}.csv", delimiter=",", dtype=array.dtype)
        else:
            rows = list(csv.DictReader((folder / "thetas" / "preparation.csv").read_text().splitlines()))
            assert [row["input"] for row in rows] == ["sepal length", "sepal width", "petal length", "petal width"]
            text = np.array([row[name] for row in rows], array.dtype)
        assert np.array_equal(text, array)
    assert json.loads((folder / "thetas" / "net.json").read_text()) == facts
    assert facts["net"]["classes"] == ["setosa", "versicolor", "virginica"]
    assert [layer["activation"]["kind"] for layer in facts["net"]["layers"]] == ["relu", "softmax"]
    with safe_open(folder / "w.safetensors", "numpy") as file:
        assert json.loads(file.metadata()["net"]) == facts["net"]


def test_an_exported_file_answers_as_its_run_does_and_needs_nothing_else(folder, tmp_path, tui_nn):
    assert (
        tui_nn("export", "run", "--to", "safetensors", "--out", str(tmp_path / "m.safetensors"), cwd=folder).returncode
        == 0
    )
    (tmp_path / "rows.csv").write_text(
        "petal width,petal length,sepal width,sepal length\n0.2,1.4,3.5,5.1\n2.1,5.7,3.0,6.7\n"
    )
    expected = tui_nn("predict", "run", str(tmp_path / "rows.csv"), cwd=folder)
    found = tui_nn("predict", "m.safetensors", "rows.csv", cwd=tmp_path)
    assert found.stdout == expected.stdout
    assert [line.split(",")[0] for line in found.stdout.splitlines()] == ["prediction", "setosa", "virginica"]
    refused = tui_nn("predict", "m.safetensors", "rows.csv", "--epoch", "2", cwd=tmp_path)
    assert (refused.returncode, "--epoch: m.safetensors holds the weights of one epoch" in refused.stderr) == (2, True)
    (tmp_path / "m.safetensors").write_bytes((folder / "run" / "net").read_bytes())
    refused = tui_nn("predict", "m.safetensors", "rows.csv", cwd=tmp_path)
    assert (refused.returncode, "a network without weights" in refused.stderr) == (6, True)


def test_weights_go_from_a_run_into_an_experiment(folder, tui_nn):
    assert tui_nn("export", "run", "--to", "npz", cwd=folder).returncode == 0
    # What was exported is what an experiment takes: trained no further, it says the same.
    again = [
        "train",
        "iris",
        "--set",
        "network.weights=run-weights.npz",
        "--set",
        "training.epochs=0",
        "--run-dir",
        "again",
    ]
    assert tui_nn(*again, "--quiet", cwd=folder).returncode == 0
    first, second = (json.loads((folder / run / "summary.json").read_text())["metrics"] for run in ("run", "again"))
    assert second["validation"]["loss"] == pytest.approx(first["validation"]["loss"], rel=1e-6)
    assert tui_nn("export", "run", "--to", "pickle", cwd=folder).returncode == 2


def test_metrics_of_a_large_training_part_say_of_how_many_samples_they_are(tmp_path, command):
    """Not all of 11,200: `train`, summary, report and `evaluate` measure the same ones, and say so."""
    words = ["--set", "data.source={kind='spiral', samples=24000}", "--set", "training.epochs=1"]
    command("train", "spiral", *words, "--run-dir", "run", cwd=tmp_path)
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert summary["samples"]["train"] > 10000
    assert summary["measured"] == {**summary["samples"], "train": 10000}
    again = json.loads(command("evaluate", "run", "--json", cwd=tmp_path))["metrics"]["train"]
    assert again == {name: value for name, value in summary["metrics"]["train"].items() if name != "cost"}
    for told in (
        command("evaluate", "run", cwd=tmp_path),
        command("report", "run", cwd=tmp_path),
        command("show", "run", "--view", "loss", cwd=tmp_path),
    ):
        assert "train, first 10,000" in told
