"""Parallel axes: where lines run can be counted on fingers; a line without a result ends half way to the last axis."""

from __future__ import annotations

import pytest

from tui_nn.render import Look, ParallelAxis, ParallelLine, parallel

AXES = [ParallelAxis("rate", ("0.01", "0.1")), ParallelAxis("units", ("5", "10", "20"))]
LINES = [ParallelLine((1, 2), 0.9), ParallelLine((0, 0), 0.5), ParallelLine((0, 1), None)]


def drawn(lines=LINES, chosen=0, width=60, height=14, look=None, **options):
    text = parallel(AXES, lines, "accuracy@validation", chosen, width, height, look or Look("none"), **options)
    rows = text.plain.split("\n")
    assert len(rows) <= height
    assert all(len(row) <= width for row in rows)
    return rows


def test_values_stand_in_order_and_the_result_at_the_right():
    rows = drawn()
    assert rows[0].split() == ["rate", "units", "accuracy@validation"]
    assert "0.1" in rows[1]
    assert "20" in rows[1]
    assert rows[1].endswith(" 0.9")
    assert "0.01" in rows[-2]
    assert rows[-2].endswith(" 0.5")
    assert rows[-1].split() == ["●", "accuracy@validation", "0.9", "rate", "0.1", "units", "20"]


@pytest.mark.parametrize("depth", ["none", "16", "256", "truecolor"])
def test_the_chosen_line_is_told_apart_by_more_than_colour(depth):
    top, bottom = drawn(chosen=0, look=Look(depth)), drawn(chosen=1, look=Look(depth))
    assert "●" in top[1]
    assert "●" not in top[-2]
    assert "●" in bottom[-2]
    assert "●" not in bottom[1]


@pytest.mark.parametrize("settings", [1, 2])
def test_a_line_without_a_result_ends_half_way_to_it(settings):
    """Of a single setting too something is seen."""
    lines = [ParallelLine(one.places[:settings], one.result) for one in LINES]
    rows = parallel(AXES[:settings], lines[2:], "accuracy@validation", 0, 60, 14, Look("none")).plain.split("\n")
    last_axis = max(row.rfind("│") for row in rows)
    setting = 0 if settings == 1 else 26
    end = max(row.rfind("●") for row in rows[1:-1])
    assert abs(end - (setting + last_axis) / 2) <= 1
    assert "no result" in rows[-1]


@pytest.mark.parametrize("light", [True, False])
def test_a_line_without_a_result_is_no_brighter_than_a_poor_one(light):
    spans = parallel(AXES, LINES, "accuracy@validation", 0, 60, 14, Look("16", light=light)).spans
    faint = {str(span.style) for span in spans if "dim" in str(span.style)}
    assert len(faint) == 2, "that of a poor result, and that of none"


def test_a_falling_metric_has_its_smallest_at_the_top():
    rows = drawn(falling=True)
    assert rows[1].endswith(" 0.5")
    assert rows[-2].endswith(" 0.9")


@pytest.mark.parametrize("size", [(10, 5), (20, 6), (37, 8), (200, 60)])
def test_it_keeps_to_its_box_at_any_size(size):
    drawn(width=size[0], height=size[1])
    assert all(ord(glyph) < 128 for row in drawn(look=Look("none", ascii=True)) for glyph in row)
