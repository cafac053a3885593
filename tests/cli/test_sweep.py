"""`tui-nn sweep` as its users run it."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import time

import pytest


def command(*arguments):
    return [sys.executable, "-P", "-m", "tui_nn", *arguments]


GRID = ("--grid", "training.rate=0.0001,0.1", "--set", "training.epochs=4")


def test_a_sweep_ranks_goes_on_and_says_what_it_did(tmp_path, tui_nn):
    done = tui_nn("sweep", "iris", *GRID, "--seeds", "2", "--csv", "trials.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split()[:4] == ["rank", "rate", "accuracy@validation", "+-"]
    assert lines[1].split()[1] == "0.1"
    assert lines[-1] == "sweeps/iris"
    assert len([line for line in done.stderr.splitlines() if line.startswith("trial ")]) == 4
    assert "\x1b" not in done.stdout + done.stderr
    rows = list(csv.DictReader((tmp_path / "trials.csv").read_text().splitlines()))
    assert [(row["rate"], row["seed"], row["state"]) for row in rows] == [
        ("0.0001", "0", "done"), ("0.0001", "1", "done"), ("0.1", "0", "done"), ("0.1", "1", "done")
    ]  # fmt: skip
    shown = tui_nn("show", "sweeps/iris", "--width", "60", "--height", "10", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert "accuracy@validation" in shown.stdout.splitlines()[0]
    assert shown.stdout.splitlines()[-1].split()[-2:] == ["rate", "0.1"]
    tiles = tui_nn("show", "sweeps/iris", "--view", "loss", "--width", "80", cwd=tmp_path)
    assert tiles.returncode == 0, tiles.stderr
    assert tiles.stdout.splitlines()[0] == "loss of each trial, by accuracy@validation"
    captions = [f"rate {row['rate']}  seed {row['seed']}" for row in rows]
    assert all(tiles.stdout.count(caption) == 1 for caption in captions)
    told = json.loads(tui_nn("show", "sweeps/iris", "--view", "loss", "--json", cwd=tmp_path).stdout)
    assert [(one["settings"]["rate"], one["seed"]) for one in told] == [(0.1, 0), (0.1, 1), (0.0001, 0), (0.0001, 1)]
    assert all(one["numbers"]["epochs"] == [0, 1, 2, 3, 4] for one in told)
    damaged = tmp_path / "sweeps" / "iris" / "runs" / told[0]["run"] / "events.jsonl"
    kept = damaged.read_bytes()
    damaged.write_text("[1]\n")
    others = json.loads(tui_nn("show", "sweeps/iris", "--view", "loss", "--json", cwd=tmp_path).stdout)
    assert ["problem" in one for one in others] == [True, False, False, False]
    assert "events.jsonl:1" in others[0]["problem"]
    assert tui_nn("show", "sweeps/iris", "--view", "loss", cwd=tmp_path).stdout.count(" train ") >= 3
    damaged.write_bytes(kept)
    for option in (("--csv",), ("--at", "1")):
        assert tui_nn("show", "sweeps/iris", *option, cwd=tmp_path).returncode == 2
    assert tui_nn("show", "sweeps/iris", "--view", "confusion", "--log", cwd=tmp_path).returncode == 2
    result = next((tmp_path / "sweeps" / "iris" / "trials").glob("*.json"))
    whole = result.read_bytes()
    result.write_text("[1]")
    marked = tui_nn("show", "sweeps/iris", "--json", cwd=tmp_path)
    assert marked.returncode == 0
    assert sorted(one["state"] for one in json.loads(marked.stdout)["trials"]) == ["done"] * 3 + ["unreadable"]
    whole_again = tui_nn("sweep", "iris", *GRID, "--seeds", "2", cwd=tmp_path)
    assert whole_again.returncode == 0
    assert f"{result.relative_to(tmp_path)}: not the result of a trial" in whole_again.stderr
    assert json.loads(result.read_text())["digest"] == json.loads(whole)["digest"], "it was trained again"
    other = tui_nn("show", "sweeps/iris", "--reading", "loss@tran", cwd=tmp_path)
    assert (other.returncode, "Did you mean 'loss@train'?" in other.stderr) == (2, True)
    down = tui_nn("show", "sweeps/iris", "--reading", "accuracy:low", cwd=tmp_path)
    assert (down.returncode, "'accuracy' declares that high is better; found 'low'" in down.stderr) == (2, True)
    again = tui_nn("sweep", "iris", *GRID, "--seeds", "2", "--json", cwd=tmp_path)
    assert "4 of 4 trials already have a result" in again.stderr
    tree = json.loads(again.stdout)
    mean = sum(float(row["accuracy@validation"]) for row in rows[2:]) / 2
    assert tree["ranking"][0]["mean"] == pytest.approx(mean)
    assert len(tree["trials"]) == 4


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--grid", "training.optimizer.rat=1,2"), 2, "Did you mean 'rate'?"),
        (("--grid", "activation=relu,thanh"), 2, "Did you mean 'tanh'?"),
        (("--require", "acuracy >= 0.5"), 2, "Did you mean 'accuracy'?"),
    ],
)
def test_errors_come_before_any_training(tmp_path, arguments, code, message, tui_nn):
    done = tui_nn("sweep", "iris", *arguments, cwd=tmp_path)
    assert done.returncode == code
    assert message in done.stderr
    assert not (tmp_path / "sweeps").exists()


def test_requirements_ask_for_one_good_setting(tmp_path, tui_nn):
    assert tui_nn("sweep", "iris", *GRID, "--require", "loss@train <= 1.0", cwd=tmp_path).returncode == 0
    missed = tui_nn("sweep", "iris", *GRID, "--require", "loss@train <= 0.0", cwd=tmp_path)
    assert missed.returncode == 5
    assert "1 below requirement" in missed.stdout


@pytest.mark.posix("sends no signal to another process")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_sweep_leaves_no_child_and_goes_on(tmp_path, number, code, tui_nn):
    settings = ("digits", "--grid", "training.batch=16,32,64", "--set", "training.epochs=25", "--workers", "1")
    sweep = subprocess.Popen(
        command("sweep", *settings), cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # whoever runs the tests may ignore it
    )  # fmt: skip
    trials = tmp_path / "sweeps" / "digits" / "trials"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not any(trials.glob("*.json")):  # whole ones, not one that is being written
        time.sleep(0.05)
    sweep.send_signal(number)
    _, said = sweep.communicate(timeout=30)
    assert sweep.returncode == code
    assert "the same command resumes it" in said
    finished = len(list(trials.glob("*.json")))
    assert 1 <= finished < 3
    done = tui_nn("sweep", *settings, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"{finished} of 3 trials already have a result" in done.stderr


WRONG = """
import numpy as np
from tui_nn.plugin import hookimpl, metric

@metric
def wrong(predicted, true):
    "The share of wrong answers."
    return np.mean(predicted != true)

@hookimpl
def tui_nn_metrics():
    return [wrong]
"""


def test_a_sweep_asks_which_way_is_better_before_anything_is_trained(tmp_path, tui_nn):
    (tmp_path / "wrong.py").write_text(WRONG)
    words = ("sweep", "iris", *GRID, "--plugin", "wrong.py")
    asked = tui_nn(*words, "--metric", "wrong", cwd=tmp_path)
    assert (asked.returncode, asked.stdout) == (2, "")
    assert "'wrong' does not say which way is better. Add it, as in --metric wrong:low or wrong:high" in asked.stderr
    unknown = tui_nn(*words, "--metric", "wrongs", cwd=tmp_path)
    assert (unknown.returncode, "Did you mean 'wrong'?" in unknown.stderr) == (2, True)
    odd = tui_nn(*words, "--metric", "wrong:down", cwd=tmp_path)
    assert (odd.returncode, "unknown direction 'down'" in odd.stderr) == (2, True)
    assert not (tmp_path / "sweeps").exists()
    done = tui_nn(*words, "--metric", "wrong:low", cwd=tmp_path)
    table = [line.split() for line in done.stdout.splitlines()]
    assert table[0][2] == "wrong@validation"
    assert float(table[1][2]) < float(table[2][2])
    # A sweep of before metrics said it knows the built-in ones.
    plan = json.loads((tmp_path / "sweeps/iris/sweep.json").read_text())
    assert plan.pop("metrics")["wrong"] is None
    (tmp_path / "sweeps/iris/sweep.json").write_text(json.dumps(plan))
    assert "loss@train" in tui_nn("show", "sweeps/iris", "--reading", "loss@train", cwd=tmp_path).stdout


def test_an_experiment_s_name_leads_nowhere_else(tmp_path, command):
    (tmp_path / "here").mkdir()
    words = ["--set", "name=../../elsewhere", "--set", "training.epochs=1", "--grid", "training.rate=1"]
    told = command("sweep", "xor", *words, cwd=tmp_path / "here")
    assert told.splitlines()[-1].replace("\\", "/") == "sweeps/elsewhere"
    assert [path.name for path in tmp_path.iterdir()] == ["here"]
