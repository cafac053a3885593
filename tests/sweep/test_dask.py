"""The trials of a sweep on a real Dask cluster: a scheduler and two workers, one of which is killed in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec

import pytest

from tui_nn.sweep.trial import digest_of_run

pytestmark = pytest.mark.skipif(find_spec("distributed") is None, reason="needs the extra dask")

SETTINGS = ("digits", "--grid", "training.batch=16,32", "--seeds", "2", "--set", "training.epochs=40")


def until(condition, what):
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within 90 s: {what}")


@pytest.fixture(scope="module")
def processes():
    started = []
    yield started
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory, processes):
    """(address of the scheduler, the workers, the folder in which each of them makes its runs)."""
    tmp_path = tmp_path_factory.mktemp("cluster")

    def start(module, *arguments, folder):
        folder.mkdir()
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", module, "--host", "127.0.0.1", "--no-dashboard", *arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, env={**os.environ, "TMPDIR": str(folder)},
            )  # fmt: skip
        processes.append(process)
        return process

    file = tmp_path / "scheduler.json"
    start("distributed.cli.dask_scheduler", "--port", "0", "--scheduler-file", str(file), folder=tmp_path / "scheduler")
    until(file.exists, "a scheduler")
    address = until(lambda: file.read_text() and json.loads(file.read_text())["address"], "its address")
    folders = [tmp_path / "worker-1", tmp_path / "worker-2"]
    workers = [
        start(
            "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", "--memory-limit", "0",
            "--local-directory", str(folder), folder=folder,
        )
        for folder in folders
    ]  # fmt: skip
    return address.removeprefix("tcp://"), workers, folders


def sweep(*arguments, cwd):
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "tui_nn", "sweep", *SETTINGS, "--json", *arguments], cwd=cwd,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_folds_on_a_cluster_are_those_of_this_machine(tmp_path, cluster, tui_nn):
    address, _, _ = cluster
    words = ("train", "iris", "--folds", "3", "--set", "training.epochs=5")
    for where, name in ((f"dask://{address}", "far"), ("local", "near")):
        report = ("--run-dir", name, "--report", f"{name}-report")
        done = tui_nn(*words, "--executor", where, *report, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert [line.split("  ")[0] for line in done.stdout.splitlines()] == ["fold 1", "fold 2", "fold 3", name]
    both = [[digest_of_run(tmp_path / name / f"fold-{fold}") for fold in (1, 2, 3)] for name in ("far", "near")]
    assert both[0] == both[1]
    assert (tmp_path / "far-report" / "fold-3" / "loss.svg").exists()


def test_a_killed_worker_costs_nothing_and_the_numbers_are_the_local_ones(tmp_path, cluster, tui_nn):
    """The last that is asked of this cluster: one of its two workers is left."""
    address, workers, folders = cluster
    running = sweep("--executor", f"dask://{address}", "--out", "far", cwd=tmp_path)
    trials = tmp_path / "far" / "trials"
    until(lambda: trials.exists() and any(trials.glob("*.json")), "a first result")
    # In the middle of a trial: its trainer has written events, and no summary yet.
    until(
        lambda: any(
            not (run.parent / "summary.json").exists() for run in folders[0].glob("tui-nn-trial-*/run/events.jsonl")
        ),
        "a trial on the first worker",
    )
    workers[0].send_signal(signal.SIGKILL)
    finished = len(list(trials.glob("*.json")))
    out, said = running.communicate(timeout=180)
    assert running.returncode == 0, said
    assert finished < 4
    far = json.loads(out)["trials"]
    local = tui_nn("sweep", *SETTINGS, "--json", "--workers", "2", "--out", "near", cwd=tmp_path)
    near = json.loads(local.stdout)["trials"]
    assert [one["state"] for one in far] == ["done"] * 4, said
    assert [one["digest"] for one in far] == [one["digest"] for one in near]
    assert len({one["digest"] for one in far}) == 4
    # The run directories have come along.
    shown = tui_nn("show", far[0]["run"], "--view", "weights", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr


@pytest.mark.parametrize(
    ("address", "message"), [("dask://127.0.0.1:1", "no scheduler answers"), ("slurm", "expected local or dask://")]
)
def test_an_executor_that_is_not_there_is_named(address, message, monkeypatch):
    monkeypatch.setattr("tui_nn.sweep.executors.PATIENCE", 1)
    from tui_nn.errors import ExperimentError
    from tui_nn.sweep.executors import executor_of

    with pytest.raises(ExperimentError, match=message):
        executor_of(address, 1)
