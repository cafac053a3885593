"""Dots and intervals: where they stand, and that they stay in their box."""

from __future__ import annotations

from tui_nn.render import Interval, Look, intervals, to_plain

ROWS = [Interval("a", [0.0, 2.0, 2.0], 1.0, 1.0), Interval("bb", [10.0], 10.0, None)]


def test_each_mark_stands_at_its_value():
    """Names take 4 cells, so the axis from 0 to 10 has 21: two cells a unit."""
    lines = to_plain(intervals(ROWS, "title", 25, 7, Look("none"))).splitlines()
    assert lines[0] == "title"
    assert lines[1] == "a   ·   2"
    assert lines[2] == "    ├─●─┤"
    assert lines[3] == "bb  " + " " * 20 + "·"
    assert lines[4] == " " * 24 + "●"
    assert lines[6] == "    0" + "10".rjust(20)


def test_ascii_and_no_room_for_dots():
    text = to_plain(intervals(ROWS, "title", 25, 5, Look("none", ascii=True)))
    assert text.isascii()
    assert "a   [-o-]" in text.splitlines()


def test_small_boxes_and_no_values():
    assert "too small" in intervals(ROWS, "title", 10, 7).plain
    assert "no values" in intervals([Interval("a", [], None, None)], "title", 40, 7).plain
    equal = intervals([Interval("a", [1.0, 1.0], 1.0, 0.0)], "title", 40, 7).plain
    assert "2" in equal
    assert "●" in equal
