"""Being asked to end: where a signal arrives does not matter, two at once are one, and a later one ends at once."""

from __future__ import annotations

import os
import signal
import sys
import threading
import weakref
from concurrent.futures import Executor, Future
from pathlib import Path

import pytest

from tui_nn.sweep.run import run_trials
from tui_nn.sweep.trial import Trial
from tui_nn.training.asked import TOGETHER, Asked, AskedToEnd

pytestmark = pytest.mark.posix("sends no signal to another process")
TRIALS = [Trial({"training": {"seed": seed}, "data": {}}) for seed in range(5)]


class OneByOne(Executor):
    """Whose first trial has ended at once, and each other when it is told to."""

    def __init__(self):
        self.futures = []

    def submit(self, *_):
        self.futures.append(Future())
        if len(self.futures) == 1:
            self.end(0)
        return self.futures[-1]

    def end(self, place):
        self.futures[place].set_result({"exit_code": 0})


def told_until_asked(executor, ended, asked):
    """The trials that were told of before the signal stopped the others; `ended` is called with their number so far."""
    told = []

    def one_more(trial, outcome, attempt):  # noqa: ARG001
        told.append(trial)
        ended(len(told))
        if len(told) < len(TRIALS):
            executor.end(len(told))

    with pytest.raises(AskedToEnd):
        run_trials(TRIALS, lambda trial: Path(f"{trial.seed}"), executor, one_more, tick=asked.check)
    return told


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143)])
def test_a_signal_in_a_callback_whose_exceptions_python_drops(number, code):
    def ended(count):
        if count == 2:
            watched = set()  # anything that can be referred to weakly
            reference = weakref.ref(watched, lambda _: signal.raise_signal(number))
            del watched
            assert reference() is None

    with Asked() as asked:
        told = told_until_asked(OneByOne(), ended, asked)
    assert told == TRIALS[:2]
    assert (asked.code, asked.name) == (code, signal.Signals(number).name)


def test_a_signal_at_any_moment_of_waiting_leaves_nothing_locked():
    """What `concurrent.futures.wait` has just locked would stay so if an exception were raised in its midst."""

    def interrupted_at(moment):
        seen = 0

        def trace(frame, event, _):  # noqa: ARG001
            nonlocal seen
            if Path(frame.f_code.co_filename).name != "_base.py":
                return None
            seen += 1
            if seen == moment:
                signal.raise_signal(signal.SIGINT)
            return trace

        def ended(count):
            if count == len(TRIALS) and not asked.code:
                signal.raise_signal(signal.SIGINT)

        executor, before = OneByOne(), sys.gettrace()
        with Asked() as asked:
            sys.settrace(trace)
            try:
                told_until_asked(executor, ended, asked)
            finally:
                sys.settrace(before)
        another = threading.Thread(target=lambda: [one.running() for one in executor.futures], daemon=True)
        another.start()
        another.join(10)
        assert not another.is_alive(), f"locked for ever by a signal at moment {moment}"
        return seen

    for moment in range(1, interrupted_at(0), 5):
        interrupted_at(moment)


@pytest.fixture
def left(monkeypatch):
    """The exit codes with which the process would have ended."""
    codes = []
    monkeypatch.setattr(os, "_exit", codes.append)
    return codes


def test_signals_together_are_one_and_a_later_one_ends_at_once(left):
    """`timeout` sends its own to the process, and then to all of its group."""
    heard = []
    with Asked(lambda: heard.append("told")) as asked:
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)
        assert (left, heard) == ([], ["told"])
        asked.at -= 2 * TOGETHER
        signal.raise_signal(signal.SIGINT)
    assert (left, heard) == ([143], ["told"])


def test_who_ignores_a_signal_goes_on():
    """As `nohup` has a process ignore the end of its terminal."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Asked() as asked:
            signal.raise_signal(signal.SIGHUP)
            asked.check()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
