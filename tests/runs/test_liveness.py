"""Whether a run is being trained: its lock says so, not the number of a process, which another may have by now."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from recording import STARTED

from tui_nn.engine.events import Ended
from tui_nn.errors import StorageError
from tui_nn.experiment import dump_experiment, load_experiment
from tui_nn.runs import layout
from tui_nn.runs.codec import encode
from tui_nn.runs.live import LiveWriter
from tui_nn.runs.lock import is_locked, lock_run
from tui_nn.runs.reader import open_run
from tui_nn.training.unfinished import run_to_resume

fcntl = pytest.importorskip("fcntl")


@pytest.fixture
def another():
    """A process that has nothing to do with any run."""
    process = subprocess.Popen([sys.executable, "-S", "-c", "input()"], stdin=subprocess.PIPE)
    yield process.pid
    process.communicate(b"\n")


@pytest.fixture
def run(tmp_path):
    """A run that has begun and not ended."""
    path = tmp_path / "runs" / "20260101-000000-iris-0"
    path.mkdir(parents=True)
    (path / layout.EXPERIMENT).write_text(dump_experiment(load_experiment("iris")))
    (path / layout.EVENTS).touch()
    return path


def was_trained_by(run, number, heartbeat=None):
    writer = LiveWriter(run / layout.LIVE, 1, np.float32)
    writer.beat("running")
    writer._h["pid"] = number
    writer._show(time.time() if heartbeat is None else heartbeat)
    writer.close()


def test_a_number_that_another_process_has_now_does_not_make_a_run_live(run, another):
    lock_run(run).close()
    was_trained_by(run, another)
    assert open_run(run).state() == "crashed"


def test_the_right_run_is_resumed(run, another):
    """The newest one crashed, and its number is somebody's; before, the one before it was trained on."""
    lock_run(run).close()
    was_trained_by(run, another)
    experiment = load_experiment("iris")
    assert run_to_resume("auto", experiment, run.parent, None)[0] == run


def test_a_run_that_is_trained_is_live_whatever_number_it_left(run):
    """Its trainer may be in a container, where its number is another one, or in a step that takes hours."""
    with lock_run(run):
        assert open_run(run).state() == "starting"
        was_trained_by(run, 2**22 + 1, heartbeat=0.0)
        assert open_run(run).state() == "live"
        assert run_to_resume("auto", load_experiment("iris"), run.parent, None) is None
    assert open_run(run).state() == "crashed"


def test_killed_before_its_first_sign_of_life(run):
    assert open_run(run).state() == "starting", "the workbench made it, and the trainer has not come yet"
    lock_run(run).close()
    assert open_run(run).state() == "crashed"


def test_an_end_that_comes_between_two_looks_is_an_end(run):
    lock_run(run).close()
    was_trained_by(run, 2**22 + 1)
    reader = open_run(run)
    with (run / layout.EVENTS).open("ab") as file:
        file.write(encode(STARTED) + encode(Ended("stopped", 0, 0, "stopped on request")))
    assert reader.state() == "finished"


@pytest.mark.parametrize(("silent", "state"), [(1.0, "live"), (3600.0, "crashed")])
def test_without_a_lock_the_last_sign_of_life_counts(run, another, silent, state):
    was_trained_by(run, another, heartbeat=time.time() - silent)
    assert is_locked(run) is None
    assert open_run(run).state() == state


@pytest.mark.parametrize("moment", [0, 4_000_000_000], ids=["long ago", "in the future"])
def test_without_a_lock_or_a_sign_of_life_a_run_of_another_time_is_not_starting(run, moment):
    for path in run.iterdir():
        os.utime(path, (moment, moment))
    assert open_run(run).state() == "crashed"


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_a_lock_that_is_no_file_tells_nothing(run, kind):
    lock = run / layout.LOCK
    if kind == "link":
        lock.symlink_to(run / layout.EVENTS)
    elif kind == "pipe":
        os.mkfifo(lock)
    else:
        lock.mkdir()
    was_trained_by(run, 2**22 + 1)
    assert open_run(run).state() == "crashed"


def test_who_looks_keeps_no_trainer_out(run):
    """Readers take the lock for a moment: a trainer that comes in just then gets it a moment later."""
    over = False

    def look():
        while not over:
            is_locked(run)

    with ThreadPoolExecutor(2) as readers:
        looking = [readers.submit(look) for _ in range(2)]
        try:
            for _ in range(200):
                lock_run(run).close()
        finally:
            over = True
        for one in looking:
            one.result()
    with lock_run(run), pytest.raises(StorageError, match="another process is training"):
        lock_run(run)
