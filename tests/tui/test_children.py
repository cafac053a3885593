"""The processes that train for the workbench: what one is told before it is there reaches it, and no other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tui_nn.errors import StorageError
from tui_nn.tui.children import Children


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
