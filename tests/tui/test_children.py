"""The processes that train for the workbench: what one is told before it is there reaches it, and no other."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from patience import until

from tui_nn.errors import StorageError
from tui_nn.runs import RunReader
from tui_nn.runs.control import ControlClient
from tui_nn.training.leash import SETTLES
from tui_nn.tui.children import Children

VIEWER = """
import sys, time
from pathlib import Path
from tui_nn.experiment import load_experiment
from tui_nn.tui import launching
experiment = load_experiment("iris", ["training.epochs=1000000"])
print(launching.begin(Path("runs"), experiment, sys.argv[1] == "paused", 20.0, None, ())[0], flush=True)
time.sleep(600)
"""


class Told:
    """In the place of a messenger."""

    def __init__(self):
        self.sent = []

    def send(self, request):
        self.sent.append((request.run, request.do))


def child(name):
    """What starts a process that ends at once."""
    return lambda: (Path(name), subprocess.Popen([sys.executable, "-c", ""]))


def refuses():
    raise StorageError("the disk is full.")


@pytest.fixture
def started():
    told = Told()
    children = Children(told)
    yield children, told
    for process in (*children.former, children.process):
        if process is not None:
            process.wait(20)


def test_what_it_is_told_before_it_is_there_reaches_it_in_order(started):
    children, told = started
    children.start(child("one"))
    children.tell("play", {})
    children.tell("speed", {"epochs_per_second": 1.0})
    assert told.sent == []
    assert children.begun() == Path("one")
    assert told.sent == [(Path("one"), "play"), (Path("one"), "speed")]
    assert children.begun() is None
    assert not children.is_starting


def test_what_a_start_that_failed_was_told_is_not_told_to_the_next(started):
    children, told = started
    children.start(refuses)
    children.tell("stop", {})
    with pytest.raises(StorageError):
        children.begun()
    assert not children.is_starting
    children.start(child("next"))
    assert children.begun() == Path("next")
    assert told.sent == []


@pytest.mark.parametrize("stop", [True, False])
def test_one_that_was_left_before_it_was_there_is_stopped_or_trains_on_at_full_speed(started, stop):
    children, told = started
    children.start(child("left"))
    children.tell("pause", {})
    children.leave(stop=stop)
    assert not children.is_starting
    children.start(child("next"))
    assert children.begun() == Path("next")
    while len(children.former) == 0:
        children.settle()
    assert told.sent == ([] if stop else [(Path("left"), "speed"), (Path("left"), "play")])


@pytest.fixture
def viewed(tmp_path):
    """Starts a run from a process of its own, which can be killed."""
    viewers = []

    def start(how):
        viewers.append(
            subprocess.Popen([sys.executable, "-c", VIEWER, how], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
        )
        return viewers[-1], RunReader(tmp_path / viewers[-1].stdout.readline().strip())

    yield start
    for viewer in viewers:
        viewer.kill()
        viewer.wait()
        viewer.stdout.close()


@pytest.mark.parametrize("begun", [True, False])
async def test_a_run_that_is_paused_is_saved_and_ends_when_its_viewer_is_killed(viewed, begun):
    """Nobody would let it go on. It can be resumed. So it is with one that has not begun yet."""
    viewer, run = viewed("paused")
    if begun:
        await until(lambda: run.state() == "paused")
        time.sleep(3 * SETTLES)
        assert run.state() == "paused", "as long as its viewer is there"
    viewer.kill()
    await until(lambda: run.summary() is not None)
    assert run.summary().reason == "interrupted"
    assert (run.path / "checkpoint").exists()


async def test_a_run_that_trains_goes_on_without_its_viewer_and_may_be_paused_then(viewed):
    viewer, run = viewed("training")
    await until(lambda: run.state() == "live" and run.live() is not None and run.live().step > 0)
    viewer.kill()
    time.sleep(5 * SETTLES)
    control = ControlClient(run.path)
    control.send("pause")
    await until(lambda: run.state() == "paused")
    time.sleep(3 * SETTLES)
    assert run.state() == "paused"
    control.send("stop")
    await until(lambda: run.summary() is not None)
    assert run.summary().reason == "stopped"
