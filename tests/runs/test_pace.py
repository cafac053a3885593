"""The speed at which somebody watches: said again, or over, so that a viewer who is gone leaves none behind."""

from __future__ import annotations

import pytest

from tui_nn.runs import session
from tui_nn.runs.session import Pace


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 100.0

        def monotonic(self):
            return self.now

    made = Clock()
    monkeypatch.setattr(session, "time", made)
    return made


def test_a_speed_holds_as_long_as_it_was_asked_for(clock):
    pace = Pace(2.0, batches=5, seconds=30.0)
    assert pace.delay(10) == pytest.approx(1.0), "10 steps at 2 epochs of 5 a second"
    clock.now += 29.9
    assert pace.speed == 2.0
    pace.keep(2.0, 30.0)  # its viewer is still there
    clock.now += 29.9
    assert pace.speed == 2.0
    clock.now += 0.2
    assert (pace.speed, pace.delay(10**9)) == (0.0, 0.0)


def test_a_speed_that_nobody_limits_holds_for_good(clock):
    pace = Pace(2.0, batches=5)
    clock.now += 1e9
    assert pace.speed == 2.0
    pace.keep(0.0)
    assert pace.delay(10**9) == 0
