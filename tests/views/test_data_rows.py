"""Rows of the view `data`: which room they have beside the classes."""

from __future__ import annotations

import numpy as np
import pytest

from tui_nn.render import Look, data_sheet
from tui_nn.render.data_sheet import DataSheet, LabelledSample
from tui_nn.render.excited import ExcitedGroup, ExcitedTile, excited
from tui_nn.render.inputs import input_columns

NAMES = ("sepal length", "sepal width", "petal length", "petal width")


@pytest.mark.parametrize("depth", ["none", "truecolor"])
def test_inputs_are_named_before_classes_have_bars(depth):
    samples = [LabelledSample(number, "versicolor", np.array([4.7, 3.2, 1.6, 0.2])) for number in range(1, 40)]
    counts = [("setosa", 13), ("versicolor", 13), ("virginica", 13)]
    sheet = DataSheet(["39 training samples"], samples, counts, None, NAMES, "class")
    narrow = data_sheet(sheet, 78, 21, Look(depth)).text.plain
    assert all(name in narrow for name in NAMES)
    assert "versicolor ×13" in narrow, "the classes are counted beneath"
    wide = data_sheet(sheet, 118, 21, Look(depth)).text.plain
    assert all(name in wide for name in NAMES)
    assert "×" not in wide, "there is room for their bars"


@pytest.mark.parametrize(("width", "seen"), [(35, 3), (39, 3), (78, 8)])
def test_inputs_without_room_are_counted_and_targets_stand_below_each_other(width, seen):
    prices = ("181960", "86947")
    rows = (np.array([94.7, 4, 61, 0, 0, 0, 1, 2.2], np.float32), np.array([112, 2, 77, 1, 0, 0, 0, 17.85], np.float32))
    samples = [LabelledSample(number, price, row) for number, (price, row) in enumerate(zip(prices, rows, strict=True))]
    sheet = DataSheet(["2 training samples", "8 inputs"], samples, (), None, list("abcdefgh"), "price")
    lines = data_sheet(sheet, width, 10, Look("none")).text.plain.split("\n")
    assert (f"{seen} of 8 inputs" in lines[0]) == (seen < 8)
    assert "8 inputs" in lines[0]
    ends = [
        [at + len(word) for word in line.split()[1:3] for at in [line.index(f" {word}") + 1]] for line in lines[2:4]
    ]
    assert ends[0] == ends[1]
    assert [line.split()[2] for line in lines[2:4]] == ["94.7", "112.0"]


def test_a_label_of_a_table_of_excited_samples_that_is_a_number_ends_where_the_others_do():
    tiles = [ExcitedTile((1, 1, k), ["0.07", price], np.ones(9)) for k, price in enumerate(("181960", "86947"))]
    lines = excited(["unit 1"], [ExcitedGroup("most", tiles)], None, list("abcdefghi"), 50, 9, label="y").text.plain
    _, head, _, first, second = lines.split("\n")[:5]
    assert head.startswith("most, 4 of 9 inputs")
    assert first.index("181960") + 6 == second.index("86947") + 5


def test_the_name_of_the_only_input_with_room_tells_it_from_the_others():
    names = ["island=Biscoe", "island=Dream", "island=Torgersen", "bill_length_mm"]
    columns = input_columns(names, [np.array([0.0, 1.0, 0.0, 42.2])], 7)
    assert columns.names == ["Biscoe"]


def test_targets_of_excited_samples_have_as_many_decimals():
    tiles = [ExcitedTile((1, 1, k), ["0.07", target], np.ones(2)) for k, target in enumerate(("29.9", "44", "14"))]
    drawn = excited(["unit 1"], [ExcitedGroup("most", tiles)], None, ["a", "b"], 50, 9, label="mpg").text.plain
    assert [line.split()[1] for line in drawn.split("\n")[3:]] == ["29.9", "44.0", "14.0"]


def test_the_row_of_the_cursor_is_marked_to_its_last_digit():
    samples = [LabelledSample(number, "a", np.array([14.375, 2.56])) for number in (1, 2)]
    sheet = DataSheet(["2 samples"], samples, (), None, ["x1", "x2"], "class")
    for width in range(26, 40):
        drawn = data_sheet(sheet, width, 8, Look("truecolor"), 0)
        row = drawn.marked((1,), Look("truecolor")).split("\n")[2]
        end = max(span.end for span in row.spans if getattr(span.style, "reverse", None))
        assert end >= len(row.plain.rstrip())


@pytest.mark.parametrize("depth", ["none", "truecolor"])
def test_few_samples_of_a_plane_are_points_below_their_numbers_where_there_is_no_room_beside(depth):
    corners = [LabelledSample(number + 1, "01"[number % 2], np.array(divmod(number, 2))) for number in range(4)]
    sheet = DataSheet(["4 training samples", "2 inputs"], corners, [("0", 2), ("1", 2)], None, ["a", "b"], "class")
    lines = data_sheet(sheet, 79, 15, Look(depth)).text.plain.split("\n")
    assert len(lines) == 15
    assert lines[1].startswith("sample")
    assert "b upwards" in lines[7]
    rows = data_sheet(sheet, 79, 12, Look(depth)).text.plain
    assert "upwards" not in rows, "too low for points"
    beside = data_sheet(sheet, 150, 15, Look(depth)).text.plain.split("\n")
    assert "b upwards" in beside[1]
