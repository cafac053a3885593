"""Means, deviations and intervals, by hand and against scipy."""

from __future__ import annotations

import pytest

from tui_nn.sweep.statistics import estimate, t_quantile


def test_by_hand():
    """2, 4, 6: mean 4, s = sqrt((4 + 0 + 4) / 2) = 2; t of 2 degrees at 95 % is 4.3027, x 2 / sqrt(3) = 4.9683."""
    found = estimate([2.0, 4.0, 6.0])
    assert (found.n, found.mean, found.deviation) == (3, 4.0, 2.0)
    assert found.half_width == pytest.approx(4.9683, abs=1e-4)


def test_one_number_and_none():
    assert estimate([3.0]).mean == 3.0
    assert estimate([3.0]).half_width is None
    assert estimate([]).mean is None


@pytest.mark.parametrize(("degrees", "t"), [(1, 12.706), (2, 4.303), (5, 2.571), (9, 2.262), (30, 2.042), (120, 1.980)])
def test_the_table_of_every_textbook(degrees, t):
    assert t_quantile(degrees, 0.95) == pytest.approx(t, abs=5e-4)


def test_against_scipy():
    stats = pytest.importorskip("scipy.stats")
    for degrees in [*range(1, 60), 99, 1000]:
        for confidence in (0.5, 0.9, 0.95, 0.999):
            expected = stats.t.ppf((1 + confidence) / 2, degrees)
            assert t_quantile(degrees, confidence) == pytest.approx(expected, rel=1e-9)
