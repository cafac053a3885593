"""Duels by hand: who was better with the same seed."""

from __future__ import annotations

from tui_nn.sweep.duels import Duels, against_all, duels


def test_by_hand():
    assert duels([1.0, 2.0, 3.0, 5.0], [0.0, 2.0, 4.0, 4.0], smaller_is_better=False) == Duels(2, 1, 1)
    assert duels([1.0, 2.0, 3.0, 5.0], [0.0, 2.0, 4.0, 4.0], smaller_is_better=True) == Duels(1, 1, 2)


def test_no_value_loses():
    assert duels([None, None, 1.0], [1.0, None, None], smaller_is_better=True) == Duels(1, 1, 1)


def test_all_against_all():
    found = against_all([[3.0, 1.0], [2.0, 1.0], [1.0, 1.0]], smaller_is_better=False)
    assert [str(one) for one in found] == ["2-2-0", "1-2-1", "0-2-2"]
