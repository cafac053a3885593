"""Trials: an identity that depends on what decides the numbers, and a child that is retried, refused or stopped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from recording import train

from tui_nn.errors import StorageError
from tui_nn.runs import RunReader, layout, open_run
from tui_nn.sweep.executors import LocalExecutor
from tui_nn.sweep.plan import Axis, make_plan
from tui_nn.sweep.results import SweepDirectory
from tui_nn.sweep.run import ATTEMPTS, run_plan
from tui_nn.sweep.trial import Trial, digest_of_run, run_trial

SHORT = ("training.epochs=3",)
ACTIVATION = """
import os, pathlib, signal
from tui_nn.plugin import activation, hookimpl

CALLS = []

@activation
def moody(z):
    "The identity, but for what it does."
    {does}
    return z * 1.0

@hookimpl
def tui_nn_activations():
    return [moody]
"""
KILLED_ONCE = """CALLS.append(1)
    marker = pathlib.Path(__file__).with_name("killed")
    if len(CALLS) > 12 and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)"""


def plugin(folder: Path, does: str) -> str:
    path = folder / "moody.py"
    path.write_text(ACTIVATION.format(does=does))
    return str(path)


def moody_plan(folder: Path, does: str, *names: str):
    axis = Axis("network.layers[0].activation", names)
    return make_plan("iris", [axis], 1, SHORT, [plugin(folder, does)])


def run(plan, folder, workers=2):
    with LocalExecutor(workers) as executor:
        return run_plan(plan, SweepDirectory(folder), executor)


def test_the_identity_is_the_same_in_every_process_and_order():
    (trial,) = make_plan("iris", overrides=SHORT).trials
    code = f"from tui_nn.sweep.plan import make_plan; print(make_plan('iris', overrides={SHORT}).trials[0].identity)"
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        words = [sys.executable, "-c", code]
        found = subprocess.run(words, capture_output=True, text=True, env=environment, timeout=60)
        assert found.stdout.strip() == trial.identity, found.stderr
    turned = json.loads(json.dumps(trial.specification()), object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    assert Trial.of(turned).identity == trial.identity


def test_the_identity_follows_seed_plugin_and_data_and_not_the_name_of_an_axis(tmp_path):
    data = tmp_path / "points.csv"
    data.write_text("a,label\n" + "".join(f"{i},{i % 2}\n" for i in range(20)))
    settings = (f"data.source={data}", "network.layers=[{kind='dense',units=2,activation='sigmoid'}]")
    file = plugin(tmp_path, "pass")

    def identity(*overrides, axes=()):
        return make_plan("iris", axes, overrides=(*settings, *overrides), plugins=[file]).trials[0].identity

    found = [identity()]
    assert identity() == found[0]
    assert identity(axes=[Axis("training.seed", ("0",))]) == found[0]
    found.append(identity("training.seed=1"))
    data.write_text(data.read_text() + "20,0\n")
    found.append(identity())
    Path(file).write_text("# edited")
    found.append(identity())
    assert len(set(found)) == 4


@pytest.mark.posix("has no SIGKILL")
def test_a_trial_killed_in_its_middle_is_tried_again_and_others_go_on(tmp_path):
    results = run(moody_plan(tmp_path, KILLED_ONCE, "relu", "moody", "tanh"), tmp_path / "sweep")
    assert [(one.settings["activation"], one.state, one.attempts) for one in results] == [
        ("relu", "done", 1), ("moody", "done", 2), ("tanh", "done", 1)
    ]  # fmt: skip
    # The marker is there now, so this one is never killed: the same numbers, bit for bit.
    (again,) = run(moody_plan(tmp_path, KILLED_ONCE, "moody"), tmp_path / "again", workers=1)
    assert (again.attempts, again.digest) == (1, results[1].digest)
    assert len({one.digest for one in results}) == 3


@pytest.mark.posix("has no SIGKILL")
def test_a_trial_that_is_killed_every_time_is_given_up(tmp_path):
    plan = moody_plan(tmp_path, "os.kill(os.getpid(), signal.SIGKILL)", "moody", "relu")
    results = run(plan, tmp_path / "sweep")
    assert [one.state for one in results] == ["failed", "done"]
    assert results[0].attempts == ATTEMPTS
    assert "signal 9" in results[0].message


def test_what_fails_is_named_and_does_not_stop_the_others(tmp_path):
    broken = tmp_path / "broken.csv"
    broken.write_text("a,label\n1,x\noops,y\n")
    axes = [Axis("data.source", ("iris", str(broken))), Axis("network.layers[0].activation", ("relu", "moody"))]
    plan = make_plan("iris", axes, 1, SHORT, [plugin(tmp_path, "raise ValueError('no mood')")])
    results = run(plan, tmp_path / "sweep")
    assert [(one.state, one.exit_code) for one in results] == [
        ("done", 0), ("failed", 7), ("failed", 3), ("failed", 3)
    ]  # fmt: skip
    assert "no mood" in results[1].message
    assert "broken.csv" in results[2].message


def test_divergence_is_a_result(tmp_path):
    words = [*SHORT, "data.scale=none", "network.layers[0].activation=identity"]
    plan = make_plan("wine", [Axis("training.rate", ("1e30", "0.01"))], 1, words)
    results = run(plan, tmp_path)
    assert [(one.state, one.exit_code) for one in results] == [("diverged", 4), ("done", 0)]
    assert "loss became" in results[0].message
    assert results[0].value("loss", "train") is None


def test_a_file_that_has_changed_since_is_refused(tmp_path):
    plan = moody_plan(tmp_path, "pass", "moody")
    plugin(tmp_path, "z = -z")
    outcome = run_trial(plan.trials[0].specification(), str(tmp_path / "run"))
    assert outcome["exit_code"] == 7
    assert "has changed" in outcome["message"]


def test_results_do_not_depend_on_workers_or_executor(tmp_path):
    plan = make_plan("iris", [Axis("training.batch", ("8", '"full"'))], 1, SHORT)
    local = run(plan, tmp_path / "local", workers=2)
    # Processes that get the specification alone, and send the run's files back.
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        sent = run_plan(plan, SweepDirectory(tmp_path / "sent"), pool, in_place=False)
    assert [one.digest for one in local] == [one.digest for one in sent]
    assert [(one.settings["batch"], one.seed) for one in local] == [(8, 0), ("full", 0)]
    for one in (*local, *sent):
        reader = open_run(one.run)
        assert reader.state() == "finished"
        assert reader.history.epochs == [0, 1, 2, 3]
        assert reader.weights() is not None


def test_only_what_has_no_result_is_run(tmp_path):
    plan = make_plan("iris", [Axis("training.batch", ("8", "16"))], 1, SHORT)
    first = run(plan, tmp_path)
    files = [tmp_path / "trials" / f"{one.identity}.json" for one in first]
    written = files[0].stat().st_mtime_ns
    files[1].unlink()
    larger = make_plan("iris", [Axis("training.batch", ("8", "16", "32"))], 1, SHORT)
    seen = []
    with LocalExecutor(1) as executor:
        again = run_plan(
            larger, SweepDirectory(tmp_path), executor, observe=lambda trial, _: seen.append(trial.settings["batch"])
        )
    assert seen == [16, 32]
    assert [one.digest for one in again[:2]] == [one.digest for one in first]
    assert files[0].stat().st_mtime_ns == written


def test_half_a_line_of_a_full_disk_is_no_event(tmp_path, registry):
    recorded = train(tmp_path / "run", registry, "iris", "training.epochs=1")
    whole = digest_of_run(recorded)
    with (recorded / layout.EVENTS).open("ab") as file:
        file.write(b'{"event":"epoch","epo')
    assert digest_of_run(recorded) == whole


def test_two_sweeps_in_one_directory_are_refused(tmp_path):
    directory = SweepDirectory(tmp_path)
    with directory.locked(), pytest.raises(StorageError, match="another sweep is running"):
        run(make_plan("iris", overrides=SHORT), tmp_path)


def test_a_child_ends_with_its_worker(tmp_path):
    (trial,) = make_plan("digits", overrides=["training.epochs=100000"]).trials
    folder = tmp_path / "run"
    code = f"import json, sys, tui_nn.sweep.trial as t; t.run_trial(json.load(sys.stdin), {str(folder)!r})"
    worker = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, text=True)
    worker.stdin.write(json.dumps(trial.specification()))
    worker.stdin.close()
    reader = RunReader(folder)
    until(lambda: (live := reader.live()) is not None and live.step > 0)
    worker.kill()
    worker.wait()
    until(lambda: reader.state() == "finished")
    assert reader.summary().reason == "interrupted"


def until(condition):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen within 30 s")
