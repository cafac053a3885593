"""A run of several labels, from the file to predictions, requirements and views."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest
from oracles import Oracle

sklearn = Oracle("sklearn.metrics")


@pytest.fixture(scope="module")
def run(tmp_path_factory, tui_nn):
    folder = tmp_path_factory.mktemp("labels")
    x = np.random.default_rng(0).uniform(-1, 1, (240, 3))
    true = np.column_stack([x[:, 0] > 0, x[:, 1] + x[:, 2] > 0.5, np.abs(x[:, 0]) < 0.4]).astype(int)
    lines = [
        "p,q,r,left,both,middle",
        *(",".join(map(str, [*row, *y])) for row, y in zip(x.round(3), true, strict=True)),
    ]
    (folder / "t.csv").write_text("\n".join(lines) + "\n")
    keys = ("--set", "data.target=['left', 'both', 'middle']", "--set", "training.epochs=30")
    wanted = ("--require", "f1_macro >= 0.5", "--require", "hamming_loss <= 0")
    done = tui_nn("train", "t.csv", *keys, *wanted, "--run-dir", "run", cwd=folder)
    return folder, true, done


def test_requirements_take_the_metrics_of_labels(run):
    _, _, done = run
    assert done.returncode == 5
    assert "requirement not met: hamming_loss <= 0: it is 0." in done.stderr
    assert "f1_macro" not in done.stderr.partition("requirement not met")[2]
    assert "exact_match" in done.stdout


def test_predict_writes_a_column_a_label_and_evaluate_agrees(run, command):
    folder, true, _ = run
    rows = list(csv.DictReader(io.StringIO(command("predict", "run", "t.csv", cwd=folder))))
    names = ["left", "both", "middle"]
    assert list(rows[0]) == [*names, *(f"p({name})" for name in names)]
    said = np.array([[int(row[name]) for name in names] for row in rows])
    sure = np.array([[float(row[f"p({name})"]) for name in names] for row in rows])
    np.testing.assert_array_equal(said, sure >= 0.5)
    found = json.loads(command("evaluate", "run", "t.csv", "--json", cwd=folder))["metrics"]["t"]
    assert found["exact_match"] == pytest.approx(sklearn.accuracy_score(true, said))
    assert found["hamming_loss"] == pytest.approx(sklearn.hamming_loss(true, said))
    assert found["f1_micro"] == pytest.approx(sklearn.f1_score(true, said, average="micro"))
    command("export", "run", "--to", "safetensors", "--out", "n.safetensors", cwd=folder)
    assert command("predict", "n.safetensors", "t.csv", cwd=folder) == command("predict", "run", "t.csv", cwd=folder)


def test_the_view_of_labels_is_their_confusion(run, command):
    folder, _, _ = run
    found = json.loads(command("show", "run", "--view", "labels", "--json", cwd=folder))
    assert (found["part"], found["label"]) == ("validation", ["left", "both", "middle"])
    kinds = ("true_negative", "false_positive", "false_negative", "true_positive")
    counts = np.array([found[kind] for kind in kinds])
    assert counts.sum(axis=0).tolist() == [48, 48, 48]
    metrics = json.loads(command("evaluate", "run", "--json", cwd=folder))["metrics"]["validation"]
    assert 1 - np.mean(found["accuracy"]) == pytest.approx(metrics["hamming_loss"])
    assert np.mean(found["f1"]) == pytest.approx(metrics["f1_macro"])


@pytest.mark.parametrize(
    ("view", "said"),
    [
        ("confusion", "Each sample has several labels, not one class."),
        ("classes", "Each sample has several labels, not one class."),
        ("mistakes", "Each sample has several labels, not one class."),
        ("votes", "Each sample has several labels, not one class."),
        ("accuracy", "No accuracy here: each sample has several labels, not one class."),
        ("fit", "The targets are labels, yes or no, not numbers."),
    ],
)
def test_what_a_view_cannot_say_of_labels_it_does_not_say(run, tui_nn, view, said):
    done = tui_nn("show", "run", "--view", view, cwd=run[0])
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_outputs_have_the_names_of_labels(run, command):
    sample = command("show", "run", "--view", "sample", "--plain", cwd=run[0])
    assert "middle" in sample
    assert "y3" not in sample
    unit = command("show", "run", "--view", "unit", "--plain", cwd=run[0])
    assert "unit 1 of layer 2" in unit
    assert "label left" in unit


def test_a_run_of_labels_repeats_itself(run, command):
    assert "weights  the same, bit for bit" in command("verify", "run", cwd=run[0])
