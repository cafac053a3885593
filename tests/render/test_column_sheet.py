"""One column of a data set in boxes of every width: no bin, no end of the axis and no number loses a part."""

from __future__ import annotations

import pytest

from tui_nn.render import Look
from tui_nn.render.column_sheet import ColumnSheet, column_sheet

COUNTS = [(number * 7) % 11 + 1 for number in range(36)]
CLASSES = ("Adelie", "Chinstrap", "Gentoo")


def sheet(classes=CLASSES, means=("mean 18.35", "mean 18.42", "mean 14.98")):
    by_class = [[count if number % 3 == place else 0 for number, count in enumerate(COUNTS)] for place in range(3)]
    return ColumnSheet(
        "bill_depth_mm", "number", ["input: missing: mean."], ["mean 17.15"], (), COUNTS, "13.1", "21.5",
        classes, by_class if classes else [], means if classes else (),
    )  # fmt: skip


@pytest.mark.parametrize("classes", [CLASSES, ()])
@pytest.mark.parametrize("width", range(30, 100))
def test_the_largest_value_stands_whole_under_the_last_bin(width, classes):
    lines = [line.rstrip() for line in column_sheet(sheet(classes), width, 18, Look("none")).plain.split("\n")]
    axis = next(line for line in lines if line.lstrip().startswith("13.1"))
    assert axis.endswith(" 21.5")
    bars = lines[lines.index(axis) - 1]
    assert len(bars) == len(axis), "each count is at least 1: the last bin is seen"
    for name, place in zip(classes, range(3), strict=False):
        line = next(line for line in lines if line.lstrip().startswith(name))
        rows = f"{sum(count for number, count in enumerate(COUNTS) if number % 3 == place)}"
        mean = sheet().means[place]
        assert line.endswith((f" {rows}", f" {rows}  {mean}"))
