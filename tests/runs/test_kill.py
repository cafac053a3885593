"""Real processes, really killed: SIGKILL at random moments, SIGTERM, SIGSTOP, a full disk; and runs trained again.

TUI_NN_KILLS=1000 makes the loop as long as one likes.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, wait

import numpy as np
import pytest
from warm import anew

from tui_nn.errors import StorageError
from tui_nn.runs import layout
from tui_nn.runs.checkpoint import load_checkpoint
from tui_nn.runs.control import ControlClient
from tui_nn.runs.reader import open_run

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
    """Kill the training at random moments until so many kills have met it alive, then let it end.

    `started` begins a trainer: its process number, and a wait for so many seconds that returns its exit code, or None.
    """
    moments = random.Random(seed)
    met = 0
    arguments = ("train", *DIGITS, *EXACT, "--run-dir", "run")
    while met < kills:
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


def finished_are_the_same(folder, uninterrupted):
    for path in (folder / "run", *folder.glob("done-*")):
        same(path, uninterrupted)


def test_killed_at_random_moments(tmp_path, uninterrupted):
    """Whole processes, from the interpreter's start on, which takes about 0.4 s; the training as long again."""

    def started(*arguments, cwd):
        with anew():
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
    killed_and_resumed(tmp_path, 3, 1, started, 0.3, 0.8)
    for process in made:
        process.stderr.close()
    finished_are_the_same(tmp_path, uninterrupted)


@pytest.mark.long
def test_killed_at_very_many_random_moments(tmp_path, uninterrupted, trainers):
    """Processes that train at once, so that nearly every kill comes while one trains and saves."""

    def started(*arguments, cwd):
        return trainers.start(*arguments, cwd=cwd), trainers.wait, trainers.said

    killed_and_resumed(tmp_path, int(os.environ.get("TUI_NN_KILLS", "20")), 2, started, 0.0, 0.4)
    finished_are_the_same(tmp_path, uninterrupted)


def once_running(control, ended):
    """Wait until the trainer takes requests; `ended` says why it never will, or nothing."""
    for _ in range(20_000):
        with contextlib.suppress(StorageError):
            if control.send("status")["state"] == "running":
                return
        assert ended() is None
        time.sleep(0.005)
    pytest.fail("no trainer answers")


def in_order(pairs, among):
    """Whether all of these are there in this order; others may stand between."""
    left = iter(among)
    return all(pair in left for pair in pairs)


@pytest.mark.long
def test_no_change_that_was_acknowledged_is_lost(tmp_path, trainers):
    """Killed while somebody asks for settings and weights, and after the answer; no save is due but those it makes.

    A change whose answer the kill cut off may have been made or not.
    """
    train = ["train", "digits", "--set", "training.epochs=1000000", "--quiet", "--checkpoint-every", "1h"]
    train += ["--run-dir", "run", "--resume", "auto", "--exact"]
    kills = int(os.environ.get("TUI_NN_KILLS", "8"))
    chance, run = random.Random(kills), tmp_path / "run"
    control, acknowledged, cut_off = ControlClient(run), [], 0

    def begun():
        process = trainers.start(*train, cwd=tmp_path)
        once_running(control, lambda: None if trainers.wait(0) is None else trainers.said())
        return process

    with ThreadPoolExecutor(1) as steering:
        for number in range(kills):
            process, patient = begun(), chance.random() < 0.5
            for _ in range(chance.randint(1, 3) if patient else 1):
                value = str((len(acknowledged) + 1) / 8 + number)
                change = {f"theta[2][{chance.randint(1, 10)}][{chance.randint(0, 25)}]": value}
                if chance.random() < 0.5:
                    change = {"training.optimizer.rate": repr(1e-3 / (1 + number)), "training.lambda": value}
                answer = steering.submit(control.send, "set", changes=change)
                wait([answer], 20 if patient else chance.uniform(0, 0.03))
                if patient:
                    assert answer.result()["ok"]
                    acknowledged.extend(change.items())
            os.kill(process, signal.SIGKILL)
            assert trainers.wait(10) == -signal.SIGKILL
            if not patient:
                error = answer.exception(20)
                assert error is None or isinstance(error, StorageError)
                acknowledged.extend(() if error else change.items())
                cut_off += error is not None
    begun()
    control.send("stop")
    assert trainers.wait() == 0
    made = [(change.key, change.value) for change in open_run(run).history.changes]
    assert in_order(acknowledged, made)
    assert [(change.key, change.value) for change in load_checkpoint(run, pytest.fail).changes] == made
    assert trainers.run("verify", "run", cwd=tmp_path) == 0, trainers.said()
    print(f"{kills} kills, {len(acknowledged)} changes acknowledged, {cut_off} requests cut off")
    assert len(acknowledged) > kills // 2


def wait_for(path, process):
    for _ in range(400):
        if path.exists():
            return
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.01)
    pytest.fail(f"{path} did not come")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 143)])
def test_a_signal_saves_and_exits_and_the_run_goes_on(tmp_path, uninterrupted, number, code):
    process = begin(*DIGITS, "--run-dir", "run", "--checkpoint-every", "20steps", "--speed", "30", cwd=tmp_path)
    wait_for(tmp_path / "run" / layout.CHECKPOINT, process)
    process.send_signal(number)
    assert process.wait(10) == code
    process.stderr.close()
    resumed = run("--resume", "run", "--exact", "--quiet", cwd=tmp_path)
    assert resumed.returncode == 0, resumed.stderr
    assert "resuming run after step" in resumed.stderr
    same(tmp_path / "run", uninterrupted)


def test_stopped_and_continued_by_signals(tmp_path, uninterrupted):
    process = begin(*DIGITS, "--run-dir", "run", "--checkpoint-every", "20steps", "--speed", "30", cwd=tmp_path)
    run = tmp_path / "run"
    wait_for(run / layout.CHECKPOINT, process)
    for _ in range(5):
        process.send_signal(signal.SIGSTOP)
        found = os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        assert found.si_code == os.CLD_STOPPED, "it had ended before"
        before = open_run(run).live().step
        process.send_signal(signal.SIGCONT)
        while open_run(run).live().step == before:
            assert process.poll() is None
            time.sleep(0.01)
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
def test_verify(tmp_path, command, experiment):
    name, *overrides = experiment
    options = [word for override in overrides for word in ("--set", override)]
    command("train", name, *options, "--run-dir", "run", "--quiet", cwd=tmp_path)
    assert "weights  the same, bit for bit" in command("verify", "run", cwd=tmp_path)


def test_verify_names_the_first_difference(tmp_path, tui_nn, command):
    command("train", "iris", "--set", "training.epochs=2", "--run-dir", "run", "--quiet", cwd=tmp_path)
    log = tmp_path / "run" / layout.EVENTS
    lines = log.read_text().splitlines()
    step = next(index for index, line in enumerate(lines) if '"step":3,' in line)
    event = json.loads(lines[step])
    event["loss"] += 1e-12
    lines[step] = json.dumps(event)
    log.write_text("\n".join(lines) + "\n")
    found = tui_nn("verify", "run", "--json", cwd=tmp_path)
    assert found.returncode == 5
    report = json.loads(found.stdout)
    assert report["same"] is False
    assert "(step, step 3): loss was" in report["difference"]
    assert report["weights"] is True
