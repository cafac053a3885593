"""Moments marked in a curve: a line at its place, what happened beside it, and nothing of a curve covered."""

from __future__ import annotations

import numpy as np
import pytest

from tui_nn.render import Look, Mark, Series, curve

LEFT = 8  # cells of the y axis
WIDTH, HEIGHT = 60, 14


def falling(*marks, ascii=False, **options):
    x = np.arange(31.0)
    series = [Series("train", x, 3 * np.exp(-x / 4))]
    return curve(series, WIDTH, HEIGHT, Look("none", ascii=ascii), marks=marks, **options).plain.split("\n")


@pytest.mark.parametrize("ascii", [False, True])
@pytest.mark.parametrize("x", [0.0, 10.0, 17.5, 30.0])
def test_a_mark_is_a_line_at_its_place(ascii, x):
    line = ":" if ascii else "┊"
    columns = WIDTH - LEFT
    drawn = falling(Mark(x, ("rate 0.8",)), ascii=ascii)
    places = {row.index(line) for row in drawn if line in row}
    assert places == {LEFT + round(x / 30 * (columns - 1))}
    assert "rate 0.8" in "".join(drawn)


def test_no_mark_covers_a_curve():
    """Every cell that is drawn without marks is drawn with them."""
    marks = [Mark(float(x), (f"a long label of {x}",)) for x in range(0, 31, 2)]
    for without, with_them in zip(falling(), falling(*marks), strict=True):
        for before, after in zip(without, with_them.ljust(len(without)), strict=False):
            assert before in (" ", after)


def test_labels_have_room_or_are_left_out_whole():
    many = falling(*(Mark(float(x), (f"label {x}",)) for x in range(0, 31, 3)))
    text = "\n".join(many)
    assert all(f"label {x}" in text or f"abel {x}" not in text for x in range(0, 31, 3))
    assert max(map(len, many)) <= WIDTH
    assert "4 changes" in "\n".join(falling(*(Mark(9 + n / 100, (f"label {n}",)) for n in range(4))))
    assert "changes" not in "\n".join(falling(Mark(9.0, ("same",)), Mark(9.01, ("same",))))


def test_of_several_labels_without_room_the_last_one_stands():
    drawn = "\n".join(falling(Mark(20.0, ("branch", "rate 0.8", "batch 64"))))
    assert "batch 64" in drawn
    assert "branch" in drawn
    narrow = curve(
        [Series("train", np.arange(31.0), 3 * np.exp(-np.arange(31.0) / 4))],
        30, HEIGHT, Look("none"), marks=[Mark(20.0, ("branch", "rate 0.8"))],
    ).plain  # fmt: skip
    assert "…, rate 0.8" in narrow, "and it is said not to be the only one"
    assert "branch" not in narrow


@pytest.mark.parametrize(("low", "high"), [(-3.2, 1.1), (-0.7, 0.9), (0.1, 0.25), (-9, 4), (-1.0, 0.0)])
def test_a_logarithmic_axis_has_round_numbers(low, high):
    x = np.arange(2.0)
    drawn = curve([Series("train", x, 10.0 ** np.array([high, low]))], 60, 20, Look("none"), log_y=True).plain.split(
        "\n"
    )
    numbers = [line[: LEFT - 1].strip() for line in drawn if line[LEFT - 1 : LEFT] == "┤"]
    assert len(numbers) >= 2
    if high - low > 0.5:
        assert all(
            f"{float(number):.0e}"[0] in "1235" and float(f"{float(number):.0e}") == float(number) for number in numbers
        )


def test_marks_beyond_the_window_are_left_out():
    assert falling(Mark(-1.0, ("before",)), Mark(31.0, ("after",))) == falling()


def test_a_second_line_of_the_legend_takes_what_the_first_has_no_room_for():
    x = np.arange(5.0)
    series = [Series(f"a run of some length {n}", x, x + n, ascii_marker=str(n)) for n in range(4)]
    tall = curve(series, 60, 14, Look("none")).plain.split("\n")
    assert [sum(f"length {n}" in line for n in range(4)) for line in tall[:2]] == [2, 2]
    assert len(tall) <= 14
    low = curve(series, 60, 8, Look("none")).plain.split("\n")
    assert "length" not in low[1], "a low one keeps its rows for the curve"


def test_where_the_names_of_all_have_no_room_short_ones_stand_for_them():
    x = np.arange(5.0)
    series = [Series(f"{n} a run of some length", x, x + n, ascii_marker=str(n), short=str(n)) for n in range(4)]
    low = curve(series, 60, 8, Look("none"), y_label="loss").plain.split("\n")[0]
    assert low.split() == ["loss", *(word for n in range(4) for word in (str(n), str(n), str(4 + n)))]
    wide = curve(series, 200, 8, Look("none"), y_label="loss").plain.split("\n")[0]
    assert [wide.count(f"{n} a run of some length {4 + n}") for n in range(4)] == [1] * 4


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.1, (0, 1)), (1.0, (0, 1)), (0.0, (0, 1)), (2.3, (0, 4.6)), (0.001, (0, 0.002)), (-3.0, (-6, 0))],
)
def test_the_axis_of_one_point_begins_at_zero(value, expected):
    """A share ends at 1, anything else at twice the value: no loss below 0, no accuracy above 1."""
    drawn = curve([Series("train", np.array([0.0]), np.array([value]))], 60, 14, Look("none")).plain.split("\n")
    numbers = [float(line[: LEFT - 1]) for line in drawn if line[: LEFT - 1].strip() and line[LEFT - 1] in "┤"]
    assert min(numbers) >= expected[0]
    assert max(numbers) <= expected[1]
    assert 0.0 in numbers


@pytest.mark.parametrize("cursor", [9.0, 10.0, 10.6, 11.2, 12.0, 13.5, 20.0])
def test_the_cursor_stands_in_no_label(cursor):
    drawn = "\n".join(falling(Mark(10.0, ("rate 0.8",)), cursor=cursor))
    assert "rate 0.8" in drawn
    assert "│" in drawn.split("rate 0.8")[1]
