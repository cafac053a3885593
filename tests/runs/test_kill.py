"""Real processes, really killed: SIGKILL at random moments, SIGTERM, SIGSTOP, a full disk; and runs trained again.

TUI_NN_KILLS=1000 makes the loop as long as one likes.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from tui_nn.runs import layout
from tui_nn.runs.checkpoint import load_checkpoint

pytestmark = pytest.mark.slow

TRAIN = [sys.executable, "-m", "tui_nn", "train"]
DIGITS = ["digits", "--set", "training.epochs=60", "--set", 'training.optimizer={ kind = "adam" }', "--quiet"]
EXACT = ["--resume", "auto", "--exact", "--checkpoint-every", "20steps"]


def run(*arguments, cwd, **options):
    return subprocess.run([*TRAIN, *arguments], cwd=cwd, capture_output=True, text=True, check=False, **options)


def begin(*arguments, cwd):
    return subprocess.Popen([*TRAIN, *arguments], cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def events_of(path):
    lines = (path / layout.EVENTS).read_bytes().splitlines()
    return [{key: value for key, value in json.loads(line).items() if key != "seconds"} for line in lines]


def same(one, other):
    first, second = (load_checkpoint(path, pytest.fail) for path in (one, other))
    assert np.array_equal(first.parameters, second.parameters)
    assert all(np.array_equal(first.state[name], second.state[name]) for name in first.state)
    assert events_of(one) == events_of(other)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("uninterrupted")
    assert run(*DIGITS, "--run-dir", "run", cwd=folder).returncode == 0
    return folder / "run"


def killed_and_resumed(folder, kills, seed, started, earliest, latest):
    """Kill the training at random moments, so many times, then let it end. Returns how often a kill met it alive.

    `started` begins a trainer: its process number, and a wait for so many seconds that returns its exit code, or None.
    """
    moments = random.Random(seed)
    met = 0
    arguments = ("train", *DIGITS, *EXACT, "--run-dir", "run")
    for _ in range(kills):
        process, wait, said = started(*arguments, cwd=folder)
        code = wait(moments.uniform(earliest, latest))
        if code is None:
            os.kill(process, signal.SIGKILL)
            assert wait(10) is not None
            met += 1
        else:
            assert code == 0 or "has ended" in said(), said()
        if (folder / "run" / layout.CHECKPOINT).exists():
            load_checkpoint(folder / "run", pytest.fail)  # readable at every moment, and no warning
        if (folder / "run" / layout.SUMMARY).exists():
            shutil.move(folder / "run", folder / f"done-{len(list(folder.iterdir()))}")
    last = run(*DIGITS, *EXACT, "--run-dir", "run", cwd=folder)
    assert last.returncode == 0, last.stderr
    return met


def finished_are_the_same(folder, uninterrupted):
    for path in (folder / "run", *folder.glob("done-*")):
        same(path, uninterrupted)


def test_killed_at_random_moments(tmp_path, uninterrupted):
    """Whole processes, from the interpreter's start on, which takes about 0.4 s; the training as long again."""

    def started(*arguments, cwd):
        process = subprocess.Popen(
            [*TRAIN[:-1], *arguments], cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        made.append(process)

        def wait(seconds):
            try:
                return process.wait(seconds)
            except subprocess.TimeoutExpired:
                return None

        return process.pid, wait, process.stderr.read

    made = []
    assert killed_and_resumed(tmp_path, 3, 1, started, 0.3, 0.8) >= 1
    for process in made:
        process.stderr.close()
    finished_are_the_same(tmp_path, uninterrupted)


@pytest.mark.long
def test_killed_at_very_many_random_moments(tmp_path, uninterrupted, trainers):
    """Processes that train at once, so that nearly every kill comes while one trains and saves."""

    def started(*arguments, cwd):
        return trainers.start(*arguments, cwd=cwd), trainers.wait, trainers.said

    kills = int(os.environ.get("TUI_NN_KILLS", "100"))
    assert killed_and_resumed(tmp_path, kills, 2, started, 0.0, 0.4) >= kills // 3
    finished_are_the_same(tmp_path, uninterrupted)


def wait_for(path, process):
    for _ in range(400):
        if path.exists():
            return
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.01)
    pytest.fail(f"{path} did not come")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_saves_and_exits_in_time_and_the_run_goes_on(tmp_path, uninterrupted, number, code):
    process = begin(*DIGITS, "--run-dir", "run", "--checkpoint-every", "20steps", cwd=tmp_path)
    wait_for(tmp_path / "run" / layout.CHECKPOINT, process)
    asked = time.monotonic()
    process.send_signal(number)
    assert process.wait(10) == code
    assert time.monotonic() - asked < 2
    process.stderr.close()
    resumed = run("--resume", "run", "--exact", "--quiet", cwd=tmp_path)
    assert resumed.returncode == 0, resumed.stderr
    assert "resuming run after step" in resumed.stderr
    same(tmp_path / "run", uninterrupted)


def test_stopped_and_continued_by_signals(tmp_path, uninterrupted):
    process = begin(*DIGITS, "--run-dir", "run", "--checkpoint-every", "20steps", cwd=tmp_path)
    wait_for(tmp_path / "run" / layout.CHECKPOINT, process)
    for _ in range(5):
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.03)
        process.send_signal(signal.SIGCONT)
        time.sleep(0.03)
    assert process.wait(60) == 0
    process.stderr.close()
    same(tmp_path / "run", uninterrupted)


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 400 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(disk)]
    if sys.platform != "linux" or shutil.which("mount") is None or subprocess.run(command, check=False).returncode:
        pytest.skip("needs the right to mount a tmpfs")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_ends_with_6_and_the_run_goes_on_where_there_is_room(tmp_path, small_disk, uninterrupted):
    full = run(*DIGITS, "--run-dir", str(small_disk / "run"), "--checkpoint-every", "20steps", cwd=tmp_path)
    assert full.returncode == 6, full.stderr
    assert "No space left on device" in full.stderr
    assert "Traceback" not in full.stderr
    load_checkpoint(small_disk / "run", pytest.fail)
    shutil.copytree(small_disk / "run", tmp_path / "run", ignore=lambda *_: [layout.CONTROL])
    resumed = run("--resume", "run", "--quiet", cwd=tmp_path)
    assert resumed.returncode == 0, resumed.stderr
    same(tmp_path / "run", uninterrupted)


EXPERIMENTS = [
    ("iris",),
    ("digits", "training.epochs=3"),
    ("spiral", "training.epochs=5"),
    ("xor",),
    ("wine", "training.epochs=10"),
    ("xnor-by-hand",),
    ("iris", "training.epochs=9", "training.schedule=one_cycle", "training.batch=7"),
    ("iris", "training.epochs=30", "training.early_stopping={patience=2}"),
    ("digits", "training.epochs=2", "training.threads=2", "data.test=0.2"),
    ("iris", "training.epochs=4", "training.class_weights=balanced", "training.dtype=float64"),
]


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=" ".join)
def test_verify(tmp_path, experiment):
    name, *overrides = experiment
    options = [word for override in overrides for word in ("--set", override)]
    assert run(name, *options, "--run-dir", "run", "--quiet", cwd=tmp_path).returncode == 0
    verify = [sys.executable, "-m", "tui_nn", "verify", "run"]
    found = subprocess.run(verify, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "weights  the same, bit for bit" in found.stdout


def test_verify_names_the_first_difference(tmp_path):
    assert run("iris", "--set", "training.epochs=2", "--run-dir", "run", "--quiet", cwd=tmp_path).returncode == 0
    log = tmp_path / "run" / layout.EVENTS
    lines = log.read_text().splitlines()
    step = next(index for index, line in enumerate(lines) if '"step":3,' in line)
    event = json.loads(lines[step])
    event["loss"] += 1e-12
    lines[step] = json.dumps(event)
    log.write_text("\n".join(lines) + "\n")
    verify = [sys.executable, "-m", "tui_nn", "verify", "run", "--json"]
    found = subprocess.run(verify, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert found.returncode == 5
    report = json.loads(found.stdout)
    assert report["same"] is False
    assert "(step, step 3): loss was" in report["difference"]
    assert report["weights"] is True
