"""Runs that train on: with more epochs, more steps or more time, and with other settings; all of it can be verified."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner
from in_process import tui_nn, weights

from tui_nn.cli.main import main
from tui_nn.runs import layout


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def train(*arguments):
    return tui_nn("train", *arguments, "--quiet")


def summary(run):
    return json.loads((run / layout.SUMMARY).read_text())


def test_more_epochs_come_to_the_bits_of_a_run_that_had_them_at_once(tmp_path, capfd):
    assert train("iris", "--set", "training.epochs=8", "--run-dir", "whole") == 0
    assert train("iris", "--set", "training.epochs=5", "--run-dir", "run") == 0
    assert tui_nn("train", "--resume", "run", "--set", "training.epochs=8") == 0
    said = capfd.readouterr().out
    assert "epoch 6/8" in said
    assert "epoch 8/8" in said
    assert np.array_equal(weights(tmp_path / "run"), weights(tmp_path / "whole"))
    assert summary(tmp_path / "run")["epochs"] == 8
    assert tui_nn("verify", "run") == 0


def test_other_settings_are_part_of_the_recipe(tmp_path):
    assert train("iris", "--set", "training.epochs=5", "--run-dir", "run") == 0
    before = weights(tmp_path / "run")
    more = ("--set", "training.epochs=9", "--set", "training.rate=0.01", "--set", "training.batch=7")
    assert train("--resume", "run", *more) == 0
    assert not np.array_equal(weights(tmp_path / "run"), before)
    changed = [line for line in (tmp_path / "run" / layout.EVENTS).read_text().splitlines() if '"changed"' in line]
    assert [json.loads(line)["step"] for line in changed] == [json.loads(changed[0])["step"]] * 3
    assert tui_nn("verify", "run") == 0


def test_a_weight_set_by_hand_is_part_of_the_recipe():
    assert train("iris", "--set", "training.epochs=3", "--run-dir", "run") == 0
    assert train("--resume", "run", "--set", "theta[2][3][0]=-2.5", "--set", "training.epochs=5") == 0
    assert tui_nn("verify", "run") == 0


def test_more_steps_than_the_limit_in_the_middle_of_an_epoch():
    assert train("iris", "--max-steps", "10", "--run-dir", "run") == 0
    assert train("--resume", "run", "--max-steps", "23") == 0
    assert train("--resume", "run", "--max-steps", "50") == 0
    assert tui_nn("verify", "run") == 0


def test_a_build_whose_time_is_limited_goes_on_in_the_next_one(tmp_path):
    """The same command each time, as a job of a build server has it."""
    job = ("digits", "--set", "training.epochs=4000", "--max-time", "0.2s", "--run-dir", "run", "--resume", "auto")
    steps, seconds = [], []
    for _ in range(3):
        assert train(*job) == 0
        found = summary(tmp_path / "run")
        assert found["reason"] == "max_time"
        steps.append(found["step"])
        seconds.append(found["seconds"])
    lines = (tmp_path / "run" / layout.EVENTS).read_text().splitlines()
    allowed = [float(json.loads(line)["value"]) for line in lines if '"changed"' in line]
    assert allowed == pytest.approx([seconds[0] + 0.2, seconds[1] + 0.2], abs=0.01), "as much again, not twice as much"
    assert 0 < steps[0] < steps[1] < steps[2]
    assert tui_nn("verify", "run") == 0


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ((), "--set training.epochs=N or --max-steps N"),
        (("--set", "training.epochs=5"), "To train further: --set training.epochs=10"),
        (("--set", "training.epochs=4"), "5 epochs are already done"),
        (("--set", "training.rate=0.1"), "To train further"),
        (("--set", "training.epochs=many"), "found text"),
        (("--set", "network.layers[0].units=9", "--set", "training.epochs=9"), "cannot be changed during training"),
        (("--set", "training.epochs"), "expected KEY=VALUE"),
    ],
)
def test_what_cannot_go_on_stays_as_it_was(tmp_path, more, says):
    assert train("iris", "--set", "training.epochs=5", "--run-dir", "run") == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "run").iterdir() if path.is_file()}
    assert says in train("--resume", "run", *more)
    assert {path.name: path.read_bytes() for path in (tmp_path / "run").iterdir() if path.is_file()} == before


def test_a_run_that_begins_again_takes_no_changes(tmp_path):
    assert train("iris", "--run-dir", "run") == 0
    for path in (tmp_path / "run").glob("checkpoint*"):
        path.unlink()
    (tmp_path / "run" / layout.SUMMARY).unlink()
    assert "restarts from the beginning" in train("--resume", "run", "--set", "training.epochs=100")
    assert (tmp_path / "run" / layout.EVENTS).stat().st_size


def test_a_run_that_went_back_to_its_best_has_ended_for_good():
    early = "training.early_stopping={ patience = 1, min_change = 10.0 }"
    assert train("iris", "--set", early, "--run-dir", "run") == 0
    assert "this run has ended and cannot be resumed" in train("--resume", "run", "--set", "training.epochs=500")


def test_what_is_done_is_done(tmp_path, capfd):
    """A job begun again once its training is done succeeds, says so, and is judged and reported as before."""
    job = ("train", "iris", "--set", "training.epochs=5", "--run-dir", "run", "--resume", "auto")
    assert tui_nn(*job) == 0
    before = (tmp_path / "run" / layout.EVENTS).read_bytes()
    capfd.readouterr()
    for more in ((), ("--max-time", "1h"), ("--report", "out")):
        done = CliRunner().invoke(main, [*job, *more])
        assert done.exit_code == 0
        assert capfd.readouterr().out == "run\n"
        assert done.stderr == "tui-nn: run is already complete: 5 epochs done\n"
    assert (tmp_path / "run" / layout.EVENTS).read_bytes() == before
    assert (tmp_path / "out" / "junit.xml").exists()
    done = CliRunner().invoke(main, [*job, "--require", "accuracy >= 2", "--junit", "j.xml"])
    assert done.exit_code == 5, "a gate is not green without being met"
    assert "requirement not met: accuracy >= 2" in done.stderr
    assert 'failures="1"' in (tmp_path / "j.xml").read_text()
    assert json.loads((tmp_path / "run" / layout.SUMMARY).read_text())["requirements"] == []


def test_the_same_job_with_another_limit_goes_on(tmp_path):
    job = ("digits", "--set", "training.epochs=4000", "--run-dir", "run", "--resume", "auto")
    assert train(*job, "--max-time", "0.2s") == 0
    first = summary(tmp_path / "run")
    assert train(*job, "--max-time", "0.4s") == 0
    second = summary(tmp_path / "run")
    assert (first["reason"], second["reason"]) == ("max_time", "max_time")
    assert second["seconds"] == pytest.approx(first["seconds"] + 0.4, abs=0.2)
    # Without a run directory it is found all the same, whatever its limit was.
    assert train("iris", "--set", "training.epochs=9", "--max-steps", "12", "--resume", "auto", "--out", "runs") == 0
    assert train("iris", "--set", "training.epochs=4000", "--max-time", "0.2s", "--resume", "auto", "--out", "all") == 0
    assert train("iris", "--set", "training.epochs=4000", "--max-time", "0.3s", "--resume", "auto", "--out", "all") == 0
    assert len(list((tmp_path / "all").iterdir())) == 1
    assert tui_nn("verify", str(next((tmp_path / "all").iterdir()))) == 0


def test_more_epochs_are_a_limit_too(tmp_path):
    assert train("iris", "--set", "training.epochs=8", "--run-dir", "whole") == 0
    for epochs in (5, 8):
        assert train("iris", "--set", f"training.epochs={epochs}", "--run-dir", "run", "--resume", "auto") == 0
    assert np.array_equal(weights(tmp_path / "run"), weights(tmp_path / "whole"))
    other = train("iris", "--set", "training.rate=0.5", "--run-dir", "run", "--resume", "auto")
    assert other.startswith("run belongs to another experiment: it has `")


@pytest.mark.parametrize("rule", ["early_stopping", "plateau"])
def test_after_an_early_stop_it_says_what_works(tmp_path, rule):
    metric = 'metric="accuracy@validation"' if rule == "early_stopping" else 'metric="cost"'
    stop = ("--set", f"training.{rule}={{{metric}, patience=2, min_change=0.9}}", "--set", "training.epochs=60")
    assert train("iris", *stop, "--run-dir", "run") == 0
    assert summary(tmp_path / "run")["reason"] == rule
    said = train("--resume", "run", "--set", f"training.{rule}.patience=9")
    assert f"tui-nn train run/experiment.toml --set training.{rule}.patience=N" in said
    assert train("run/experiment.toml", "--set", f"training.{rule}.patience=9", "--run-dir", "more") == 0
    assert summary(tmp_path / "more")["epoch"] > summary(tmp_path / "run")["epoch"]


def test_a_run_that_was_out_of_time_before_its_first_step_goes_on(tmp_path):
    job = ("digits", "--set", "training.epochs=2", "--run-dir", "run", "--resume", "auto")
    assert train(*job, "--max-time", "0.000001s") == 0
    assert summary(tmp_path / "run")["step"] == 0
    assert train(*job, "--max-time", "1h") == 0
    assert (summary(tmp_path / "run")["reason"], summary(tmp_path / "run")["epoch"]) == ("epochs", 2)


MORE = """
from tui_nn.plugin import hookimpl, metric

@metric
def halves(predicted, true):
    "Half of the share that is right."
    return float((predicted == true).mean()) / 2

@hookimpl
def tui_nn_metrics():
    return [halves]
"""


@pytest.mark.slow
def test_a_run_keeps_the_metrics_that_it_began_with(tmp_path, command):
    """A metric that came later is not measured in the middle of a run; one that is gone is named."""
    (tmp_path / "more.py").write_text(MORE)
    command("plugins", "trust", "more.py", cwd=tmp_path)
    command("train", "xor", "--set", "training.epochs=2", "--run-dir", "run", "--quiet", cwd=tmp_path)
    further = ["train", "--resume", "run", "--plugin", "more.py", "--quiet", "--set"]
    command(*further, "training.epochs=4", cwd=tmp_path)
    assert "halves" not in (tmp_path / "run" / "events.jsonl").read_text()
    assert "the same, bit for bit" in command("verify", "run", "--plugin", "more.py", cwd=tmp_path)

    events = tmp_path / "run" / "events.jsonl"
    events.write_text(events.read_text().replace('"accuracy"', '"acuity"'))
    for again in ([*further, "training.epochs=6"], ["verify", "run"]):
        said = command(*again, cwd=tmp_path, code=6)
        assert "was measured by 'acuity', which is no metric here" in said
