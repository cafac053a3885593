"""`tui-nn compare` as its users run it."""

from __future__ import annotations

import json
import statistics
from pathlib import Path


def test_activations_over_seeds_then_two_of_the_runs(tmp_path, tui_nn):
    words = ("compare", "--activations", "relu,tanh", "--on", "iris", "--seeds", "3", "--set", "training.epochs=5")
    done = tui_nn(*words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split()[:3] == ["activation", "accuracy@validation", "deviation"]
    assert {lines[1].split()[0], lines[2].split()[0]} == {"relu", "tanh"}
    assert "●" in done.stdout
    assert lines[-1] == "sweeps/iris-activations"
    again = tui_nn(*words, "--json", "--metric", "loss@train", cwd=tmp_path)
    assert "6 of 6 trials already have a result" in again.stderr
    tree = json.loads(again.stdout)
    first, second = tree["ranking"]
    assert first["mean"] <= second["mean"]
    for one in (first, second):
        assert abs(one["mean"] - statistics.mean(one["values"])) < 1e-12
        assert abs(one["deviation"] - statistics.stdev(one["values"])) < 1e-12
        assert abs(one["half_width"] - 4.302652729911275 * one["deviation"] / 3**0.5) < 1e-9
    assert first["duels"]["won"] == sum(a < b for a, b in zip(first["values"], second["values"], strict=True))

    runs = [trial["run"] for trial in tree["trials"] if trial["seed"] == 0]
    beside = tui_nn("compare", *runs, cwd=tmp_path)
    assert beside.returncode == 0, beside.stderr
    lines = beside.stdout.splitlines()
    assert [line.split()[-1] for line in lines[:3]] == ["directory", *(Path(run).name for run in runs)]
    assert [line.split() for line in lines[3:]] == [
        [],
        ["differ", "in", "1", "2"],
        ["layers[0].activation", "relu", "tanh"],
    ]
    facts = json.loads(tui_nn("compare", *runs, "--json", cwd=tmp_path).stdout)
    assert [one["differs"] for one in facts] == [
        {"network.layers[0].activation": "relu"}, {"network.layers[0].activation": "tanh"}
    ]  # fmt: skip


def test_neither_and_both_are_errors(tmp_path, tui_nn):
    for words in ((), ("one",), ("one", "two", "--on", "iris"), ("--activations", "relu")):
        done = tui_nn("compare", *words, cwd=tmp_path)
        assert done.returncode == 2
        assert "expected --activations" in done.stderr
    unknown = tui_nn("compare", "--activations", "relu,thanh", "--on", "iris", cwd=tmp_path)
    assert unknown.returncode == 2
    assert "Did you mean 'tanh'?" in unknown.stderr
